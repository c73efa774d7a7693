"""The nth of something in a stretch of days, and the first or last few."""

from datetime import date, timedelta

from knowledge.times.daywords import (
    DAY_UNIT,
    MONTH_UNIT,
    QUARTER_UNIT,
    WEEK_UNIT,
    WEEKEND,
    WORKDAY,
    YEAR_UNIT,
)
from knowledge.times.durations import add_months
from knowledge.times.spans import Base, Interval, days, months
from knowledge.times.tokens import Token
from knowledge.workdays import add_workdays, first_workday


def nth(context: Interval | None, token: Token, base: Base) -> Interval | None:
    """第三个周五, 最后一个工作日; None where there are not so many."""
    which, unit = token.values
    if context is None:
        if unit == WORKDAY and not base.cyclic:
            return days(add_workdays(base.today, which))
        if unit == DAY_UNIT and not base.cyclic:
            if not 1 <= which <= 3:
                return None
            return days(base.anchor + timedelta(days=which - 1))
        context = months(base.anchor)
    if not which:
        return None
    if context.length == 1 and which > 0:
        context = days(context.first, 62)
    pieces = _pieces(context, unit)
    index = which - 1 if which > 0 else which
    return pieces[index] if -len(pieces) <= index < len(pieces) else None


def _pieces(whole: Interval, unit: int) -> list[Interval]:
    """The units within a stretch; a week belongs where its Monday lies."""
    if unit in (MONTH_UNIT, QUARTER_UNIT):
        count = 1 if unit == MONTH_UNIT else 3
        starts = [add_months(whole.first, n) for n in range(0, whole.length // 28, count)]
        return [months(start, count) for start in starts if start <= whole.last]
    every = [whole.first + timedelta(days=n) for n in range(min(whole.length, 400))]
    if unit == WEEK_UNIT:
        return [days(day, 7) for day in every if day.weekday() == 0]
    if unit == WEEKEND:
        return [days(day, 2) for day in every if day.weekday() == 5]
    if unit == WORKDAY:
        return [days(day) for day in every if first_workday(day) == day]
    return [days(day) for day in every if unit == DAY_UNIT or day.weekday() == unit]


def first_n(context: Interval | None, token: Token, base: Base) -> Interval | None:
    """前五个月, 最后三天; beside a single day those before or after it."""
    count, unit = token.values
    if context is None and unit == QUARTER_UNIT and count > 0:
        context = months(date(base.anchor.year, 1, 1), 12)
    if context is None:
        return _beside(base.today, count, unit)
    if context.length == 1:
        beside = _beside(context.first, count, unit)
        day = timedelta(days=1)
        return Interval(beside.first, context.first - day) if count > 0 else Interval(context.first + day, beside.last)
    pieces = _pieces(context, unit)
    chosen = pieces[:count] if count > 0 else pieces[count:]
    return Interval(chosen[0].first, chosen[-1].last) if chosen else None


def _beside(day: date, count: int, unit: int) -> Interval:
    """So many units before (`count` positive, as in 前三天) or after a day, with the day."""
    size = {MONTH_UNIT: 1, QUARTER_UNIT: 3, YEAR_UNIT: 12}.get(unit)
    if size:
        other = add_months(day, -count * size)
    elif unit == WORKDAY:
        other = add_workdays(day, -count)
    else:
        other = day - timedelta(days=count * (7 if unit == WEEK_UNIT else 1))
    return Interval(min(other, day), max(other, day))
