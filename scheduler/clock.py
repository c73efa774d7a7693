"""The clock: every due run of a job is a row, unique by job, scope and due time, done in one transaction.

APScheduler calculates the triggers and gives the ticks; the database is the truth (scheduler.runs). Whoever inserts
the row runs the job; a process that dies in a run rolls it back, and the next tick does it again. A run that fails is
tried again after growing waits. A job that cannot say what is due is left out while the others go on.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.db import Db, alone, written
from bot.files import FileStore
from bot.notices.schedule import Coming, MissedRun, ask_about
from bot.voice import Voice
from scheduler import runs
from scheduler.job import Due, Job, Missed
from scheduler.runs import ASKED, DONE, SKIPPED

log = logging.getLogger(__name__)

BROKEN = timedelta(minutes=1)
"""How long a job is left out that cannot say what is due."""
IDLE = timedelta(minutes=1)
"""How far the cursors may lag while nothing is due: an idle bot need not write to its disk every second."""


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
        await self._db.run(runs.start_cursors, [job.name for job in self._jobs], now)

    def pending(self, conn: Connection, until: datetime) -> list[Pending]:
        """What falls due, or is to be tried again, up to a moment, in order of time."""
        by_name = {job.name: job for job in self._jobs}
        again = [Pending(at, due, by_name[job]) for job, due, at in runs.retries(conn, until) if job in by_name]
        return sorted([*again, *_all_due(conn, self._whole(until), until)], key=lambda one: (one.at, one.due))

    def coming(self, conn: Connection, after: datetime, until: datetime) -> list[Coming]:
        """What will happen by itself, as far as people would ask, in order of time."""
        runs_ahead = [(job, due) for job in self._jobs if job.title for due in job.due(conn, after, until)]
        found = {
            Coming(due.at, job.title) for job, due in runs_ahead if job.in_store is None or job.in_store(conn, due)
        }
        return sorted(found, key=lambda one: (one.at, one.title))

    def settle_missed(self, conn: Connection, missed: MissedRun, now: datetime, *, run: bool) -> bool:
        """The staff's word on a run that was missed; False when somebody has said it before."""
        return runs.settle(conn, missed.job, Due(missed.due_at, missed.scope), now, run=run)

    def next_due(self, conn: Connection, until: datetime) -> datetime | None:
        """The earliest run that is due up to `until`."""
        return next((one.at for one in self.pending(conn, until)), None)

    def pass_over(self, conn: Connection, until: datetime) -> None:
        """Let time go on to `until`, up to which nothing is due."""
        runs.advance(conn, self._names(until), until)

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
        await self._db.run(runs.advance, self._names(now), now, timedelta(0) if found else IDLE)
        return Ran(sum(one.done for one in ran), all(one.quiet for one in ran))

    async def _attempt(self, job: Job, due: Due, now: datetime) -> Ran:
        try:
            if job.prepare and self._files and now - due.at <= job.lateness:
                await job.prepare(self._db, self._files, due)
            return await self._db.run(alone, _run, job, due, now)
        except Exception:  # one job that is broken must not keep the others from running
            log.exception("job failed", extra={"job": job.name, "scope": due.scope})
            await self._db.run(alone, runs.put_off, job.name, due, now)
            return Ran(0, quiet=False)


def _all_due(conn: Connection, jobs: Sequence[Job], until: datetime) -> list[Pending]:
    cursors = runs.cursors(conn)
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
    if not runs.claim(conn, job.name, due, now, state):
        if not runs.claim_again(conn, job.name, due, now):
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
