"""Two real processes on one PostgreSQL: order, each message once, and a killed one's work goes on."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from bot.db import open_db
from bot.migrations import migrate
from tests.core.process import Bot
from tests.postgres import server

CHATS = ("haina", "yunfan", "jinhai")
EACH = 40
TAKEN_OVER_WITHIN = timedelta(seconds=10)
START = timedelta(seconds=2)
"""How long a start takes on a machine that does nothing else; on a busy one everything takes longer."""


@pytest.fixture
def url() -> Iterator[str]:
    with server(durable=True) as address:
        migrate(f"{address}/postgres")
        yield f"{address}/postgres"


@pytest.fixture
def slowness() -> list[float]:
    """How many times slower than usual this machine is, at least 1."""
    return [1.0]


@pytest.fixture
def bots(url: str, tmp_path: Path, slowness: list[float]) -> Iterator[list[Bot]]:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    started = [Bot(url, folder) for folder in folders]
    slowness.append(max(bot.start() for bot in started) / START.total_seconds())
    yield started
    for bot in started:
        bot.kill()


def converse(bots: list[Bot], chat: int, alive: list[Bot]) -> None:
    """One conversation, told to both processes by turns: the next message goes when the last is acknowledged."""
    for number in range(EACH):
        bot = bots[number % 2]
        key = str(UUID(int=chat * 1000 + number + 1))
        while not (bot in alive and bot.say(key, f"@小红 帮助 {number}", chat=CHATS[chat])):
            bot = alive[0]
            time.sleep(0.02)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    def read(conn: Connection) -> list[tuple[object, ...]]:
        return [tuple(row) for row in conn.execute(text(query))]

    async def ask() -> list[tuple[object, ...]]:
        db = open_db(url)
        try:
            return await db.run(read)
        finally:
            await db.close()

    return asyncio.run(ask())


def holder(url: str) -> int:
    """The process that sends for the account."""
    ((name,),) = rows(url, "select holder from lane where account = 'web'")
    return int(re.split(":", str(name))[1])


def wait_until_all_is_sent(url: str) -> None:
    waiting = "select 1 from inbox where state = 'new' union all select 1 from outbox where state <> 'sent'"
    while rows(url, waiting):
        time.sleep(0.1)


@pytest.mark.timeout(200)
def test_two_processes_share_the_work_and_one_goes_on_alone(bots: list[Bot], url: str, slowness: list[float]) -> None:
    alive = list(bots)
    talks = [threading.Thread(target=converse, args=(bots, chat, alive)) for chat in range(len(CHATS))]
    for talk in talks:
        talk.start()
    while rows(url, "select count(*) from outbox where state = 'sent'")[0][0] < len(CHATS) * EACH // 2:  # type: ignore[operator]
        time.sleep(0.05)
    sender = next(bot for bot in bots if bot.pid == holder(url))
    alive.remove(sender)
    sender.kill()
    killed_at = datetime.now(UTC)
    (survivor,) = alive
    while not rows(url, f"select 1 from outbox where state = 'sent' and sent_at > '{killed_at.isoformat()}'"):
        time.sleep(0.1)
    ((sent_at,),) = rows(url, f"select min(sent_at) from outbox where sent_at > '{killed_at.isoformat()}'")
    assert sent_at - killed_at < TAKEN_OVER_WITHIN * max(slowness)  # type: ignore[operator]
    for talk in talks:
        talk.join(60)
    wait_until_all_is_sent(url)
    assert holder(url) == survivor.pid
    assert rows(url, "select count(*), count(distinct reply_to) from outbox where reply_to is not null") == [
        (len(CHATS) * EACH, len(CHATS) * EACH)
    ]
    for chat in CHATS:
        asked = rows(url, f"select message_id from inbox where chat = '{chat}' order by id")
        answered = rows(url, f"select reply_to from outbox where chat = '{chat}' and reply_to is not null order by id")
        assert answered == asked
    assert survivor.stop() == 0
    assert rows(url, "select holder from lane where account = 'web'") == [(None,)]
