"""In what open dates come round, and where to look for the next or the last."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from knowledge.times.durations import add_months
from knowledge.times.sides import Side
from knowledge.times.spans import quarter_start
from knowledge.times.tokens import Kind, Token
from knowledge.times.yearwords import HOLIDAYS

_CYCLES = {2: "week", 3: "month", 4: "year", 5: "quarters", 6: "week"}
_YEARLY = (Kind.MONTH, Kind.DATE, Kind.LUNAR, Kind.FESTIVAL)


def cycle_of(side: Side, past: bool) -> str:
    """In what the days of a side come round: year, month, week, or not at all."""
    if side.repeat and side.repeat[0] > 1:
        return _CYCLES[side.repeat[0]]
    first = side.chain[0]
    if first.kind in (Kind.MONTH, Kind.DATE, Kind.LUNAR) and first.values[0]:
        return ""
    if first.kind is Kind.LUNAR and not first.values[2]:  # 初七, the next there is
        return ""
    if first.kind in _YEARLY or (first.kind is Kind.SEASON and first.values[0] >= HOLIDAYS):
        return "year"
    if past and first.kind is Kind.QUARTER and first.values[0] == 0:
        return "quarter"
    if first.kind is Kind.DAY or (first.kind is Kind.NTH and first.values[1] < 7):
        return "month"
    return "week" if first.kind is Kind.WEEKDAY else ""


def choices(chain: tuple[Token, ...], backwards: bool) -> Iterator[tuple[Token, ...]]:
    """The words, once for each weekday or day of a list such as 周一三五 or 5号、15号."""
    last = chain[-1]
    if last.kind in (Kind.WEEKDAY, Kind.DAY) and last.values[0] < 0:
        yield from (
            (*chain[:-1], replace(last, values=(day, day))) for day in sorted(last.values[1:], reverse=backwards)
        )
    else:
        yield chain


def anchors(cycle: str, today: date, backwards: bool) -> Iterator[date]:
    """Days in the years, months or weeks to look in, the likeliest first."""
    way = -1 if backwards else 1
    if cycle == "week":
        yield from (today + timedelta(weeks=way * n) for n in range(-1, 3))
    elif cycle == "month":
        yield from (add_months(today.replace(day=1), way * n) for n in range(-1, 14))
    elif cycle == "quarters":
        yield from (add_months(quarter_start(today), way * 3 * n) for n in range(-1, 5))
    elif cycle in ("year", "quarter"):
        yield from (date(today.year + way * n, 1, 1) for n in range(-1, 9))
    else:
        yield today
