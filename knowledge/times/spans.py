"""Stretches of days."""

from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.times.durations import add_months


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Base:
    """Whence words are counted: today, and the day in whose year, month or week an unnamed one is sought."""

    today: date
    anchor: date
    cyclic: bool = False


def days(first: date, count: int = 1) -> Interval:
    """So many days from one on."""
    return Interval(first, first + timedelta(days=count - 1))


def months(first: date, count: int = 1) -> Interval:
    """So many whole months from a day's on."""
    start = first.replace(day=1)
    return Interval(start, add_months(start, count) - timedelta(days=1))


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def quarter_start(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
