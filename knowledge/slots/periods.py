"""Months, days and stretches of time that a request names."""

import re
from datetime import datetime, timedelta

from knowledge import times
from knowledge.numbers import number

_NUMBER = r"(\d{1,2}|十[一二]?|[一二三四五六七八九])"
_NAMED_MONTH = re.compile(rf"(明年|今年|去年|(\d{{4}})年)?\s*{_NUMBER}月(?:份|(?![\d一二三四五六七八九十]))")
_OFFSETS = (
    (re.compile(r"下下个?月"), 2),
    (re.compile(r"下个?月|次月"), 1),
    (re.compile(r"上个?月"), -1),
    (re.compile(r"这个?月|本月|当月|月内"), 0),
)


def month(text: str, now: datetime) -> str | None:
    """The month meant, as YYYY-MM: 下个月, 本月, 九月 (the next one on or after now), 明年1月; else None."""
    if found := _NAMED_MONTH.search(text):
        wanted = number(found[3]) or 0
        if 1 <= wanted <= 12:
            return f"{_year(found[1], wanted, now)}-{wanted:02d}"
    for pattern, offset in _OFFSETS:
        if pattern.search(text):
            count = now.year * 12 + now.month - 1 + offset
            return f"{count // 12}-{count % 12 + 1:02d}"
    return None


def _year(said: str | None, wanted: int, now: datetime) -> int:
    if said is None:
        return now.year + (wanted < now.month)
    relative = {"明年": now.year + 1, "今年": now.year, "去年": now.year - 1}
    return relative.get(said) or int(said[:4])


def day(text: str, now: datetime) -> str | None:
    """The day of a visit, as YYYY-MM-DD: the last such day on or before `now` where no year is said; else None."""
    found = times.when(text, now)
    if found is None or (found.granularity == "day" and found.end is not None):
        return None
    visited = found.start.date()
    if visited > now.date() + timedelta(days=7):  # a bare date is read as the next one; a visit lies behind
        visited -= timedelta(days=365 if (visited.month, visited.day) != (2, 29) else 366)
        visited = visited.replace(day=found.start.day) if visited.month == found.start.month else visited
    return visited.isoformat()


_N = r"[\d一二三四五六七八九十两几]{1,4}"
_PERIOD = re.compile(
    rf"(?:20\d\d年?|今年|去年|前年|本年度?|上年度?|全年|年度)?(?:以来|到现在|至今|到目前)?(?:的)?(?:第?[一二三四1234]季度|[上下]半年|[上本这下]个?季度?|全年|{_N}(?:月份?|日|号)?(?:到|至|-|—|~){_N}月份?(?:{_N}[日号])?|{_N}月份?(?:{_N}[日号])?|Q[1-4])(?:以来|到现在|至今)?"
    rf"|(?:20\d\d年度?|今年|去年|前年|本年度?|上年度?|全年|年度)(?:以来|到现在|至今|到目前)?"
    rf"|[上本这下](?:一)?个?(?:周|星期|礼拜|月|季度?|半年|旬)(?:以来|到现在)?|当[月周日天]|(?:近|最近|过去|前)(?:这|的)?{_N}(?:个|来)?(?:天|日|周|星期|礼拜|月|年|季度)|近期|最近|昨[天日]|今[天日]|前天|月底|年底"
)  # fmt: skip


def period_words(text: str) -> str | None:
    """The words that name the period of a question about figures (三季度, 上个月, 近三个月); else None."""
    found = _PERIOD.search(text)
    return found[0].strip("的") if found and found[0].strip("的") else None
