"""The durable path, from arrival to the reply, on one engine."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as composition
from bot import district, inbox
from bot.app import App
from bot.clock import SystemClock
from bot.messages import Accept, Incoming, Outgoing
from bot.mind import Mind
from bot.settings import Settings
from knowledge.reading import Reader
from tests.bench.start import Figure

FLOOD = 3000
RATE, SECONDS = 100, 10
BATCHES, BATCH = 30, 64
TEXTS = ("大家中午好 {}", "@小红 帮助 {}", "@小红 {}号楼停电了，请派人来修，电话13900000000", "收到 {}")


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


def message(number: int) -> Incoming:
    """A mix of talk, a question for help, a need and a receipt, in ten groups."""
    text = TEXTS[number % len(TEXTS)].format(number)
    who, chat = f"u{number % 50}", f"g{number % 10}"
    now = SystemClock().now()
    return Incoming("replay", f"m{number}", chat, who, text, now, "甲", mentioned="@小红" in text, role="company")


async def measure(engine: str, url: str) -> list[Figure]:
    """All figures of one engine."""
    channel = Stopwatch()
    settings = Settings(_env_file=None, database_url=url)
    app = composition.build(settings, SystemClock(), [channel], Mind(Reader.load()))
    await app.db.run(district.load, channel.name, app.clock.now())
    await app.runtime.work()
    figures = [(f"{engine}: bare inserts and commits, {BATCH} a transaction", await _bare(app), "/s")]
    async with composition.running(app):
        figures += [(f"{engine}: {name}", value, unit) async for name, value, unit in _measure(app, channel)]
    return figures


async def _measure(app: App, channel: Stopwatch) -> AsyncIterator[Figure]:
    started = time.perf_counter()
    await asyncio.gather(*(app.runtime.accept(message(number)) for number in range(FLOOD)))
    yield "accepted durably", FLOOD / (time.perf_counter() - started), "/s"
    while await app.db.run(_waiting):  # noqa: ASYNC110 - the rows are what is waited for; nobody sets an event
        await asyncio.sleep(0.02)
    yield "durable messages, arrival → effects and reply", FLOOD / (time.perf_counter() - started), "/s"

    began, accepts = time.perf_counter(), []
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        event = message(FLOOD + number)
        channel.arrived[event.message_id] = time.perf_counter()
        accepts.append(asyncio.ensure_future(app.runtime.accept(event)))
    await asyncio.gather(*accepts)
    await asyncio.sleep(1)
    took = sorted(channel.took)
    yield f"arrival → reply handed over at {RATE}/s, p50", took[len(took) // 2], "ms"
    yield f"arrival → reply handed over at {RATE}/s, p99", took[int(len(took) * 0.99)], "ms"


async def _bare(app: App) -> float:
    """The engine's own pace: the inbox inserts alone, in full batches, with nothing in between."""
    started = time.perf_counter()
    for batch in range(BATCHES):
        events = [message(-1 - batch * BATCH - number) for number in range(BATCH)]
        rows = [inbox.as_row(event, app.clock.now()) for event in events]
        await app.db.run(inbox.accept, rows)
    spent = time.perf_counter() - started
    await app.db.run(_forget)
    return BATCHES * BATCH / spent


def _forget(conn: Connection) -> None:
    conn.execute(sa.text("delete from inbox"))


def _waiting(conn: Connection) -> int:
    return int(conn.scalar(sa.text("select count(*) from inbox where state = 'new'")) or 0)
