# ruff: noqa: E501 - a rule reads best on one line
"""Rules for words that name weeks and their days."""

import re

from knowledge.times.tokens import Kind, Rule, group_number, rule

Values = tuple[int, ...] | None

_TO = r"\s?(?:-{1,3}|~|至|到)\s?"
WEEK = "(?:周|星期|礼拜)"
WEEKDAYS = {c: i for i, c in enumerate("一二三四五六")} | {str(i + 1): i for i in range(7)} | {"日": 6, "天": 6}
_STEP = "上{1,4}|(?<!一)(?:(?<![看查问])下{1,4}|下(?!下))"  # 看下下周五 looks at the next week
_DAY_LIST = r"[一二三四五六日天1-7]"
_DAYS = rf"[一二三四五六](?:(?:[、,和及]{WEEK}?|{WEEK})?[一二三四五六日天]){{1,6}}(?![次回趟遍点时月楼层号栋个位名人组期年级批场条项家\d十]|节课|{_TO})"
_ONE_DAY = rf"(?:六(?:[、和及]?{WEEK}?)[日天]|[一二三四五六日天末]|[1-7](?!\d))(?![次回趟遍]|节课)"


def step(words: str) -> int:
    """How many stretches on 上上, 本 or 下 lead."""
    return words.count("下") - words.count("上")


def _week(match: re.Match[str]) -> Values:
    """(weeks from this one, first weekday or -1, last weekday or -1)."""
    return step(match["step"]), *_span(match["day"])


def _span(day: str | None) -> tuple[int, int]:
    if not day:
        return -1, -1
    if day == "末":
        return 5, 6
    named = [WEEKDAYS[c] for c in day if c in WEEKDAYS]
    return named[0], named[-1]


def _part_or_several(match: re.Match[str]) -> Values:
    """Half a week as `_week`, or (weeks from this one, -1, -1, how many weeks)."""
    if match["half"]:
        return step(match["step"] or ""), *((0, 2) if match["half"] in "上前" else (3, 6))
    count = group_number(match, "n")
    return -count if match["way"] == "上" else 1, -1, -1, count


def _running(match: re.Match[str]) -> Values:
    """Days that follow one another, with the week before them where it is told: 下周四、周五; or days to choose from."""
    first, *others = (WEEKDAYS[c] for c in match["day"] if c in WEEKDAYS)
    if others != [*range(first + 1, first + 1 + len(others))]:
        return None if match["step"] or sorted({first, *others}) != [first, *others] else (-1, first, *others)
    return (step(match["step"]), first, others[-1]) if match["step"] else (first, others[-1])


def _weekdays(match: re.Match[str]) -> Values:
    return -1, *dict.fromkeys(WEEKDAYS[c] for c in match[0] if c in WEEKDAYS)


WEEK_RULES: tuple[Rule, ...] = (
    rule(Kind.WEEK, "上下本这前后", rf"(?:(?P<step>上{{1,4}}|下{{1,4}}|本|这)一?个?{WEEK}的?)?(?P<half>[上下前后])半周|(?<![晚早以马线楼台网])(?P<way>[上下])\s?(?P<n>[2-9]|[两二三四五六七八九])\s?个?{WEEK}(?!的?[课班岗学]|[一二三四五六日天末])", _part_or_several),
    rule(Kind.WEEKDAY, "周星礼", rf"(?:(?<=[每逢])|(?<=每个)|(?<=每逢)){WEEK}{_DAY_LIST}(?:[、,和及]?{WEEK}?[一二三四五六日天](?![次回点时月\d一起到]|{_TO})){{1,6}}", _weekdays),
    rule(Kind.WEEK, "上下本这", rf"(?P<step>{_STEP}|本|这)一?个?{WEEK}(?:的?{WEEK})?(?P<day>{_DAYS})", _running),
    rule(Kind.WEEKDAY, "周星礼", rf"(?P<step>){WEEK}(?P<day>{_DAYS})", _running),
    rule(Kind.WEEK, "上下本这当今", rf"(?P<step>{_STEP}|本|这|当|今)一?个?{WEEK}(?:(?:的?{WEEK})?(?P<day>{_ONE_DAY}))?(?![期边年岁转密])", _week),
    rule(Kind.WEEKDAY, "一二三四五六日天", r"(?<=[\d日号]\()(?P<day>[一二三四五六日天])(?=\))", lambda m: _span(m["day"])),
    rule(Kind.WEEKDAY, "周星礼双", rf"{WEEK}(?P<day>{_ONE_DAY})|(?P<both>双休日)", lambda m: _span("末" if m["both"] else m["day"])),
    rule(Kind.WEEKDAY, "一二三四五六日天", rf"(?:(?<=[周期拜][一二三四五六]至)|(?<=[周期拜][一二三四五六]到)|(?<=[周期拜][一二三四五六]-)|(?<=[周期拜][一二三四五六]~))(?P<day>{_DAY_LIST})", lambda m: _span(m["day"])),
)  # fmt: skip
