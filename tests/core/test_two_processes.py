"""Two processes on one database: whatever both see, one of them does, once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as composition
from bot import inbox, lanes, outbox, workers
from bot.app import App
from bot.capability import Context, handler
from bot.db import alone, ring
from bot.dispatch import Dispatcher
from bot.domain import people
from bot.inbox import Done, SettledElsewhere
from bot.mind import Mind
from bot.outbox import Class, Post
from bot.settings import Settings
from bot.voice import Voice
from bot.workers import Share
from scheduler.clock import Scheduler
from scheduler.job import Due, Job
from tests.actors import NOW, MemoryChannel, Park
from tests.core.test_order import accept, message

SENDERS = 20


@pytest.fixture
async def other(park: Park, database_url: str, mind: Mind) -> AsyncIterator[App]:
    """A second process on the park's database, as far as the database can tell."""
    settings = Settings(_env_file=None, database_url=database_url)
    app = composition.build(settings, park.clock, [MemoryChannel()], mind)
    yield app
    await app.db.close()


@handler("count", intents=("none", "help", "ask_human", "acknowledge"))
def count(ctx: Context) -> str:
    """Check, then act: one number more than there were, as a need's."""
    people.set_phone(ctx.conn, ctx.person.id, str(int(ctx.person.phone or "0") + 1))
    return ctx.text


async def test_both_work_and_nothing_is_settled_twice(park: Park, other: App) -> None:
    for app in (park.app, other):
        app.runtime.settler.dispatcher = Dispatcher([count])
    await accept(park, *(message(number, f"在吗 {number}", chat=f"g{number % 3}") for number in range(60)))
    while sum(await asyncio.gather(park.app.runtime.work(), other.runtime.work())):
        pass
    assert await park.app.db.run(inbox.count) == {"done": 60}
    assert await park.rows("select phone from person where name = '甲'") == [("60",)]
    assert await park.rows("select count(*), count(distinct reply_to) from outbox") == [(60, 60)]
    for chat in range(3):
        replies = await park.rows(f"select text from outbox where chat = 'g{chat}' order by id")
        assert [int(text.split()[-1]) for (text,) in replies] == list(range(chat, 60, 3))


async def test_what_was_settled_elsewhere_rolls_back(park: Park) -> None:
    await accept(park, message(1, "在吗"))
    (row,) = await park.app.db.run(inbox.take, NOW, 10)
    await park.app.db.run(inbox.settle, [Done(row.id, "help", "help", 1.0)])
    assert await park.app.db.run(inbox.hold, [row]) == []
    with pytest.raises(SettledElsewhere):
        await park.app.db.run(inbox.fail, row, NOW)


async def test_a_message_is_claimed_by_one_sender(park: Park, other: App) -> None:
    def fill(conn: Connection) -> None:
        for number in range(SENDERS):
            klass = Class.BULK if number % 2 else Class.REPLY
            outbox.post(conn, Post(f"k{number}", "replay", "haina", str(number), klass=klass), NOW)

    await park.app.db.run(fill)
    channels = [channel for app in (park.app, other) for channel in app.runtime.channels.values()]
    assert all(isinstance(channel, MemoryChannel) for channel in channels)
    for second in range(3 * SENDERS):
        park.clock.move_to(NOW + timedelta(seconds=second))
        await asyncio.gather(
            *(app.runtime.send(channel) for app, channel in zip((park.app, other), channels, strict=True))
        )
    sent = [out for channel in channels if isinstance(channel, MemoryChannel) for out in channel.sent]
    assert sorted(out.text for out in sent) == sorted(str(number) for number in range(SENDERS))
    paced = sorted(out.at for out in sent if out.at and int(out.text) % 2)
    assert all(b - a >= timedelta(seconds=3) for a, b in pairwise(paced))


async def test_a_due_run_is_done_by_one_scheduler(park: Park, other: App) -> None:
    def due(_conn: Connection, after: object, until: object) -> list[Due]:
        return [Due(NOW + timedelta(minutes=1), str(number)) for number in range(10)]

    def run(conn: Connection, voice: Voice, due: Due) -> None:
        conn.execute(sa.insert(people.person).values(name=f"run {due.scope}"))

    job = Job("twice", due, run, timedelta(hours=1))
    schedulers = [Scheduler(app.db, [job]) for app in (park.app, other)]
    for scheduler in schedulers:
        await scheduler.start(NOW)
    now = NOW + timedelta(minutes=2)
    done = await asyncio.gather(*(scheduler.tick(now) for scheduler in schedulers))
    assert sum(done) == 10
    assert await park.rows("select count(*) from person where name like 'run %'") == [(10,)]


async def test_effects_are_made_by_turns(park: Park, other: App) -> None:
    """What a rule has checked is still so when it acts, although another transaction wanted the same."""

    def take_last_seat(conn: Connection) -> bool:
        if conn.execute(sa.select(people.person.c.id).where(people.person.c.name == "座位")).first():
            return False
        conn.execute(sa.insert(people.person).values(name="座位"))
        return True

    took = await asyncio.gather(*(app.db.run(alone, take_last_seat) for app in (park.app, other) for _ in range(3)))
    assert sum(took) == 1


async def test_a_second_start_does_no_harm_to_what_the_first_is_sending(park: Park, other: App) -> None:
    await park.app.db.run(lambda conn: outbox.post(conn, Post("k", "replay", "haina", "在"), NOW))
    (out,) = await park.app.db.run(lanes.take, "replay", NOW, 1, timedelta(0))
    await other.runtime.recover()
    await park.app.db.run(outbox.sent, [(out.id, "g1")], NOW)
    assert await park.rows("select state from outbox") == [("sent",)]


async def test_each_reads_its_share_and_none_is_left_out(park: Park) -> None:
    if not park.app.db.shared:
        pytest.skip("SQLite has one process")
    await accept(park, *(message(number, f"在吗 {number}", chat=f"g{number % 20}") for number in range(60)))
    shares = [await park.app.db.run(inbox.take, NOW, 100, Share(part, 3)) for part in range(3)]
    assert sorted(row.id for rows in shares for row in rows) == [
        row.id for row in await park.app.db.run(inbox.take, NOW, 100)
    ]
    chats = [{row.chat for row in rows} for rows in shares]
    assert all(chats) and sum(map(len, chats)) == 20


async def test_a_lane_has_one_holder_until_it_is_gone(park: Park, other: App) -> None:
    def hold(conn: Connection, me: str) -> bool:
        return lanes.hold(conn, "replay", me, NOW, repeat=False) is not None

    run = park.app.db.run
    await run(workers.beat, "one")
    assert await run(hold, "one")
    assert await run(hold, "two") is not park.app.db.shared  # where there can be only one process, the new one is it
    await run(lanes.release, "one")
    assert await run(hold, "two")


async def test_what_another_holds_is_left_to_it_with_all_that_follows(park: Park, database_url: str) -> None:
    if not park.app.db.shared:
        pytest.skip("SQLite has one process")
    await accept(park, *(message(number, "在吗", chat=f"g{number % 2}") for number in range(6)))
    rows = await park.app.db.run(inbox.take, NOW, 10)
    another = await asyncpg.connect(database_url)
    async with another.transaction():
        await another.execute("select id from inbox where message_id = 'm2' for update")
        held = await park.app.db.run(inbox.hold, rows)
    await another.close()
    assert [row.message_id for row in held] == ["m0", "m1", "m3", "m5"]


async def test_a_bell_is_heard_in_another_process(park: Park, other: App) -> None:
    if not park.app.db.shared:
        pytest.skip("SQLite has one process")
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.create_task(other.db.listen(heard.put_nowait))
    async with asyncio.timeout(10):
        while heard.empty():
            await park.app.db.run(ring, "accepted")
            await asyncio.sleep(0.01)
        assert await heard.get() == "accepted"
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
