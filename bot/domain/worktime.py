"""Deadlines on the working-time calendar: State Council working days, office hours."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.clock import local
from knowledge.workdays import add_workdays as _add_days
from knowledge.workdays import is_workday

Hours = Sequence[tuple[time, time]]
"""When an office is open on a working day: from, until."""
OFFICE: Hours = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))


def add_working_hours(start: datetime, hours: float, office: Hours = OFFICE) -> datetime:
    """The moment when so many office hours have passed since `start`."""
    left = timedelta(hours=hours)
    day = local(start)
    while True:
        for opens, closes in office if is_workday(day.date()) else ():
            begin = max(day, day.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0))
            end = day.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0)
            if begin < end:
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        day = (day + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def add_workdays(start: datetime, days: int, office: Hours = OFFICE) -> datetime:
    """The end of office hours of the working day so many working days after `start`."""
    moment = local(start)
    day = _add_days(moment.date(), days)
    return datetime.combine(day, office[-1][1], tzinfo=moment.tzinfo)
