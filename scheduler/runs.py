"""The record of the jobs: up to when each has been looked after, and a row for every run, so that none is done twice.

Whoever inserts the row of a run does it. One that fails is put off, with growing waits; one that came too late may
wait for the word of the staff.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import UTCDateTime, insert_new, metadata, some_of
from scheduler.job import Due

job_cursor = sa.Table(
    "job_cursor",
    metadata,
    sa.Column("job", sa.String(64), primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),  # all that was due up to here has a row
)

RETRIED = sa.text("state = 'retry'")
"""In words that let either database use its index: few of very many."""
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
    sa.Index("ix_job_run_retry", "retry_at", sqlite_where=RETRIED, postgresql_where=RETRIED),
)

DONE, SKIPPED, ASKED, RETRY = "done", "skipped", "asked", "retry"
BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Waits between the attempts of a run; one that fails once more than this has failed."""

_CURSORS = sa.select(job_cursor.c.job, job_cursor.c.at)
_ADVANCE = (
    sa.update(job_cursor)
    .where(job_cursor.c.job.in_(some_of("names")), job_cursor.c.at < sa.bindparam("before", type_=UTCDateTime))
    .values(at=sa.bindparam("now", type_=UTCDateTime))
)
_RETRIES = sa.select(job_run.c.job, job_run.c.due_at, job_run.c.scope, job_run.c.retry_at).where(
    RETRIED, job_run.c.retry_at <= sa.bindparam("until", type_=UTCDateTime)
)
_THIS = sa.update(job_run).where(
    job_run.c.job == sa.bindparam("this_job"),
    job_run.c.scope == sa.bindparam("this_scope"),
    job_run.c.due_at == sa.bindparam("this_due"),
)


def start_cursors(conn: Connection, jobs: Sequence[str], now: datetime) -> None:
    """Let jobs that were never seen count from now on."""
    insert_new(conn, job_cursor, [{"job": job, "at": now} for job in jobs], unique=("job",))


def cursors(conn: Connection) -> dict[str, datetime]:
    """Up to when everything that was due of each job has a row."""
    return {job: at for job, at in conn.execute(_CURSORS)}


def last_tick(conn: Connection) -> datetime | None:
    """Up to when everything that was due has been done; None before the first start."""
    at: datetime | None = conn.scalar(sa.select(sa.func.min(job_cursor.c.at)))
    return at


def advance(conn: Connection, jobs: Sequence[str], now: datetime, lag: timedelta = timedelta(0)) -> None:
    """Move the cursors to now, of those that lie farther back than `lag`."""
    conn.execute(_ADVANCE, {"names": jobs, "before": now - lag, "now": now})


def retries(conn: Connection, until: datetime) -> list[tuple[str, Due, datetime]]:
    """The runs that are to be tried again up to a moment: of which job, and from when on."""
    return [(job, Due(due_at, scope), at) for job, due_at, scope, at in conn.execute(_RETRIES, {"until": until})]


def claim(conn: Connection, job: str, due: Due, now: datetime, state: str) -> bool:
    """Take a run that nobody took before, and say what became of it."""
    row = {"job": job, "scope": due.scope, "due_at": due.at, "state": state, "ran_at": now, "attempts": 0}
    return bool(insert_new(conn, job_run, [row], unique=("job", "scope", "due_at")))


def claim_again(conn: Connection, job: str, due: Due, now: datetime) -> bool:
    """Take a run whose next attempt is due."""
    again = _THIS.where(job_run.c.state == RETRY, job_run.c.retry_at <= now)
    return conn.execute(again.values(state=DONE, ran_at=now, retry_at=None), _key(job, due)).rowcount == 1


def put_off(conn: Connection, job: str, due: Due, now: datetime) -> None:
    """Plan the next attempt, unless the run is done after all, as when its connection was lost in the commit."""
    key = {"job": job, "scope": due.scope, "due_at": due.at}
    insert_new(conn, job_run, [{**key, "state": RETRY, "ran_at": now, "attempts": 0}], unique=tuple(key))
    failed = _THIS.where(job_run.c.state == RETRY).values(attempts=job_run.c.attempts + 1)
    attempts = conn.scalar(failed.returning(job_run.c.attempts), _key(job, due))
    if attempts is None:
        return
    over = attempts > len(BACKOFF)
    wait = None if over else now + BACKOFF[attempts - 1]
    conn.execute(_THIS.values(state="failed" if over else RETRY, ran_at=now, retry_at=wait), _key(job, due))


def settle(conn: Connection, job: str, due: Due, now: datetime, *, run: bool) -> bool:
    """The staff's word on a run that came too late; False when somebody has said it before."""
    asked = _THIS.where(job_run.c.state == ASKED)
    values = {"state": RETRY, "retry_at": now} if run else {"state": SKIPPED}
    return conn.execute(asked.values(**values), _key(job, due)).rowcount == 1


def forget_runs(conn: Connection, before: datetime) -> int:
    """Remove runs that are over and so old that no cursor can come upon them again."""
    over = job_run.c.ran_at < before, job_run.c.state != RETRY
    return conn.execute(sa.delete(job_run).where(*over)).rowcount


def _key(job: str, due: Due) -> dict[str, object]:
    return {"this_job": job, "this_scope": due.scope, "this_due": due.at}
