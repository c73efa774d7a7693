"""How fast 1, 2 and 4 real processes work off what waits on one PostgreSQL; four fifths of it is talk."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from sqlalchemy.engine import Connection

from bot import district, inbox
from bot.clock import SystemClock
from bot.db import open_db
from bot.messages import Incoming
from bot.migrations import migrate
from tests.bench.start import Figure
from tests.core.process import Bot

MESSAGES = 2000
CHATS = 40
TALK = ("大家中午好 {}", "收到 {}", "今天食堂的红烧肉不错 {}", "天气真热 {}")
TEXTS = (*TALK, *TALK, "@小红 {}号楼停电了，请派人来修，电话13900000000", "@小红 帮助 {}")


def measure(url: str, folder: Path) -> Iterator[Figure]:
    """One database for each number of processes; they start first, then the messages are there all at once."""
    for count in (1, 2, 4):
        asyncio.run(_create(url, f"workers_{count}"))
        address = f"{url}/workers_{count}"
        migrate(address)
        bots = [Bot(address, _made(folder / f"{count}-{number}")) for number in range(count)]
        for bot in bots:
            bot.start()
        try:
            yield f"PostgreSQL: messages settled by {count} processes", asyncio.run(_work_off(address)), "/s"
        finally:
            for bot in bots:
                bot.kill()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _create(url: str, name: str) -> None:
    conn = await asyncpg.connect(f"{url}/postgres")
    await conn.execute(f"CREATE DATABASE {name}")
    await conn.close()


async def _work_off(url: str) -> float:
    db, now = open_db(url), SystemClock().now()
    await db.run(district.load, "bench", now)
    events = [
        Incoming(
            "bench", f"m{n}", f"g{n % CHATS}", f"u{n % 100}", TEXTS[n % len(TEXTS)].format(n), now, "甲", role="company"
        )
        for n in range(MESSAGES)
    ]
    await db.run(inbox.accept, [inbox.as_row(event, now) for event in events])
    started = time.perf_counter()
    while await db.run(_waiting):  # noqa: ASYNC110 - other processes work; only the rows tell
        await asyncio.sleep(0.05)
    await db.close()
    return MESSAGES / (time.perf_counter() - started)


def _waiting(conn: Connection) -> bool:
    return "new" in inbox.count(conn)
