"""Lengths of time: 三天, 两个半小时, 一年零两个月, 5个工作日."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from knowledge.times.numerals import number
from knowledge.times.tokens import NUMERALS
from knowledge.workdays import add_workdays

_UNITS = {  # unit: (months, days, minutes, working days), each in halves where a half is meant
    "工作日": (0, 0, 0, 1), "交易日": (0, 0, 0, 1), "分钟": (0, 0, 1, 0), "分": (0, 0, 1, 0), "刻钟": (0, 0, 15, 0),
    "小时": (0, 0, 60, 0), "钟头": (0, 0, 60, 0), "钟": (0, 0, 60, 0), "天": (0, 1, 0, 0), "日": (0, 1, 0, 0),
    "周": (0, 7, 0, 0), "星期": (0, 7, 0, 0), "礼拜": (0, 7, 0, 0), "个月": (1, 0, 0, 0), "月": (1, 0, 0, 0),
    "季度": (3, 0, 0, 0), "年": (12, 0, 0, 0), "自然日": (0, 1, 0, 0),
}  # fmt: skip
_HALVES = {  # half of a unit where it is not half the numbers above
    "天": (0, 0, 720, 0), "日": (0, 0, 720, 0), "月": (0, 15, 0, 0), "个月": (0, 15, 0, 0), "季度": (1, 15, 0, 0),
}  # fmt: skip

_NUMBER = rf"(?:\d{{1,4}}(?:\.\d)?|[{NUMERALS[10:]}]{{1,4}})"
_ONE = (
    rf"(?!\d{{4}}\s?年|0\d\s?年|[零一二三四五六七八九]{{2,4}}年)(?:(?:{_NUMBER}多?个[多半]?|半个?|仨)月|"
    rf"{_NUMBER}个季度|(?:{_NUMBER}多?(?:个半|个多?)?|半个?)\s?(?:工作日|交易日|自然日|分钟|刻钟|小时(?:{_NUMBER}分(?!钟))?|钟头|(?:(?<=个)|(?<=个半))钟(?![头点])|天|日|周|星期|礼拜|年))"
    r"(?:半(?=[以之]?[前后内来])|多)?"
)
LENGTH = rf"(?:{_ONE})(?:[零又]?(?:{_ONE})){{0,2}}"
_ABOUT = re.compile(r"[一二两三四五六七八九](?=[两三四五六七八九]$)")
"""两三天 is at least two."""
_PIECE = re.compile(
    rf"(?P<count>{_NUMBER}|半)多?(?P<half>个半|个)?多?\s?"
    r"(?P<unit>工作日|交易日|自然日|分钟|分|刻钟|小时|钟头|钟|天|日|周|星期|礼拜|月|季度|年)(?P<tail>半)?"
)


@dataclass(frozen=True, slots=True)
class Length:
    """Calendar months, days, minutes and working days, which do not convert into each other."""

    months: int = 0
    days: int = 0
    minutes: int = 0
    workdays: int = 0

    def after(self, moment: datetime, sign: int = 1) -> datetime:
        """The moment this much later (`sign` -1: earlier)."""
        day = add_months(moment.date(), sign * self.months) + timedelta(days=sign * self.days)
        if self.workdays:
            day = add_workdays(day, sign * min(self.workdays, 500))  # each is counted singly
        return datetime.combine(day, moment.timetz()) + timedelta(minutes=sign * self.minutes)


def read_length(words: str) -> tuple[int, int, int, int]:
    """Months, days, minutes and working days of a phrase that `LENGTH` matches."""
    total = [0, 0, 0, 0]
    for piece in _PIECE.finditer(words):
        unit, count = piece["unit"], piece["count"]
        half = count == "半" or piece["half"] == "个半" or piece["tail"] == "半" or count.endswith(".5")
        whole = 0 if count == "半" else number((_ABOUT.match(count) or count.split("."))[0])
        for i, size in enumerate(_UNITS[unit]):
            total[i] += whole * size
        if half:
            for i, size in enumerate(_HALVES.get(unit) or [s // 2 for s in _UNITS[unit]]):
                total[i] += size
    return total[0], total[1], total[2], total[3]


def add_months(day: date, months: int) -> date:
    """The same day of the month some months on, or that month's last; years stay within 1000 to 9000."""
    index = min(max(day.year * 12 + day.month - 1 + months, 1000 * 12), 9000 * 12)
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
