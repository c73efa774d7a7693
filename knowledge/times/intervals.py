"""What day words mean: each narrows the stretch of days that the words before it left."""

import calendar
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from knowledge.lunar import lunar_day, lunar_month, lunar_year_of
from knowledge.times.durations import add_months
from knowledge.times.festivals import ANY_HOLIDAY, festival
from knowledge.times.ordinals import first_n, nth
from knowledge.times.spans import Base, Interval, days, monday, months, quarter_start
from knowledge.times.tokens import Kind, Token
from knowledge.times.yearwords import EACH
from knowledge.workdays import holiday_around, next_holiday

_WHOLE = 9
Narrow = Callable[[Interval | None, Token, Base], Interval | None]


def _year(_: Interval | None, token: Token, base: Base) -> Interval | None:
    relative, value, *years = token.values
    return months(date(base.today.year + value if relative else value, 1, 1), 12 * (years[0] if years else 1))


def _half(context: Interval | None, token: Token, base: Base) -> Interval | None:
    year = (context.first if context else base.today).year
    return months(date(year, 1 if token.values[0] == 1 else 7, 1), 6)


def _quarter(context: Interval | None, token: Token, base: Base) -> Interval | None:
    relative, value = token.values
    if relative == EACH:
        return months(quarter_start(base.anchor), 3)
    if relative:
        return months(add_months(quarter_start(base.today), 3 * value), 3)
    return months(date((context.first if context else base.anchor).year, 3 * value - 2, 1), 3)


def _season(context: Interval | None, token: Token, base: Base) -> Interval | None:
    month, count = ((3, 3), (6, 3), (9, 3), (12, 3), (7, 2), (1, 2))[token.values[0]]
    if context is None and not base.cyclic:
        return None
    return months(date((context.first if context else base.anchor).year, month, 1), count)


def _month(context: Interval | None, token: Token, base: Base) -> Interval | None:
    relative, value, *count = token.values
    if relative and context:  # 去年本月
        return months(date(context.first.year, base.today.month, 1))
    if relative:
        return months(add_months(base.today.replace(day=1), value), *count)
    return months(date((context.first if context else base.anchor).year, value, 1), *count)


def _lunar(context: Interval | None, token: Token, base: Base) -> Interval | None:
    year, leap, month, day = token.values
    year = year or (context.first.year if context else base.anchor.year)
    if not month:
        return _next_lunar(day, base.anchor)
    if not day:
        span = lunar_month(year, month, leap=bool(leap))
        return Interval(*span) if span else None
    found = lunar_day(year, month, day, leap=bool(leap))
    return days(found) if found else None


def _next_lunar(day: int, anchor: date) -> Interval | None:
    year = lunar_year_of(anchor)
    found = [
        lunar_day(y, month, day, leap=leap)
        for y in (year, year + 1)
        for month in range(1, 13)
        for leap in (False, True)
    ]
    later = sorted(one for one in found if one and one >= anchor)
    return days(later[0]) if later else None


def _edge(context: Interval | None, token: Token, base: Base) -> Interval | None:
    edge, of = token.values
    whole = context or {
        0: months(base.anchor) if base.cyclic else None,
        1: months(base.today),
        2: months(date(base.today.year, 1, 1), 12),
        3: months(quarter_start(base.today), 3),
        4: days(monday(base.today), 7),
    }.get(of)
    if whole is None:
        return None
    first, last = whole.first, whole.last
    middle = (
        first + timedelta(days=14) if whole.length < 32 else add_months(first, whole.length // 61) - timedelta(days=1)
    )
    tenth, twentieth, half = (first + timedelta(days=n) for n in (9, 19, 14))
    day = timedelta(days=1)
    return {
        1: Interval(first, first), 2: Interval(middle, middle), 3: Interval(last, last), 4: Interval(first, tenth),
        5: Interval(tenth + day, twentieth), 6: Interval(twentieth + day, last), 7: Interval(first, half),
        8: Interval(half + day, last), 10: Interval(tenth + day, last), 11: Interval(first, twentieth), _WHOLE: whole,
    }[edge]  # fmt: skip


def _day(context: Interval | None, token: Token, base: Base) -> Interval | None:
    if context and context.length > 31:
        return None
    return _on(context.first if context else base.anchor, token.values[0])


def _on(month: date, day: int) -> Interval | None:
    if not 1 <= day <= calendar.monthrange(month.year, month.month)[1]:
        return None
    return days(month.replace(day=day))


def _date(context: Interval | None, token: Token, base: Base) -> Interval | None:
    year, month, day = token.values
    first = date(year or (context.first if context else base.anchor).year, month, 1)
    return _on(first, day) if day else months(first)


def _near(context: Interval | None, token: Token, base: Base) -> Interval | None:
    step, following, *more = token.values
    day = base.today + timedelta(days=step)
    if following:
        return days((context.last if context else base.anchor) + timedelta(days=1))
    if context is None:
        return days(day, 1 + sum(more))
    if context.length == 7:
        return days(context.first + timedelta(days=day.weekday()))
    month = day.replace(year=context.first.year, day=1) if context.length > 31 else context.first
    return _on(month, min(day.day, calendar.monthrange(month.year, month.month)[1]))


def _week(_: Interval | None, token: Token, base: Base) -> Interval | None:
    step, first, last, *weeks = token.values
    start = monday(base.today) + timedelta(weeks=step)
    if first < 0:
        return days(start, 7 * (weeks[0] if weeks else 1))
    return days(start + timedelta(days=first), last - first + 1)


def _weekday(context: Interval | None, token: Token, base: Base) -> Interval | None:
    first, last = token.values[0], token.values[-1]
    start = context.first if context else monday(base.anchor)
    return days(start + timedelta(days=(first - start.weekday()) % 7), last - first + 1)


def _festival(context: Interval | None, token: Token, base: Base) -> Interval | None:
    if token.word in ANY_HOLIDAY:
        coming = next_holiday(base.today)
        return coming and Interval(*coming)
    found = festival(token.word, (context.first if context else base.anchor).year)
    return days(found) if found else None


def _holiday(context: Interval | None, _: Token, __: Base) -> Interval | None:
    return context and Interval(*holiday_around(context.first))


_NARROW: dict[Kind, Narrow] = {
    Kind.YEAR: _year, Kind.HALF: _half, Kind.QUARTER: _quarter, Kind.SEASON: _season, Kind.MONTH: _month,
    Kind.LUNAR: _lunar, Kind.EDGE: _edge, Kind.DAY: _day, Kind.DATE: _date, Kind.NEAR: _near, Kind.WEEK: _week,
    Kind.WEEKDAY: _weekday, Kind.FESTIVAL: _festival, Kind.HOLIDAY: _holiday, Kind.NTH: nth, Kind.FIRST_N: first_n,
}  # fmt: skip
DAY_KINDS = frozenset(_NARROW)


def narrow(chain: tuple[Token, ...], base: Base) -> Interval | None:
    """The days that words name together; None where they name none, as 2月30日."""
    interval: Interval | None = None
    for place, token in enumerate(chain):
        if token.kind in (Kind.BEFORE, Kind.AFTER):
            assert interval is not None
            interval = _side_of(interval, token.kind, chain[place + 1])
        else:
            if token.kind is Kind.EDGE and place + 1 < len(chain):  # 月底最后三天 are sought in the whole month
                token = replace(token, values=(_WHOLE, token.values[1]))
            interval = _NARROW[token.kind](interval, token, base)
        if interval is None:
            return None
    return interval


def _side_of(interval: Interval, side: Kind, following: Token) -> Interval:
    """The days after (before) a stretch among which the following word chooses."""
    if side is Kind.AFTER:
        return days(interval.last + timedelta(days=1), 62)
    reach = 7 if following.kind is Kind.WEEKDAY else 62
    return Interval(interval.first - timedelta(days=reach), interval.first - timedelta(days=1))
