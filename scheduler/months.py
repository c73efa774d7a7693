"""Jobs that are due once a month."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from scheduler.job import Due, DueBetween


def following(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def monthly(moment: Callable[[date], datetime]) -> DueBetween:
    """Due at the moment that belongs to a month (its first day): in it, or in the month before.

    The scope is the month, YYYY-MM.
    """

    def due(_conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
        first = local(after).date().replace(day=1)
        last = following(local(until).date().replace(day=1))
        while first <= last:
            at = moment(first)
            if after < at <= until:
                yield Due(at, f"{first:%Y-%m}")
            first = following(first)

    return due
