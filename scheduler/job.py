"""A job: something that happens by itself, when it falls due, and what becomes of runs that were missed."""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import Db
from bot.files import FileStore
from bot.voice import Voice


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A run that is due: when, and for what (an activity, a group; empty for a job without scopes)."""

    at: datetime
    scope: str = ""


DueBetween = Callable[[Connection, datetime, datetime], Iterable[Due]]
"""What falls due after the first moment, up to and including the second."""


class Missed(StrEnum):
    """What becomes of runs that were missed while nothing ran."""

    SKIP = "skip"  # those in time are made up for, those too late are not
    ONCE = "once"  # of several for the same thing the last stands for all
    ASK = "ask"  # the staff decide about the newest of those too late


Prepare = Callable[[Db, FileStore, Due], Awaitable[None]]
"""What a run needs that takes its time, such as a picture: made before its transaction, and kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that happens by itself."""

    name: str
    due: DueBetween
    run: Callable[[Connection, Voice, Due], None]
    lateness: timedelta  # a run that is later than this is too late
    missed: Missed = Missed.SKIP
    title: str = ""  # what people call it; empty: nothing that they would ask for
    in_store: Callable[[Connection, Due], bool] | None = None  # whether a run has anything to say, as things stand
    prepare: Prepare | None = None


def cron(**fields: str) -> DueBetween:
    """Due by a cron expression in Shanghai time, such as `cron(hour="9", minute="0")`."""
    return _Cron(CronTrigger(timezone=SHANGHAI, **fields))


class _Cron:
    """The moments of a trigger, each calculated once: a replay asks for the same months again and again."""

    def __init__(self, trigger: CronTrigger) -> None:
        self._trigger = trigger
        self._since: datetime | None = None
        self._moments: list[datetime] = []

    def __call__(self, _conn: Connection, after: datetime, until: datetime) -> list[Due]:
        if self._since is None or after < self._since:
            self._since, self._moments = after, []
        while (last := self._moments[-1] if self._moments else self._since) <= until:
            following = self._trigger.get_next_fire_time(None, last + timedelta(microseconds=1))
            if following is None:
                break
            self._moments.append(following)
        first, end = bisect_right(self._moments, after), bisect_right(self._moments, until)
        return [Due(moment) for moment in self._moments[first:end]]
