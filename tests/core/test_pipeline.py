"""The durable pipeline: order, duplicates, refusals, retries, poison messages, open questions."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy.engine import Connection

from bot import inbox, lanes, outbox
from bot.capability import Context, Handler, Slot, handler
from bot.dispatch import Dispatcher
from bot.domain import people
from bot.errors import Refusal
from bot.inbox import BACKOFF
from bot.messages import MAX_TEXT, Incoming, Outgoing, SendRefused, SendUnknown
from bot.outbox import Class, Post
from tests.actors import NOW, Park


def message(number: int, text: str = "@小红 你好", chat: str = "haina") -> Incoming:
    return Incoming("replay", f"m{number}", chat, "wx_a", text, NOW, "甲", mentioned=True)


def install(park: Park, *handlers: Handler) -> None:
    """Let the bot have these capabilities and no others."""
    park.app.runtime.settler.dispatcher = Dispatcher(handlers)


def say_back(text: str) -> Handler:
    @handler("echo", intents=("none", "help", "ask_human", "ask_policy", "report_need"))
    def echo(ctx: Context) -> str:
        return f"{text}{ctx.text}"

    return echo


async def accept(park: Park, *events: Incoming) -> list[bool]:
    pending = [asyncio.ensure_future(park.app.runtime.accept(event)) for event in events]
    await asyncio.sleep(0)
    await park.app.runtime.accept_arrivals()
    return list(await asyncio.gather(*pending))


async def test_an_event_is_accepted_once(park: Park) -> None:
    assert await accept(park, message(1), message(2), message(1)) == [True, True, False]
    assert await accept(park, message(2), message(3)) == [False, True]


async def test_what_no_database_can_store_is_stored_all_the_same(park: Park) -> None:
    assert await accept(park, message(1, "坏字符\ud800和\x00零")) == [True]
    assert await park.rows("select text from inbox") == [("坏字符?和零",)]


@pytest.mark.parametrize("field", ["sender", "chat", "message_id"])
async def test_an_event_without_identity_is_refused(park: Park, field: str) -> None:
    with pytest.raises(ValueError, match="needs a sender"):
        await park.app.runtime.accept(replace(message(1), **{field: ""}))  # type: ignore[arg-type]


async def test_a_refusal_keeps_nothing_and_says_why(park: Park) -> None:
    @handler("touch", intents=("none", "help"))
    def touch(ctx: Context) -> str:
        people.set_phone(ctx.conn, ctx.person.id, "1")
        raise Refusal("现在不行。")

    install(park, touch)
    assert await park.member("甲").says("@小红 在吗") == "现在不行。"
    assert await park.rows("select phone from person where name = '甲'") == [(None,)]
    assert await park.rows("select state, outcome from inbox") == [("done", "refused")]


async def test_one_failing_message_does_not_stop_the_others(park: Park) -> None:
    @handler("fragile", intents=("none", "help"))
    def fragile(ctx: Context) -> str:
        people.set_phone(ctx.conn, ctx.person.id, "1")
        if "毒" in ctx.text:
            raise ZeroDivisionError
        return "好"

    install(park, fragile)
    await accept(park, message(1), message(2, "@小红 毒", chat="yunfan"), message(3))
    await park.app.runtime.work()
    assert await park.rows("select state from inbox order by id") == [("done",), ("new",), ("done",)]


async def test_a_poison_message_is_set_aside_with_an_apology(park: Park) -> None:
    @handler("broken", intents=("none", "help"))
    def broken(ctx: Context) -> str:
        raise ZeroDivisionError

    install(park, broken)
    zhang = park.member("张伟")
    assert await zhang.says("@小红 在吗") is None
    for wait in BACKOFF:
        await park.wait(seconds=wait.total_seconds())
    assert await park.rows("select state, attempts from inbox") == [("failed", len(BACKOFF) + 1)]
    assert park.to_chat("haina") == ["抱歉，这条消息我处理时出了问题，已经转给工作人员查看。"]


async def test_a_conversation_waits_behind_its_message_in_backoff(park: Park) -> None:
    attempts: list[str] = []

    @handler("shaky", intents=("none", "help"))
    def shaky(ctx: Context) -> str:
        attempts.append(ctx.text)
        if ctx.text == "第一" and attempts.count("第一") < 3:  # in the batch, alone, and then it works
            raise ZeroDivisionError
        return ctx.text

    install(park, shaky)
    await accept(park, message(1, "@小红 第一"))
    await park.app.runtime.work()
    await accept(park, message(2, "@小红 第二"), message(3, "@小红 别处", chat="yunfan"))
    await park.app.runtime.work()
    assert attempts == ["第一", "第一", "别处"]
    await park.wait(seconds=BACKOFF[0].total_seconds())
    assert attempts[-2:] == ["第一", "第二"]


async def test_an_oversized_message_gets_a_sentence(park: Park) -> None:
    reply = await park.member("张伟").says("@小红 " + "长" * 1_000_000)
    assert reply and f"{MAX_TEXT}字的上限" in reply


async def test_questions_expire_and_can_be_cancelled(park: Park) -> None:
    colours = Slot("colour", lambda _, text: text if text in ("红", "绿") else None, lambda _: "哪种颜色？")

    @handler("paint", commands=("刷漆",), slots=(colours,))
    def paint(ctx: Context, colour: str) -> str:
        return f"刷成{colour}色"

    install(park, paint)
    zhang, li = park.member("张伟"), park.member("李敏")
    assert await zhang.says("@小红 刷漆") == "哪种颜色？"
    assert await li.says("红") is None  # not the one who was asked
    assert await zhang.says("蓝") is None  # not an answer: the question stays
    assert await zhang.says("红") == "刷成红色"
    assert await zhang.says("红") is None

    assert await zhang.says("@小红 刷漆") == "哪种颜色？"
    assert await zhang.says("算了") == "好的，已取消。"
    assert await zhang.says("红") is None

    assert await zhang.says("@小红 刷漆") == "哪种颜色？"
    await park.wait(minutes=31)
    assert await zhang.says("红") is None


def post(conn: Connection, number: int, klass: Class = Class.NOTICE) -> bool:
    return outbox.post(conn, Post(f"key{number}", "replay", "haina", str(number), klass=klass), NOW)


async def test_an_effect_with_the_same_key_happens_once(park: Park) -> None:
    assert await park.app.db.run(post, 1)
    assert not await park.app.db.run(post, 1)
    await park.wait(seconds=1)
    assert park.to_chat("haina") == ["1"]


async def test_answers_overtake_a_paced_broadcast(park: Park) -> None:
    for number in range(3):
        await park.app.db.run(post, number, Class.BULK)
    await park.app.db.run(post, 9, Class.REPLY)
    await park.wait(seconds=1)
    assert park.to_chat("haina") == ["9", "0"]
    sent = await park.wait(seconds=6)
    assert [out.text for out in sent] == ["1", "2"]
    moments = [out.at for out in park.channel.sent[1:] if out.at]
    assert all(later - earlier >= timedelta(seconds=3) for earlier, later in pairwise(moments))


class Trouble:
    """A gateway that fails the first time."""

    name, dedupes = "replay", False

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.sent: list[str] = []

    async def send(self, out: Outgoing) -> str | None:
        if self.error:
            error, self.error = self.error, None
            raise error
        self.sent.append(out.text)
        return "g1"

    async def run(self, accept: object) -> None:
        pass


async def test_a_refused_send_is_tried_again(park: Park) -> None:
    gateway = Trouble(SendRefused("busy"))
    await park.app.db.run(post, 1)
    await park.app.runtime.send(gateway)
    assert await park.rows("select state from outbox") == [("queued",)]
    park.clock.move_to(NOW + timedelta(minutes=1))
    await park.app.runtime.send(gateway)
    assert gateway.sent == ["1"]
    assert await park.rows("select state, gateway_id from outbox") == [("sent", "g1")]


async def test_a_send_with_unknown_outcome_is_never_repeated(park: Park) -> None:
    gateway = Trouble(SendUnknown("connection lost"))
    await park.app.db.run(post, 1)
    await park.app.runtime.send(gateway)
    park.clock.move_to(NOW + timedelta(days=1))
    await park.app.runtime.send(gateway)
    assert gateway.sent == []
    assert await park.rows("select state from outbox") == [("unknown",)]


async def test_what_a_crash_left_in_sending(park: Park) -> None:
    await park.app.db.run(post, 1)
    await park.app.db.run(lanes.take, "replay", NOW, 10, timedelta(seconds=3))
    await park.app.db.run(outbox.recover, "replay", repeat=False)
    assert await park.rows("select state from outbox") == [("unknown",)]
    await park.app.db.run(post, 2)
    await park.app.db.run(lanes.take, "replay", NOW, 10, timedelta(seconds=3))
    await park.app.db.run(outbox.recover, "replay", repeat=True)
    assert await park.rows("select state from outbox order by id") == [("unknown",), ("queued",)]


async def test_a_rate_limit_pauses_the_account(park: Park) -> None:
    gateway = Trouble(SendRefused("too many", retry_after=60))
    await park.app.db.run(post, 1)
    await park.app.db.run(post, 2)
    await park.app.runtime.send(gateway)
    assert await park.app.db.run(lanes.take, "replay", NOW + timedelta(seconds=30), 10, timedelta(seconds=3)) == []
    assert await park.app.db.run(lanes.next_due, "replay") == NOW + timedelta(seconds=60)


async def test_the_dispatcher_leaves_a_batch_whole_or_not_at_all(park: Park) -> None:
    """Duplicates in one batch, many chats: every message gets exactly one reply."""
    install(park, say_back("答"))
    await accept(park, *(message(n, f"@小红 {n}", chat=f"g{n % 5}") for n in range(100)))
    while await park.app.runtime.work():
        pass
    assert await park.app.db.run(inbox.count) == {"done": 100}
    keys = await park.rows("select reply_to, count(*) from outbox group by reply_to having count(*) > 1")
    assert keys == []
