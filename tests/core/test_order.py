"""Order within a conversation, and what may not hold up the others."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot import app as composition
from bot import inbox, outbox
from bot.capability import Context, handler
from bot.dispatch import Dispatcher
from bot.lanes import PATIENCE
from bot.messages import Incoming, Outgoing, SendRefused
from bot.mind import Mind
from bot.outbox import MAX_ATTEMPTS, Class, Post
from tests.actors import NOW, Park


def message(number: int, text: str, chat: str = "haina") -> Incoming:
    return Incoming("replay", f"m{number}", chat, "wx_a", text, NOW, "甲", mentioned=True)


async def accept(park: Park, *events: Incoming) -> list[bool]:
    pending = [asyncio.ensure_future(park.app.runtime.accept(event)) for event in events]
    await asyncio.sleep(0)
    await park.app.runtime.accept_arrivals()
    return list(await asyncio.gather(*pending))


async def test_what_arrives_together_keeps_its_order(park: Park) -> None:
    await accept(park, *(message(number, f"第{number}") for number in range(12, 0, -1)))
    assert await park.rows("select text from inbox order by id") == [(f"第{n}",) for n in range(12, 0, -1)]


async def test_what_was_accepted_in_time_counts_before_what_fell_due_meanwhile(park: Park) -> None:
    guo, told = park.handler("郭师傅", "desk-wuye"), asyncio.Event()

    async def listen(message: Outgoing) -> None:
        if "由郭师傅接单" in message.text:
            told.set()

    await park.company("周敏").says("@小红 3号楼货梯坏了，请派人来修，电话13812340001")
    took = Incoming("replay", "m-took", "desk-wuye", guo.id, "接单 101", park.clock.now(), "郭师傅", role="handler")
    await accept(park, took)
    park.clock.move_to(park.clock.now() + timedelta(hours=9))
    park.channel.on_send = listen
    async with composition.running(park.app), asyncio.timeout(10):
        await told.wait()
    assert not [out.text for out in park.channel.sent if "没有人接单" in out.text]


async def test_a_message_waits_behind_the_failing_one_of_its_batch(park: Park) -> None:
    told: list[str] = []

    @handler("shaky", intents=("none", "help"))
    def shaky(ctx: Context) -> str:
        if ctx.text == "第一" and told.count("第一") < 3:  # in the batch, alone, and then it works
            told.append(ctx.text)
            raise ZeroDivisionError
        told.append(ctx.text)
        return ctx.text

    park.app.runtime.settler.dispatcher = Dispatcher([shaky])
    await accept(park, message(1, "第一"), message(2, "第二"), message(3, "别处", chat="yunfan"))
    await park.app.runtime.work()
    assert "第二" not in told
    assert await park.rows("select state from inbox order by id") == [("new",), ("new",), ("done",)]
    await park.wait(seconds=20)
    assert park.to_chat("haina") == ["第一", "第二"]


async def test_a_message_that_cannot_be_read_is_set_aside_alone(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = Mind.prepare

    def fragile(self: Mind, row: inbox.Row, role: str) -> object:
        if "毒" in row.text:
            raise ZeroDivisionError
        return prepare(self, row, role)

    monkeypatch.setattr(Mind, "prepare", fragile)
    await accept(park, message(1, "毒"), message(2, "@小红 帮助"))
    await park.wait(seconds=1)
    assert await park.rows("select state from inbox order by id") == [("failed",), ("done",)]
    assert "抱歉，这条消息我处理时出了问题，已经转给工作人员查看。" in park.to_chat("haina")


async def test_an_event_that_cannot_be_stored_is_its_senders_trouble_alone(park: Park) -> None:
    naive = Incoming("replay", "m1", "haina", "wx_a", "在吗", datetime(2025, 7, 22, 9, 10))
    pending = [asyncio.ensure_future(park.app.runtime.accept(event)) for event in (naive, message(2, "在吗"))]
    await asyncio.sleep(0)
    await park.app.runtime.accept_arrivals()
    results = await asyncio.gather(*pending, return_exceptions=True)
    assert isinstance(results[0], ValueError)
    assert results[1] is True


async def test_long_ids_stay_different(park: Park) -> None:
    stem = "x" * 200
    events = [Incoming("replay", f"{stem}{end}", "haina", f"{stem}{end}", "在吗", NOW) for end in "ab"]
    assert await accept(park, *events) == [True, True]
    await park.wait(seconds=1)
    assert await park.rows("select count(*) from identity where external_id like 'xxx%'") == [(2,)]


async def test_a_broadcast_does_not_starve_behind_answers(park: Park) -> None:
    def fill(conn: object, number: int, klass: Class) -> None:
        outbox.post(conn, Post(f"k{klass}-{number}", "replay", "haina", str(number), klass=klass), NOW)  # type: ignore[arg-type]

    await park.app.db.run(fill, 0, Class.BULK)
    for number in range(1, 4):
        await park.app.db.run(fill, number, Class.REPLY)
    park.clock.move_to(NOW + PATIENCE)
    for _ in range(2):
        await park.app.runtime.send(park.channel)
    assert park.to_chat("haina") == ["0", "1"]


class Offline:
    """A gateway that is not connected."""

    name, dedupes = "replay", False

    async def send(self, out: object) -> str | None:
        raise SendRefused("offline", retry_after=5)

    async def run(self, accept: object) -> None: ...


async def test_a_long_outage_loses_nothing(park: Park) -> None:
    await park.app.db.run(lambda conn: outbox.post(conn, Post("k", "replay", "haina", "在"), NOW))
    for minute in range(3 * MAX_ATTEMPTS):
        park.clock.move_to(NOW + timedelta(minutes=minute))
        await park.app.runtime.send(Offline())
    await park.wait(minutes=1)
    assert park.to_chat("haina") == ["在"]
