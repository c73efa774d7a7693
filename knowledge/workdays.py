"""Working days by the State Council's calendar; Monday to Friday in years that it does not cover yet."""

from datetime import date, timedelta
from functools import cache, lru_cache

import chinese_calendar

_DAY = timedelta(days=1)


@cache
def calendar_covers(year: int) -> bool:
    """Whether the State Council's arrangement of that year is known; where not, holidays count as weekdays."""
    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(4096)  # whoever looks for deadlines asks for the same days again and again
def is_workday(day: date) -> bool:
    """Whether people work on that day."""
    if calendar_covers(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def add_workdays(day: date, count: int) -> date:
    """The working day `count` working days after (or, negative, before) a day, which itself never counts."""
    step = _DAY if count >= 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day)
    return day


def first_workday(day: date, *, back: bool = False) -> date:
    """The nearest working day on or after (`back`: on or before) a day."""
    while not is_workday(day):
        day += -_DAY if back else _DAY
    return day


def next_holiday(day: date) -> tuple[date, date] | None:
    """First and last day of the public holiday that lasts or comes next; None where the calendar ends before."""
    for _ in range(250):
        if not calendar_covers(day.year):
            return None
        if chinese_calendar.get_holiday_detail(day)[1] and not is_workday(day):
            return holiday_around(day)
        day += _DAY
    return None


def holiday_around(day: date) -> tuple[date, date]:
    """First and last of the days off in a row that hold a day; the day alone where people work on it."""
    first = last = day
    if is_workday(day):
        return first, last
    while not is_workday(first - _DAY):
        first -= _DAY
    while not is_workday(last + _DAY):
        last += _DAY
    return first, last
