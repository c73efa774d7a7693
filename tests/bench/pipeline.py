"""The durable path, from arrival to the reply, on one engine."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as composition
from bot import district, inbox, outbox
from bot.app import App
from bot.clock import SystemClock
from bot.commands.run import warm_up
from bot.domain import needs
from bot.inbox import Done
from bot.messages import Accept, Incoming, Outgoing
from bot.mind import Mind
from bot.questions import open_question
from bot.settings import Settings
from knowledge.reading import Reader
from tests.bench.start import Figure

FLOOD = 3000
RATE, SECONDS = 200, 10
BATCH = 64
TEXTS: Sequence[str] = ("大家中午好 {}", "@小红 帮助 {}", "@小红 {}号楼停电了，请派人来修，电话13900000000", "收到 {}")
EVERYDAY = (*["大家中午好 {}", "收到 {}", "今天食堂有鱼 {}", "我晚点到 {}"] * 5, *TEXTS[1:3])
"""Groups as they are: one message in eleven is a need, one asks the bot something."""


@dataclass(slots=True)
class Stopwatch:
    """A channel that notes how long each answer took, from the arrival to the hand-over to the platform."""

    name: str = "replay"
    dedupes: bool = True
    arrived: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    async def run(self, accept: Accept) -> None:
        pass

    async def send(self, message: Outgoing) -> str | None:
        started = self.arrived.get(message.reply_to or "")
        if started is not None:
            self.took.append((time.perf_counter() - started) * 1000)
        return None


class Settlements(logging.Handler):
    """Notes when each message was settled: its effects and its reply are committed."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.at: dict[int, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """One line a message, right after the commit."""
        if record.getMessage() == "message":
            self.at[record.__dict__["inbox"]] = time.perf_counter()


def message(number: int, texts: Sequence[str] = TEXTS) -> Incoming:
    """A mix of talk, a question for help, a need and a receipt, in ten groups."""
    text = texts[number % len(texts)].format(number)
    who, chat = f"u{number % 50}", f"g{number % 10}"
    now = SystemClock().now()
    return Incoming("replay", f"m{number}", chat, who, text, now, "甲", mentioned="@小红" in text, role="company")


async def ready(url: str, channel: Stopwatch) -> App:
    """A bot that has loaded the example district and all that it knows; nothing runs yet."""
    settings = Settings(_env_file=None, database_url=url)
    app = composition.build(settings, SystemClock(), [channel], Mind(Reader.load()))
    await app.db.run(district.load, channel.name, app.clock.now())
    await app.runtime.work()
    warm_up(app)
    return app


async def measure(engine: str, url: str) -> list[Figure]:
    """All figures of one engine."""
    channel = Stopwatch()
    app = await ready(url, channel)
    async with composition.running(app):
        figures = [figure async for figure in _measure(app, channel)]
        inserts, all_rows = await bare(app)
        usual = await everyday(app)
    accepted, settled = figures[0][1], figures[1][1]
    figures += [
        usual,
        (f"bare loop: the inbox rows, {BATCH} a transaction", inserts, "/s"),
        (f"bare loop: all rows of those messages, {BATCH} a transaction", all_rows, "/s"),
        ("accepted durably, as a part of the bare loop", accepted / inserts, ""),
        ("arrival → effects and reply, as a part of the bare loop", settled / all_rows, ""),
    ]
    return [(f"{engine}: {name}", value, unit) for name, value, unit in figures]


async def _measure(app: App, channel: Stopwatch) -> AsyncIterator[Figure]:
    started = time.perf_counter()
    await asyncio.gather(*(app.runtime.accept(message(number)) for number in range(FLOOD)))
    yield "accepted durably", FLOOD / (time.perf_counter() - started), "/s"
    await wait_until_settled(app)
    yield "durable messages, a quarter of them needs, arrival → reply", FLOOD / (time.perf_counter() - started), "/s"

    await app.db.run(_count)
    for figure in await _paced(app, channel):
        yield figure


def _count(conn: Connection) -> None:
    """What PostgreSQL does by itself within a minute of such a flood: statements are planned for full tables."""
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("ANALYZE"))


async def _paced(app: App, channel: Stopwatch) -> list[Figure]:
    """How long replies take while everyday messages come one by one."""
    settled, log = Settlements(), logging.getLogger("bot.runtime")
    log.addHandler(settled)
    log.setLevel(logging.INFO)
    began, accepts = time.perf_counter(), []
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        event = message(FLOOD + number, EVERYDAY)
        channel.arrived[event.message_id] = time.perf_counter()
        accepts.append(asyncio.ensure_future(app.runtime.accept(event)))
    await asyncio.gather(*accepts)
    await wait_until_settled(app)
    log.removeHandler(settled)
    log.setLevel(logging.NOTSET)
    replied = await app.db.run(_replied, list(channel.arrived))
    rows = [(settled.at[number] - channel.arrived[key]) * 1000 for number, key in replied]
    return [
        (f"arrival → {what} at {RATE}/s, {name}", sorted(took)[int(len(took) * part)], "ms")
        for what, took in (("reply row", rows), ("reply handed over", channel.took))
        for name, part in (("p50", 0.5), ("p99", 0.99))
    ]


def _replied(conn: Connection, keys: Sequence[str]) -> list[tuple[int, str]]:
    """Inbox ids and message ids of those messages that were answered."""
    columns = inbox.inbox.c
    answered = outbox.outbox.c.reply_to == columns.message_id
    query = sa.select(columns.id, columns.message_id).where(columns.message_id.in_(keys))
    return [(number, key) for number, key in conn.execute(query.where(sa.exists().where(answered)))]


async def everyday(app: App) -> Figure:
    """Messages a second in groups where most of what is said is talk."""
    started, first = time.perf_counter(), FLOOD + RATE * SECONDS
    await asyncio.gather(*(app.runtime.accept(message(first + number, EVERYDAY)) for number in range(FLOOD)))
    await wait_until_settled(app)
    return "durable messages, one in eleven a need, arrival → reply", FLOOD / (time.perf_counter() - started), "/s"


async def wait_until_settled(app: App) -> None:
    while await app.db.run(_waiting):  # noqa: ASYNC110 - the rows are what is waited for; nobody sets an event
        await asyncio.sleep(0.02)


async def bare(app: App) -> tuple[float, float]:
    """The engine's own pace: messages a second, when only their inbox rows are written, and when all rows are.

    The same rows with the same commits, and nothing in between: no reading, no rules, no look-ups.
    """
    kept = await app.db.run(_read_all)
    count = len(kept[0])
    rates = []
    for settled in (False, True):
        await app.db.run(_clear)
        started = time.perf_counter()
        for start in range(0, count, BATCH):
            first, *others = (_part(rows, start / count, (start + BATCH) / count) for rows in kept)
            await app.db.run(_insert, TABLES[:1], [first])
            if settled:
                await app.db.run(_insert, TABLES[1:], others, [Done(row["id"], "help", "help", 1.0) for row in first])
        rates.append(count / (time.perf_counter() - started))
    return rates[0], rates[1]


def _part(rows: list[dict[str, Any]], start: float, end: float) -> list[dict[str, Any]]:
    """Rounded up, so that no event goes before its need."""
    return rows[ceil(len(rows) * start) : ceil(len(rows) * end)]


TABLES = (inbox.inbox, needs.need, needs.need_event, outbox.outbox)


def _read_all(conn: Connection) -> list[list[dict[str, Any]]]:
    return [
        [dict(zip(table.c.keys(), row, strict=True)) for row in conn.execute(sa.select(table).order_by(table.c.id))]
        for table in TABLES
    ]


def _clear(conn: Connection) -> None:
    for table in (open_question, *reversed(TABLES)):
        conn.execute(sa.delete(table))


def _insert(
    conn: Connection, tables: Sequence[sa.Table], parts: Sequence[list[dict[str, Any]]], done: Sequence[Done] = ()
) -> None:
    for table, rows in zip(tables, parts, strict=True):
        if rows:
            conn.execute(sa.insert(table), rows)
    inbox.settle(conn, done)


def _waiting(conn: Connection) -> int:
    """Events and answers under way: a bare loop must have the tables to itself."""
    under_way = "(select count(*) from outbox where state in ('queued', 'sending') and klass < 2)"
    return int(conn.scalar(sa.text(f"select (select count(*) from inbox where state = 'new') + {under_way}")) or 0)
