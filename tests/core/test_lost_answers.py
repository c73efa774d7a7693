"""A database that does what it is told and is not heard, or is away: nothing is done twice, nothing left in the air."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import outbox
from bot.db import Db, open_db
from bot.domain import people
from bot.lanes import lane
from bot.messages import SendRefused
from bot.outbox import Post
from bot.sending import Sender
from bot.voice import Voice
from scheduler.clock import Scheduler
from scheduler.job import Due, Job
from tests.actors import NOW, MemoryChannel, Park

HEARD, LOST, AWAY = "heard", "lost", "away"


class Unreliable:
    """A database of which some calls are lost on the way back, or never arrive; all that follow are heard."""

    def __init__(self, db: Db, *calls: str) -> None:
        self._db = db
        self._calls = list(calls)
        self.url, self.shared = db.url, db.shared
        self.listen, self.close = db.listen, db.close

    async def run(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        call = self._calls.pop(0) if self._calls else HEARD
        if call == AWAY:
            raise ConnectionError("the database is away")
        result = await self._db.run(fn, *args, **kwargs)
        if call == LOST:
            raise ConnectionError("the answer is lost")
        return result


def sender(park: Park, *calls: str, me: str = "me") -> Sender:
    return Sender(Unreliable(park.app.db, *calls), park.clock, me, timedelta(0))


async def queue(park: Park) -> None:
    await park.app.db.run(outbox.post, Post("k", "replay", "haina", "在"), NOW)


async def test_a_claim_whose_answer_is_lost_was_not_sent_and_is_made_again(park: Park) -> None:
    await queue(park)
    sending = sender(park, LOST)
    with pytest.raises(ConnectionError):
        await sending.send(park.channel)
    assert await park.rows("select state from outbox") == [("sending",)]
    assert await sending.send(park.channel) == 1
    assert await park.rows("select state from outbox") == [("sent",)]
    assert len(park.channel.sent) == 1


@pytest.mark.parametrize("trouble", [AWAY, LOST])
async def test_what_was_sent_is_recorded_when_the_database_is_back(park: Park, trouble: str) -> None:
    await queue(park)
    sending = sender(park, HEARD, trouble)
    with pytest.raises(ConnectionError):
        await sending.send(park.channel)
    assert await sending.send(park.channel) == 0
    assert await park.rows("select state from outbox") == [("sent",)]
    assert len(park.channel.sent) == 1


async def test_a_refusal_that_is_recorded_late_does_not_meddle_with_the_next_sender(park: Park) -> None:
    class Refusing(MemoryChannel):
        async def send(self, message: object) -> str | None:
            raise SendRefused("no")

    await queue(park)
    sending = sender(park, HEARD, AWAY)
    with pytest.raises(ConnectionError):
        await sending.send(Refusing())
    taken = sa.update(lane).values(holder="another")
    await park.app.db.run(lambda conn: conn.execute(taken).rowcount)
    await park.app.db.run(lambda conn: outbox.recover(conn, "replay", repeat=False))
    await sending.send(park.channel)
    assert await park.rows("select state from outbox") == [("unknown",)]
    assert park.channel.sent == []


async def test_a_run_whose_commit_is_not_heard_of_is_done_once(park: Park) -> None:
    def due(_conn: Connection, after: object, until: object) -> list[Due]:
        return [Due(NOW + timedelta(minutes=1))]

    def run(conn: Connection, voice: Voice, due: Due) -> None:
        conn.execute(sa.insert(people.person).values(name="一次"))

    job = Job("once", due, run, timedelta(hours=1))
    await Scheduler(park.app.db, [job]).start(NOW)
    scheduler = Scheduler(Unreliable(park.app.db, HEARD, LOST), [job])
    for minutes in (2, 3, 30):
        await scheduler.tick(NOW + timedelta(minutes=minutes))
    assert await park.rows("select state from job_run where job = 'once'") == [("done",)]
    assert await park.rows("select count(*) from person where name = '一次'") == [(1,)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_connection_that_may_only_read_is_given_up(database_url: str) -> None:
    conn = await asyncpg.connect(database_url, server_settings={"default_transaction_read_only": "off"})
    name = database_url.rpartition("/")[-1]
    db = open_db(database_url)

    def write(conn: Connection) -> None:
        people.meet_person(conn, "replay", "x", "甲")

    await conn.execute(f"alter database {name} set default_transaction_read_only = on")
    with pytest.raises(DBAPIError):
        await db.run(write)
    await conn.execute(f"alter database {name} reset default_transaction_read_only")
    await db.run(write)
    await db.close()
    await conn.close()
