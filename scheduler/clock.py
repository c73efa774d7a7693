"""The clock: every due run of a job is a row, unique by job, scope and due time, done in one transaction.

APScheduler calculates the triggers and gives the ticks; the database is the truth. Whoever inserts the row runs
the job; a process that dies in a run rolls it back, and the next tick does it again.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import Db, UTCDateTime, insert_new, metadata
from bot.voice import Voice

log = logging.getLogger(__name__)

job_cursor = sa.Table(
    "job_cursor",
    metadata,
    sa.Column("job", sa.String(64), primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),  # all that was due up to here has a row
)

job_run = sa.Table(
    "job_run",
    metadata,
    sa.Column("job", sa.String(64), primary_key=True),
    sa.Column("scope", sa.String(64), primary_key=True),
    sa.Column("due_at", UTCDateTime, primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),  # done, skipped (too late), failed
    sa.Column("ran_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A run that is due: when, and for what (an activity, a group; empty for a job without scopes)."""

    at: datetime
    scope: str = ""


DueBetween = Callable[[Connection, datetime, datetime], Iterable[Due]]
"""What falls due after the first moment, up to and including the second."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that happens by itself."""

    name: str
    due: DueBetween
    run: Callable[[Connection, Voice, Due], None]
    lateness: timedelta  # a run that is later than this is skipped, not made up for


def cron(**fields: str) -> DueBetween:
    """Due by a cron expression in Shanghai time, such as `cron(hour="9", minute="0")`."""
    trigger = CronTrigger(timezone=SHANGHAI, **fields)

    def due(_conn: Connection, after: datetime, until: datetime) -> list[Due]:
        found = []
        moment = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
        while moment is not None and moment <= until:
            found.append(Due(moment))
            moment = trigger.get_next_fire_time(moment, moment + timedelta(microseconds=1))
        return found

    return due


class Scheduler:
    """Runs what is due. Any number of processes may hold one."""

    def __init__(self, db: Db, jobs: Sequence[Job]) -> None:
        self._db = db
        self._jobs = tuple(jobs)

    async def start(self, now: datetime) -> None:
        """Let jobs that were never seen count from now on, not from the beginning of time."""
        await self._db.run(_start_cursors, [job.name for job in self._jobs], now)

    def next_due(self, conn: Connection, until: datetime) -> datetime | None:
        """The earliest run that is due up to `until`."""
        return min((due.at for due, _ in _all_due(conn, self._jobs, until)), default=None)

    def pass_over(self, conn: Connection, until: datetime) -> None:
        """Let time go on to `until`, up to which nothing is due."""
        _advance(conn, [job.name for job in self._jobs], until)

    async def tick(self, now: datetime) -> int:
        """Run everything that is due, in order of time; returns how many runs were done."""
        done = 0
        for due, job in await self._db.run(_all_due, self._jobs, now):
            done += await self._attempt(job, due, now)
        await self._db.run(_advance, [job.name for job in self._jobs], now)
        return done

    async def _attempt(self, job: Job, due: Due, now: datetime) -> bool:
        try:
            return await self._db.run(_run, job, due, now)
        except Exception:  # one job that is broken must not keep the others from running
            log.exception("job failed", extra={"job": job.name, "scope": due.scope})
            await self._db.run(_record, job, due, now, "failed")
            return False


def last_tick(conn: Connection) -> datetime | None:
    """Up to when everything that was due has been done; None before the first start."""
    at: datetime | None = conn.scalar(sa.select(sa.func.min(job_cursor.c.at)))
    return at


def _start_cursors(conn: Connection, names: Sequence[str], now: datetime) -> None:
    insert_new(conn, job_cursor, [{"job": name, "at": now} for name in names], unique=("job",))


def _all_due(conn: Connection, jobs: Sequence[Job], until: datetime) -> list[tuple[Due, Job]]:
    cursors = {name: at for name, at in conn.execute(sa.select(job_cursor.c.job, job_cursor.c.at))}
    found = []
    for job in jobs:
        after = cursors.get(job.name, until)
        found += [(due, job) for due in job.due(conn, after, until)] if after < until else []
    return sorted(found, key=lambda pair: pair[0])


def _run(conn: Connection, job: Job, due: Due, now: datetime) -> bool:
    """One run with its row in one transaction; False when somebody did it already or it came too late."""
    late = now - due.at > job.lateness
    if not _record(conn, job, due, now, "skipped" if late else "done"):
        return False
    log.info("job", extra={"job": job.name, "scope": due.scope, "due": due.at.isoformat(), "late": late})
    if not late:
        job.run(conn, Voice(conn, now, f"job:{job.name}:{due.scope}:{due.at.isoformat()}"), due)
    return not late


def _record(conn: Connection, job: Job, due: Due, now: datetime, state: str) -> bool:
    row = {"job": job.name, "scope": due.scope, "due_at": due.at, "state": state, "ran_at": now}
    return bool(insert_new(conn, job_run, [row], unique=("job", "scope", "due_at")))


def _advance(conn: Connection, names: Sequence[str], now: datetime) -> None:
    conn.execute(sa.update(job_cursor).where(job_cursor.c.job.in_(names), job_cursor.c.at < now).values(at=now))
