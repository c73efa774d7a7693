"""SIGKILL at random moments while messages flow: nothing that was accepted is lost, nothing happens twice."""

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import open_db
from bot.migrations import migrate
from tests.core.process import Bot
from tests.postgres import server

MESSAGES = 2000
KILLS = 8
SENDERS = 4


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that is really durable: with fsync, unlike the one of the other tests."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    with server(durable=True) as url:
        yield f"{url}/postgres"


def text_of(number: int) -> str:
    """Every third message is a need that leads to an answer, a card and an event; the others are questions, talk."""
    if number % 3 == 0:
        return f"@小红 {number}号摊位停电了，请派人来修，电话13900000000"
    return f"@小红 你好 {number}" if number % 3 == 1 else f"大家中午好 {number}"


def deliver(bot: Bot, numbers: list[int], dice: random.Random, done: list[int]) -> None:
    """A gateway: repeats a message until it is acknowledged, and now and then although it was."""
    for number in numbers:
        while not bot.say(str(UUID(int=number + 1)), text_of(number)):
            time.sleep(0.05)
        if dice.random() < 0.05:
            bot.say(str(UUID(int=number + 1)), text_of(number))
        done.append(number)


@pytest.mark.timeout(400)
def test_sigkill_loses_nothing_and_doubles_nothing(empty_url: str, tmp_path: Path) -> None:
    dice = random.Random(20251122)
    migrate(empty_url)
    bot = Bot(empty_url, tmp_path)
    bot.start()
    done: list[int] = []
    senders = [
        threading.Thread(target=deliver, args=(bot, list(range(MESSAGES))[part::SENDERS], random.Random(part), done))
        for part in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    kills = 0
    while any(sender.is_alive() for sender in senders):
        if kills < KILLS and len(done) >= MESSAGES * kills / KILLS:
            time.sleep(dice.uniform(0.0, 0.4))
            bot.kill()
            kills += 1
            bot.start()
        time.sleep(0.01)
    assert kills == KILLS
    try:
        asyncio.run(_check(empty_url))
    finally:
        assert bot.stop() == 0


async def _check(url: str) -> None:
    db = open_db(url)
    try:
        for _ in range(600):
            if await db.run(_waiting) == 0:
                break
            await asyncio.sleep(0.1)
        counts = await db.run(_counts)
    finally:
        await db.close()
    needs, talk = len(range(0, MESSAGES, 3)), len(range(1, MESSAGES, 3))
    assert counts == {
        "messages": MESSAGES,
        "settled": MESSAGES,
        "needs": needs,
        "events": 2 * needs,  # created, dispatched
        "cards": needs,
        "replies": needs + talk,
        "answered twice": 0,
        "sent": 2 * needs + talk,
    }


def _waiting(conn: Connection) -> int:
    query = (
        "select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state <> 'sent')"
    )
    return int(conn.scalar(sa.text(query)) or 0)


def _counts(conn: Connection) -> dict[str, int]:
    queries = {
        "messages": "select count(*) from inbox",
        "settled": "select count(*) from inbox where state = 'done'",
        "needs": "select count(distinct text) from need",
        "events": "select count(*) from need_event",
        "cards": "select count(*) from outbox where chat like 'desk-%'",
        "replies": "select count(*) from outbox where reply_to is not null",
        "answered twice": "select count(*) - count(distinct reply_to) from outbox where reply_to is not null",
        "sent": "select count(*) from outbox where state = 'sent'",
    }
    return {name: int(conn.scalar(sa.text(query)) or 0) for name, query in queries.items()}
