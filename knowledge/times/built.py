"""A time phrase while it is being read, and when it is done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from knowledge.times.clockwords import NOON
from knowledge.times.durations import Length
from knowledge.times.hours import at
from knowledge.times.sides import Side
from knowledge.times.spans import Interval
from knowledge.times.tokens import Kind


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time phrase with what it says outright, which decides between several."""

    start: datetime
    end: datetime | None
    granularity: str
    repeats: str | None
    span: tuple[int, int]
    dated: bool
    hour: bool
    deadline: bool = False
    days: Interval | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A phrase before what follows it is read."""

    start: datetime
    end: datetime | None
    granularity: str
    side: Side
    days: Interval | None = None
    range: bool = False

    def within(self, today: date) -> "Built":
        """What is left of it from today on: 本周内."""
        if self.days is None or self.granularity == "minute":
            return self
        days = Interval(max(self.days.first, min(today, self.days.last)), self.days.last)
        return Built(at(days.first), at(days.last), "day", self.side, days)

    @property
    def hour(self) -> bool:
        """Whether it tells an hour, not only a part of the day."""
        return self.granularity == "minute" and (self.side.clock is not None or self.side.part is None)

    @property
    def loose(self) -> bool:
        """Whether its words say about what something is as often as when: 年终慰问, 2026年度计划."""
        chain = self.side.chain
        return len(chain) == 1 and not self.range and chain[0].kind in (Kind.EDGE, Kind.FESTIVAL, Kind.YEAR)

    def by(self, now: datetime) -> "Built":
        """As a deadline: from now on to its end."""
        noon = self.side.clock is None and self.side.part == NOON
        end = self.start if noon else self.end or self.start
        start = now if self.granularity == "minute" else at(now.date())
        days = self.days and Interval(min(now.date(), self.days.last), self.days.last)
        return Built(min(start, end), end, self.granularity, self.side, days)

    def later(self) -> "Built":
        """From its end on: what comes after a stretch or a festival begins the next day, after a date that day."""
        if self.granularity == "minute" or not self.days:
            return Built(self.end or self.start, None, self.granularity, self.side)
        whole = self.days.length > 1 or (self.side.chain and self.side.chain[-1].kind is Kind.FESTIVAL)
        day = self.days.last + timedelta(days=1 if whole else 0)
        return Built(at(day), None, "day", self.side, Interval(day, day))


def stretch(now: datetime, length: Length, sign: int = 1) -> Built:
    """So long from now on (`sign` -1: up to now)."""
    other = length.after(now, sign)
    first, last = min(now, other), max(now, other)
    if length.minutes:
        return Built(first, last, "minute", Side())
    return Built(at(first.date()), at(last.date()), "day", Side(), Interval(first.date(), last.date()))
