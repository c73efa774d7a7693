"""The hours of a range: from one side of it to the other."""

from knowledge.times.built import Built
from knowledge.times.hours import at, end_minutes, minutes_of, part_minutes
from knowledge.times.sides import Side
from knowledge.times.spans import Interval


def hours_of(side: Side, other: Side) -> tuple[int, int | None]:
    """From when to when on one day, in minutes; `other` is the side itself where there is no range."""
    if side.clock is None:
        begin, end = part_minutes(side.part or 0)
        if other is not side:
            end = end_minutes(other.clock, other.part, begin) if other.clock else part_minutes(other.part or 0)[1]
        return begin, end
    begin = minutes_of(side.clock, side.part)
    if other is side or (other.clock is None and other.part is None):
        return begin, None
    if other.clock is None:
        return begin, part_minutes(other.part or 0)[1]
    return begin, end_minutes(other.clock, other.part, begin)


def from_part_to_part(days: Interval, side: Side, other: Side) -> Built:
    """Days, from a part of the first (from its beginning where none is told) to a part of the last."""
    first_part = other.part if side.part is None and other.repeat else side.part
    begin = None if first_part is None else part_minutes(first_part)[0]
    end = None if other.part is None else part_minutes(other.part)[1]
    grain = "day" if begin is None and end is None else "minute"
    return Built(at(days.first, begin or 0), at(days.last, end or 0), grain, side, days, range=True)


def from_hour_to_hour(days: Interval, side: Side, other: Side, daily_end: Side | None) -> Built:
    """From an hour of the first day to one of the last; with `daily_end`, `other` tells from when each day."""
    start = side if side.clock else other
    first = at(days.first, minutes_of(start.clock or (0, 0, True), start.part))
    if daily_end and daily_end.clock:
        closing = end_minutes(daily_end.clock, daily_end.part, 0)
    else:
        closing = minutes_of(other.clock, other.part) if other.clock else 0
        if other.clock is None and other.part is not None:
            closing = part_minutes(other.part)[1]
        if other.overnight:
            closing %= 720
    return Built(first, at(days.last, closing), "minute", side, days, range=True)
