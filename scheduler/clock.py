"""The clock: every due run of a job is a row, unique by job, scope and due time, done in one transaction.

APScheduler calculates the triggers and gives the ticks; the database is the truth. Whoever inserts the row runs
the job; a process that dies in a run rolls it back, and the next tick does it again. A run that fails is tried
again after growing waits. A job that cannot say what is due is left out while the others go on.
"""

import logging
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import Db, UTCDateTime, alone, insert_new, metadata, some_of, written
from bot.files import FileStore
from bot.notices.schedule import Coming, MissedRun, ask_about
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
    sa.Column("state", sa.String(16), nullable=False),  # done, skipped (too late), asked (the staff), retry, failed
    sa.Column("ran_at", UTCDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),  # those that failed
    sa.Column("retry_at", UTCDateTime),
)

DONE, SKIPPED, ASKED, RETRY = "done", "skipped", "asked", "retry"
BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Waits between the attempts of a run; one that fails once more than this has failed."""
BROKEN = timedelta(minutes=1)
"""How long a job is left out that cannot say what is due."""
IDLE = timedelta(minutes=1)
"""How far the cursors may lag while nothing is due: an idle bot need not write to its disk every second."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A run that is due: when, and for what (an activity, a group; empty for a job without scopes)."""

    at: datetime
    scope: str = ""


_CURSORS = sa.select(job_cursor.c.job, job_cursor.c.at)
_ADVANCE = (
    sa.update(job_cursor)
    .where(job_cursor.c.job.in_(some_of("names")), job_cursor.c.at < sa.bindparam("before", type_=UTCDateTime))
    .values(at=sa.bindparam("now", type_=UTCDateTime))
)
_RETRIES = sa.select(job_run.c.job, job_run.c.due_at, job_run.c.scope, job_run.c.retry_at).where(
    job_run.c.state == RETRY, job_run.c.retry_at <= sa.bindparam("until", type_=UTCDateTime)
)
_THIS = sa.update(job_run).where(
    job_run.c.job == sa.bindparam("this_job"),
    job_run.c.scope == sa.bindparam("this_scope"),
    job_run.c.due_at == sa.bindparam("this_due"),
)


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
    prepare: Prepare | None = None


class DueFailed(Exception):
    """A job cannot say what is due."""

    def __init__(self, job: str) -> None:
        super().__init__(job)
        self.job = job


@dataclass(frozen=True, slots=True)
class Pending:
    """A run that is to be done, from a moment on."""

    at: datetime
    due: Due
    job: Job


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of runs."""

    done: int
    quiet: bool  # surely nothing was written but that they were done, so that what is due is as it was


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


class Scheduler:
    """Runs what is due. Any number of processes may hold one."""

    def __init__(self, db: Db, jobs: Sequence[Job], files: FileStore | None = None) -> None:
        self._db = db
        self._files = files
        self._jobs = tuple(jobs)
        self._broken: dict[str, datetime] = {}  # jobs that are left out, and until when

    def _whole(self, now: datetime) -> list[Job]:
        return [job for job in self._jobs if self._broken.get(job.name, now) <= now]

    def _names(self, now: datetime) -> list[str]:
        """The jobs of which all that was due is done by now."""
        return [job.name for job in self._whole(now)]

    async def start(self, now: datetime) -> None:
        """Let jobs that were never seen count from now on, not from the beginning of time."""
        await self._db.run(_start_cursors, [job.name for job in self._jobs], now)

    def pending(self, conn: Connection, until: datetime) -> list[Pending]:
        """What falls due, or is to be tried again, up to a moment, in order of time."""
        by_name = {job.name: job for job in self._jobs}
        again = [
            Pending(at, Due(due_at, scope), by_name[name])
            for name, due_at, scope, at in conn.execute(_RETRIES, {"until": until})
            if name in by_name
        ]
        return sorted([*again, *_all_due(conn, self._whole(until), until)], key=lambda one: (one.at, one.due))

    def coming(self, conn: Connection, after: datetime, until: datetime) -> list[Coming]:
        """What will happen by itself, as far as people would ask, in order of time."""
        found = {Coming(due.at, job.title) for job in self._jobs if job.title for due in job.due(conn, after, until)}
        return sorted(found, key=lambda one: (one.at, one.title))

    def settle_missed(self, conn: Connection, missed: MissedRun, now: datetime, *, run: bool) -> bool:
        """The staff's word on a run that was missed; False when somebody has said it before."""
        key = {"this_job": missed.job, "this_scope": missed.scope, "this_due": missed.due_at}
        asked = _THIS.where(job_run.c.state == ASKED)
        values = {"state": RETRY, "retry_at": now} if run else {"state": SKIPPED}
        return conn.execute(asked.values(**values), key).rowcount == 1

    def next_due(self, conn: Connection, until: datetime) -> datetime | None:
        """The earliest run that is due up to `until`."""
        return next((one.at for one in self.pending(conn, until)), None)

    def pass_over(self, conn: Connection, until: datetime) -> None:
        """Let time go on to `until`, up to which nothing is due."""
        _advance(conn, self._names(until), until)

    async def tick(self, now: datetime) -> int:
        """Run everything that is due, in order of time; returns how many runs were done."""
        return (await self.run(_last_for_all(await self._look(now)), now)).done

    async def _look(self, now: datetime) -> list[Pending]:
        """What is due. A job that cannot say so is left out for a while, and its cursor stays: nothing is lost."""
        while True:
            try:
                return await self._db.run(self.pending, now)
            except DueFailed as error:
                log.exception("job cannot say what is due", extra={"job": error.job})
                self._broken[error.job] = now + BROKEN

    async def run(self, found: Sequence[Pending], now: datetime) -> Ran:
        """Run these, which are all that is due by now."""
        ran = [await self._attempt(one.job, one.due, now) for one in found]
        await self._db.run(_advance, self._names(now), now, timedelta(0) if found else IDLE)
        return Ran(sum(one.done for one in ran), all(one.quiet for one in ran))

    async def _attempt(self, job: Job, due: Due, now: datetime) -> Ran:
        try:
            if job.prepare and self._files and now - due.at <= job.lateness:
                await job.prepare(self._db, self._files, due)
            return await self._db.run(alone, _run, job, due, now)
        except Exception:  # one job that is broken must not keep the others from running
            log.exception("job failed", extra={"job": job.name, "scope": due.scope})
            await self._db.run(alone, _put_off, job, due, now)
            return Ran(0, quiet=False)


def last_tick(conn: Connection) -> datetime | None:
    """Up to when everything that was due has been done; None before the first start."""
    at: datetime | None = conn.scalar(sa.select(sa.func.min(job_cursor.c.at)))
    return at


def _start_cursors(conn: Connection, names: Sequence[str], now: datetime) -> None:
    insert_new(conn, job_cursor, [{"job": name, "at": now} for name in names], unique=("job",))


def _all_due(conn: Connection, jobs: Sequence[Job], until: datetime) -> list[Pending]:
    cursors = {name: at for name, at in conn.execute(_CURSORS)}
    found = []
    for job in jobs:
        after = cursors.get(job.name, until)
        try:
            found += [Pending(due.at, due, job) for due in job.due(conn, after, until)] if after < until else []
        except Exception as error:
            raise DueFailed(job.name) from error
    return found


def _last_for_all(found: Sequence[Pending]) -> list[Pending]:
    """Without the runs in whose place a later one stands."""
    last = {(one.job.name, one.due.scope): one for one in found if one.job.missed == Missed.ONCE}
    return [one for one in found if last.get((one.job.name, one.due.scope), one) is one]


def _run(conn: Connection, job: Job, due: Due, now: datetime) -> Ran:
    """One run with its row in one transaction; not done when somebody did it already or it came too late.

    What was put off, or what the staff asked for, is never too late.
    """
    too_late = now - due.at > job.lateness
    state = _when_late(conn, job, due, now) if too_late else DONE
    if not _claim(conn, job, due, now, state):
        if not _claim_again(conn, job, due, now):
            return Ran(0, quiet=False)
        state = DONE
    log.info("job", extra={"job": job.name, "scope": due.scope, "due": due.at.isoformat(), "state": state})
    voice, before = Voice(conn, now, f"job:{job.name}:{due.scope}:{due.at.isoformat()}"), written(conn)
    if state == ASKED:
        ask_about(conn, voice, MissedRun(job.name, due.scope, due.at), job.title)
    elif state == DONE:
        job.run(conn, voice, due)
    quiet = before is not None and before == written(conn) and job.prepare is None
    return Ran(int(state == DONE), quiet)


def _when_late(conn: Connection, job: Job, due: Due, now: datetime) -> str:
    """The staff are asked about the newest of the runs that came too late: the others are the past."""
    if job.missed != Missed.ASK or any(job.due(conn, due.at, now - job.lateness)):
        return SKIPPED
    return ASKED


def _claim(conn: Connection, job: Job, due: Due, now: datetime, state: str) -> bool:
    row = {"job": job.name, "scope": due.scope, "due_at": due.at, "state": state, "ran_at": now, "attempts": 0}
    return bool(insert_new(conn, job_run, [row], unique=("job", "scope", "due_at")))


def _claim_again(conn: Connection, job: Job, due: Due, now: datetime) -> bool:
    again = _THIS.where(job_run.c.state == RETRY, job_run.c.retry_at <= now)
    return conn.execute(again.values(state=DONE, ran_at=now, retry_at=None), _key(job, due)).rowcount == 1


def _put_off(conn: Connection, job: Job, due: Due, now: datetime) -> None:
    """Plan the next attempt, unless the run is done after all, as when its connection was lost in the commit."""
    key = {"job": job.name, "scope": due.scope, "due_at": due.at}
    insert_new(conn, job_run, [{**key, "state": RETRY, "ran_at": now, "attempts": 0}], unique=tuple(key))
    failed = _THIS.where(job_run.c.state == RETRY).values(attempts=job_run.c.attempts + 1)
    attempts = conn.scalar(failed.returning(job_run.c.attempts), _key(job, due))
    if attempts is None:
        return
    over = attempts > len(BACKOFF)
    wait = None if over else now + BACKOFF[attempts - 1]
    conn.execute(_THIS.values(state="failed" if over else RETRY, ran_at=now, retry_at=wait), _key(job, due))


def _key(job: Job, due: Due) -> dict[str, object]:
    return {"this_job": job.name, "this_scope": due.scope, "this_due": due.at}


def _advance(conn: Connection, names: Sequence[str], now: datetime, lag: timedelta = timedelta(0)) -> None:
    conn.execute(_ADVANCE, {"names": names, "before": now - lag, "now": now})


def forget_runs(conn: Connection, before: datetime) -> int:
    """Remove runs that are over and so old that no cursor can come upon them again."""
    over = job_run.c.ran_at < before, job_run.c.state != RETRY
    return conn.execute(sa.delete(job_run).where(*over)).rowcount
