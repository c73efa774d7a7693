"""Time phrases in Chinese text, read by rule: 明早八点半, 下下周二, 20号之前, 国庆后第一个工作日, 每月最后一个周五.

A bare weekday or a date without a year is the next one on or after `now`; a range of days ends on its last
day; all times are Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import date, datetime

from knowledge.times.built import Phrase
from knowledge.times.choice import best, of_event
from knowledge.times.phrases import phrases

__all__ = ["When", "event_time", "find", "period", "when"]


@dataclass(frozen=True, slots=True)
class When:
    """A point or stretch of time that a text names."""

    start: datetime  # aware, +08:00
    end: datetime | None  # of days: the last one's midnight, that day counted
    granularity: str  # "day" or "minute"
    repeats: str | None = None  # "daily", "weekly", "biweekly", "monthly", "quarterly", "yearly"
    span: tuple[int, int] = (0, 0)  # where in the text


def find(text: str, now: datetime, *, past: bool = False) -> list[When]:
    """All time phrases, left to right; `past` reads open dates (12月, 周三) as the last, not the next."""
    return [_when(phrase) for phrase in phrases(text, now, past=past)]


def when(text: str, now: datetime, *, past: bool = False) -> When | None:
    """The most informative time phrase, the first of equals."""
    phrase = best(phrases(text, now, past=past))
    return _when(phrase) if phrase else None


def event_time(text: str, now: datetime) -> When | None:
    """When the event that a message announces or books takes place, among deadlines and other times in it."""
    phrase = of_event(text, now)
    return _when(phrase) if phrase else None


def period(text: str, now: datetime) -> tuple[date, date] | None:
    """First and last day of the period that a question about figures names, the latest one begun by `now`."""
    found = best(phrases(text, now, past=True))
    if found is None:
        return None
    return found.start.date(), (found.end or found.start).date()


def _when(phrase: Phrase) -> When:
    return When(phrase.start, phrase.end, phrase.granularity, phrase.repeats, phrase.span)
