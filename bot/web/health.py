"""Whether the bot lives (/healthz), can work (/readyz), and how it goes (/metrics, for Prometheus)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import psutil
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.db import Db
from bot.inbox import inbox
from bot.metrics import Histogram, gauge
from bot.outbox import outbox
from bot.web.security import is_local

LATEST = 10_000
"""So many of the newest messages are counted by state: a count of all would grow with the years."""
LATE = timedelta(minutes=5)
"""An event that waits, or a clock that stands, longer than this: the bot is not ready."""
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the clock says of itself: up to when everything due is done, and the runs in each state."""

    last_tick: Callable[[Connection], datetime | None]
    runs: Callable[[Connection], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the bot is, as its database shows it."""

    waiting: int  # events
    oldest: float  # seconds
    events: Mapping[tuple[str, ...], int]  # by state, of the latest
    queued: Mapping[tuple[str, ...], int]  # messages by channel
    overdue: Mapping[tuple[str, ...], float]  # seconds by channel
    messages: Mapping[tuple[str, ...], int]  # by channel and state, of the latest
    lag: float  # seconds
    runs: Mapping[str, int]


def routes(
    db: Db, clock: Clock, jobs: Jobs | None = None, reading: Histogram | None = None, token: str = ""
) -> list[web.RouteDef]:
    """The three pages. They hold no words of anybody; the figures are for this machine, or for who has the token."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        problems = list(_problems(await _look(db, clock, jobs)))
        answer = {"status": "not ready" if problems else "ready", "problems": problems}
        return web.json_response(answer, status=503 if problems else 200)

    async def metrics(request: web.Request) -> web.Response:
        if not (is_local(request) or _bears(request, token)):
            raise web.HTTPForbidden(text="/metrics 只对本机开放；别的机器要带 CHUISHAO_METRICS_TOKEN。")
        vitals = await _look(db, clock, jobs)
        lines = [*_lines(vitals), *(reading.lines("chuishao_reading_seconds") if reading else ())]
        return web.Response(text="\n".join(lines) + "\n", headers={"Content-Type": TEXT})

    return [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)]


def _bears(request: web.Request, token: str) -> bool:
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and compare_digest(said.encode(), token.encode())


async def _look(db: Db, clock: Clock, jobs: Jobs | None) -> Vitals | None:
    try:
        return await db.run(_vitals, clock.now(), jobs)
    except (OSError, DBAPIError):
        return None


def _problems(vitals: Vitals | None) -> Iterator[str]:
    if vitals is None:
        yield "database"
        return
    if vitals.oldest > LATE.total_seconds():
        yield "inbox"
    if vitals.lag > LATE.total_seconds():
        yield "clock"


def _vitals(conn: Connection, now: datetime, jobs: Jobs | None) -> Vitals:
    new = inbox.c.state == "new"
    waiting, since = conn.execute(sa.select(sa.func.count(), sa.func.min(inbox.c.received_at)).where(new)).one()
    due = sa.select(outbox.c.channel, sa.func.count(), sa.func.min(outbox.c.due_at)).where(outbox.c.state == "queued")
    queued = list(conn.execute(due.group_by(outbox.c.channel)))
    tick = jobs.last_tick(conn) if jobs else None
    return Vitals(
        waiting=waiting,
        oldest=(now - since).total_seconds() if since else 0.0,
        events=_by_state(conn, inbox, inbox.c.state),
        queued={(channel,): count for channel, count, _ in queued},
        overdue={(channel,): max((now - first).total_seconds(), 0.0) for channel, _, first in queued},
        messages=_by_state(conn, outbox, outbox.c.channel, outbox.c.state),
        lag=(now - tick).total_seconds() if tick else 0.0,
        runs=jobs.runs(conn) if jobs else {},
    )


def _by_state(conn: Connection, table: sa.Table, *columns: sa.Column[str]) -> dict[tuple[str, ...], int]:
    newest = conn.scalar(sa.select(sa.func.max(table.c.id))) or 0
    query = sa.select(*columns, sa.func.count()).where(table.c.id > newest - LATEST).group_by(*columns)
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in conn.execute(query)}


def _lines(vitals: Vitals | None) -> Iterator[str]:
    yield from gauge("chuishao_database_up", {(): vitals is not None})
    yield from gauge("process_resident_memory_bytes", {(): psutil.Process().memory_info().rss})
    if vitals is None:
        return
    yield from gauge("chuishao_inbox_waiting", {(): vitals.waiting})
    yield from gauge("chuishao_inbox_oldest_seconds", {(): vitals.oldest})
    yield from gauge("chuishao_inbox_latest", vitals.events, ("state",))
    yield from gauge("chuishao_outbox_queued", vitals.queued, ("channel",))
    yield from gauge("chuishao_outbox_overdue_seconds", vitals.overdue, ("channel",))
    yield from gauge("chuishao_outbox_latest", vitals.messages, ("channel", "state"))
    yield from gauge("chuishao_job_lag_seconds", {(): vitals.lag})
    yield from gauge("chuishao_job_runs", {(state,): count for state, count in vitals.runs.items()}, ("state",))
