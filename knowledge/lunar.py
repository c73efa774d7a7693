"""The lunar calendar and the 24 solar terms, for the years 1990 to 2050.

Months come from a table of facts; terms from the sun's longitude (Meeus' low-precision series, good to some
seven minutes, so that a term within minutes of midnight may fall a day off).
"""

from datetime import date, datetime, timedelta
from functools import cache
from math import radians, sin

_FIRST_YEAR = 1989
# One number a year: days from 1 January to New Year's Day (7 bits), the leap month (4), long months (13).
_YEARS = (
    0x480EA9, 0x34BE92, 0x5A0E92, 0x440D26, 0x2C6A56, 0x500A57, 0x3D14D6, 0x62035A, 0x4A06D5, 0x36B6C9,
    0x5C0749, 0x460693, 0x2E952B, 0x54052B, 0x3E0A5B, 0x2A555A, 0x4E056A, 0x38FB55, 0x600BA4, 0x4A0B49,
    0x32BA93, 0x580A95, 0x42052D, 0x2C8AAD, 0x500AB5, 0x3D35AA, 0x6205D2, 0x4C0DA5, 0x36DD4A, 0x5C0D4A,
    0x460C95, 0x30952E, 0x540556, 0x3E0AB5, 0x2A55B2, 0x5006D2, 0x38CEA5, 0x5E0725, 0x48064B, 0x32AC97,
    0x560CAB, 0x42055A, 0x2C6AD6, 0x520B69, 0x3D7752, 0x620B52, 0x4C0B25, 0x36DA4B, 0x5A0A4B, 0x4404AB,
    0x2EA55B, 0x5405AD, 0x3E0B6A, 0x2A5B52, 0x500D92, 0x3AFD25, 0x5E0D25, 0x480A55, 0x32B4AD, 0x5804B6,
    0x4005B5, 0x2C6DAA, 0x520EC9,
)  # fmt: skip

TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
    "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip


def lunar_month(year: int, month: int, *, leap: bool = False) -> tuple[date, date] | None:
    """First and last day of a lunar month; None outside the table or where the year has no such leap month."""
    if not (_FIRST_YEAR <= year < _FIRST_YEAR + len(_YEARS) and 1 <= month <= 12):
        return None
    code = _YEARS[year - _FIRST_YEAR]
    leap_month = code >> 13 & 15
    if leap and leap_month != month:
        return None
    index = month - 1 + (leap or 0 < leap_month < month)
    first = date(year, 1, 1) + timedelta(days=code >> 17)
    first += timedelta(days=sum(29 + (code >> i & 1) for i in range(index)))
    return first, first + timedelta(days=28 + (code >> index & 1))


def lunar_day(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """The solar date of a lunar one; None where there is none."""
    span = lunar_month(year, month, leap=leap)
    if span is None or day < 1:
        return None
    found = span[0] + timedelta(days=day - 1)
    return found if found <= span[1] else None


def lunar_year_of(day: date) -> int:
    """The lunar year that a solar date lies in (the solar year where the table does not reach)."""
    new_year = lunar_day(day.year, 1, 1)
    return day.year - 1 if new_year is not None and day < new_year else day.year


@cache
def solar_term(year: int, name: str) -> date:
    """The date, in China, of one of the 24 terms in a solar year; ValueError for an unknown name."""
    index = TERMS.index(name)
    wanted = (285 + 15 * index) % 360
    days = (year - 2000) * 365.2422 + 4.5 + index * 15.2184  # since J2000.0
    for _ in range(8):
        days += ((wanted - _longitude(days) + 180) % 360 - 180) / 360 * 365.2422
    delta_t = timedelta(seconds=69)
    return (datetime(2000, 1, 1, 12) + timedelta(days=days, hours=8) - delta_t).date()


def _longitude(days: float) -> float:
    """The sun's apparent longitude in degrees, `days` after J2000.0."""
    t = days / 36525
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    node = radians(125.04 - 1934.136 * t)
    return (mean + centre - 0.00569 - 0.00478 * sin(node)) % 360
