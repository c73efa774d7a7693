"""Rules for the English names of days that Chinese messages borrow: next Monday, Fri 下午3点, May 20."""

import re

from knowledge.times.tokens import Kind, Rule, rule

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKS = {"last": -1, "this": 0, "next": 1}
_DAY = r"(?P<day>(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)(?![a-z])\.?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)


def _weekday(match: re.Match[str]) -> tuple[int, ...]:
    day = _WEEKDAYS.index(match["day"][:3].lower())
    return day, day


def _week(match: re.Match[str]) -> tuple[int, ...]:
    return _WEEKS[match["week"].lower()], *_weekday(match)


def _date(match: re.Match[str]) -> tuple[int, ...] | None:
    day = int(match["day"])
    return (0, _MONTHS.index(match["month"][:3].lower()) + 1, day) if 1 <= day <= 31 else None


ENGLISH_RULES: tuple[Rule, ...] = (
    rule(Kind.WEEK, "lntLNT", rf"(?i)(?<![a-z])(?P<week>last|this|next)\s{_DAY}", _week),
    rule(Kind.WEEKDAY, "mtwfsMTWFS", rf"(?i)(?<![a-z]){_DAY}(?:(?<=day)|(?=\s?[\d上下早晚中]|[)\]]|$))", _weekday),
    rule(
        Kind.DATE,
        "jfmasondJFMASOND",
        rf"(?i)(?<![a-z]){_MONTH}\.?\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:a-z])",
        _date,
    ),
)
