"""Time phrases in Chinese text, read by rule."""

from dataclasses import dataclass
from datetime import date, datetime

__all__ = ["When", "event_time", "find", "period", "when"]


@dataclass(frozen=True, slots=True)
class When:
    """A point or stretch of time that a text names."""

    start: datetime
    end: datetime | None
    granularity: str
    repeats: str | None = None
    span: tuple[int, int] = (0, 0)


def find(text: str, now: datetime) -> list[When]:
    """All time phrases, left to right."""
    return []


def when(text: str, now: datetime) -> When | None:
    """The most informative time phrase."""
    return None


def event_time(text: str, now: datetime) -> When | None:
    """When the event that a message announces takes place."""
    return None


def period(text: str, now: datetime) -> tuple[date, date] | None:
    """First and last day of the period that a question about figures names."""
    return None
