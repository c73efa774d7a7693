# ruff: noqa: E501 - a rule reads best on one line
"""Rules for words that name years, halves of them, quarters and seasons."""

import re

from knowledge.times.numerals import number
from knowledge.times.tokens import NUMERALS, Kind, Rule, group_number, rule
from knowledge.times.weekwords import step

Values = tuple[int, ...] | None

_CN = NUMERALS[10:]
_TO = r"\s?(?:-{1,3}|~|至|到)\s?"
EACH = 2
"""The first value of a quarter that comes round: 每季度."""
HOLIDAYS = 4
"""The first season that is a school holiday; spring to winter alone name no time, but a kind: 春季运动会."""


def _year(match: re.Match[str]) -> Values:
    """(1, years from this one) or (0, year)."""
    return _year_of(match["year"])


def _year_of(word: str) -> Values:
    value = number(word)
    if len(word) <= 2:
        value += 2000 if value < 60 else 1900
    return (0, value) if 1900 <= value <= 2100 else None


_YEAR_WORDS = {
    "前年": -2,
    "去年": -1,
    "今年": 0,
    "本年": 0,
    "这一年": 0,
    "全年": 0,
    "明年": 1,
    "来年": 1,
    "次年": 1,
    "后年": 2,
}


def _decade(match: re.Match[str]) -> Values:
    """(0, first year, years)."""
    return 0, 1900 + group_number(match, "tens"), 10


def _near_year(match: re.Match[str]) -> Values:
    """(1, years from this one) or, of two, (1, the first of them, 2)."""
    if match["two"]:
        return 1, "去今明".index(match["two"][0]) - 1, 2
    years = _YEAR_WORDS[match["word"]]
    return 1, years + (1 if years > 0 else -1) * len(match["big"] or "")


def _quarter(match: re.Match[str]) -> Values:
    value = 4 if match["n"] in "末" else group_number(match, "n")
    return (0, value) if 1 <= value <= 4 else None


YEAR_RULES: tuple[Rule, ...] = (
    rule(Kind.YEAR, "12", r"(?<![\s\S])(?P<year>(?:19|20)\d\d)(?![\s\S])", _year),
    rule(Kind.YEAR, "12", r"(?P<year>(?:19|20)\d0)年代", lambda m: (0, int(m["year"]), 10)),
    rule(Kind.YEAR, "12零一二", rf"(?P<year>\d{{4}}|[{_CN}]{{4}})\s?年(?:度)?(?![龄级])", _year),
    rule(Kind.YEAR, "12", rf"(?P<year>(?:19|20)\d\d)(?=(?:{_TO})(?:(?:19|20)\d\d)年)", _year),
    rule(Kind.YEAR, "56789五六七八九", r"(?<!\d)(?P<tens>[5-9]0|[五六七八九]十)年代", _decade),
    rule(
        Kind.YEAR, "0123456789零一二三四五六七八九",
        r"(?P<year>\d{2}|[零一二三四五六七八九]{2})年度?(?=\s?的?(?:\d{1,2}月|[一二三四五六七八九十正腊冬元]{1,2}月|第?[一二三四1-4]季|首季|"
        r"[上下前后]半年|年?[初底末]|前[一二两三四五六七八九十\d]{1,2}个?(?:月|季)|第[\d一二三四五十]{1,3}个?[周星礼]|[春夏秋冬][天季]|春节|端午|中秋|国庆|元旦|五一|清明|小寒|大寒))|"
        r"(?P<old>(?:0\d|零[一二三四五六七八九]))\s?年|(?<![\s\S])(?P<alone>\d\d|[零一二三四五六七八九]{2})年(?![\s\S])",
        lambda m: (0, 2000 + number(m["old"])) if m["old"] else _year_of(m["year"] or m["alone"]),
    ),
    rule(Kind.YEAR, "大前去今本全这明来次后", r"(?P<two>去今|今明|明后)两年|(?P<big>大{1,3}(?=[前后]))?(?<![目之以今])(?P<word>前年|去年|今年|本年|全年|这一年|明年|来年|次年|后年(?!会|夜|饭|货))度?", _near_year),
    rule(Kind.YEAR, "上下", r"(?<![早晚以线网楼街])(?P<word>[上下](?:一年|年度|一年度|年(?=\d{1,2}月|[一二三四五六七八九十]{1,2}月|同期|[初末底]|(?![\s\S]))))(?!级)", lambda m: (1, -1 if m["word"][0] == "上" else 1)),
    rule(Kind.YEAR, "2", r"(?<!\d)(?P<year>20\d\d)\s?(?=[QqHh][1-4](?![\da-zA-Z]))|(?<!\d)(?P<short>2\d)年(?=\s?[到至\-~]\s?(?:2\d年|今))|(?<=年[到至\-~])(?P<last>2\d)年",
         lambda m: _year_of(m["year"] or m["short"] or m["last"])),
    rule(Kind.HALF, "hH", r"(?:(?<=\d\d\d\d)|(?<=\d\d\d\d )|(?<=\d年))[Hh](?P<year_half>[12])(?![\da-zA-Z栋楼座号区])|(?<![\s\S])[Hh](?P<half>[12])(?:(?=[的到至])|(?!\w))", lambda m: (int(m["half"] or m["year_half"]),)),
    rule(Kind.HALF, "上下前后", r"(?P<half>[上下前后])(?:个)?半年", lambda m: (1 if m["half"] in "上前" else 2,)),
    rule(Kind.QUARTER, "第一二三四1234首末", r"(?:第\s?(?=[一二三四1-4]个?季)|(?=[^第]季)|(?=[首末]))(?P<n>[一二三四1-4首末])个?季度|第(?P<m>[一二三四1-4])季(?!节)",
         lambda m: _quarter(m) if m["n"] else (0, group_number(m, "m"))),
    rule(Kind.QUARTER, "Qq", r"[Qq](?P<n>[1-4])(?:季度|(?=[的到至初末底前后内以])|(?!\w)|(?<=(?:\d\d|\d年)..)(?![\da-zA-Z]))", _quarter),
    rule(Kind.QUARTER, "每", r"每一?个?季度?(?![节员报])", lambda _: (EACH, 0)),
    rule(Kind.QUARTER, "本这当上下", r"(?P<step>本|这|当|上{1,4}|下{1,4})一?个?季度?(?![节员])", lambda m: (1, step(m["step"]))),
    rule(Kind.SEASON, "春夏秋冬暑寒", r"(?P<s>[春夏秋冬暑寒])[季天假]", lambda m: ("春夏秋冬暑寒".index(m["s"]),)),
    rule(Kind.SEASON, "春夏秋冬", r"(?<=年)(?P<s>[春夏秋冬])(?![节分至])", lambda m: ("春夏秋冬".index(m["s"]),)),
)  # fmt: skip
