"""群发 taken back, held back and corrected, also while a message of it is being sent."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.util import await_only

from bot import lanes, outbox
from bot.domain import broadcasts
from bot.domain.broadcasts import deliveries
from bot.messages import Incoming, Outgoing, SendRefused, private_chat
from bot.pacing import Limits
from tests.actors import NOW, Actor, Park
from tests.areas.test_broadcasts import GROUPS, number


async def interject(actor: Actor, text: str) -> None:
    """Say something privately while a message is being sent: it is heard and settled, the answer waits."""
    park, runtime = actor.park, actor.park.app.runtime
    event = Incoming(
        channel=park.channel.name,
        message_id=f"m{next(park.numbers)}",
        chat=private_chat(actor.id),
        sender=actor.id,
        sender_name=actor.name,
        text=text,
        at=park.clock.now(),
        private=True,
        mentioned=False,
        role=actor.role,
    )
    accepted = asyncio.ensure_future(runtime.accept(event))
    await asyncio.sleep(0)
    await runtime.accept_arrivals()
    await accepted
    while await runtime.work():
        pass


async def test_what_is_out_is_taken_back_where_the_platform_lets_it(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keep(message: Outgoing) -> None:
        if message.recalls and message.chat == "yunfan":
            raise SendRefused("too late", fatal=True)

    park.channel.on_send = keep
    monkeypatch.setattr(deliveries, "limits", lambda _: Limits(recall=110))
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发给海纳群、云帆群：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(seconds=30)
    assert "2个群里已发出的正在撤下来" in (await cai.whispers("撤回群发") or "")
    await park.wait(seconds=5)
    taken = [(one.chat, one.recalls, one.text) for one in park.channel.sent if one.recalls]
    assert [chat for chat, *_ in taken] == ["haina"] and taken[0][1:] == (f"broadcast:{n}:1", "")
    told = park.to_person(cai)[-1]
    assert told.startswith(f"群发{n}号：1/2个群已撤回。已经发出的撤不回：云帆科技园企业服务群。要在这1个群更正吗")
    assert "（更正）开始发送，共1个群" in (await cai.whispers("1") or "")
    await park.wait(seconds=30)
    assert park.to_chat("haina")[1:] == [""] and "作废" in park.to_chat("yunfan")[-1]
    assert "没有待确认" in (await cai.whispers("待确认消息") or "")

    await cai.whispers("群发给海纳群：明天下午开会")
    await cai.whispers("确认")
    await park.wait(minutes=5)
    assert "已经发出的撤不回：海纳商圈党建群" in (await cai.whispers("撤回群发") or "")  # two minutes are over


async def test_it_is_told_when_the_last_one_is_taken_back(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take_time(message: Outgoing) -> None:
        if message.recalls:
            await interject(cai, "群发进度")
            park.clock.move_to(park.clock.now() + timedelta(seconds=5))
            await park.app.scheduler.tick(park.clock.now())

    park.channel.on_send = take_time
    monkeypatch.setattr(deliveries, "limits", lambda _: Limits(recall=110))
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发给海纳群：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(seconds=30)
    await cai.whispers("撤回群发")
    await park.wait(seconds=5)
    assert park.to_person(cai)[-2:] == [
        f"群发{n}号正在撤回，0/1个群已撤回，撤完告诉您结果。",
        f"群发{n}号：1/1个群已撤回。",
    ]


@pytest.mark.parametrize("word", ["撤回群发", "暂停群发"])
@pytest.mark.parametrize("trouble", [SendRefused("busy"), SendRefused("offline", retry_after=30), None])
async def test_what_is_refused_meanwhile_does_not_go_out_after_all(
    park: Park, word: str, trouble: SendRefused | None
) -> None:
    async def stop() -> None:
        await interject(cai, word)
        if trouble is None:  # the claim was in doubt, nothing of it was sent
            await park.app.db.run(outbox.recover, park.channel.name, repeat=True)
        raise trouble or SendRefused("busy")

    tried = park.channel.interrupt(GROUPS, stop)
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(minutes=30)
    assert tried == ["haina"]
    shown = await cai.whispers(f"群发{n}进度")
    if word == "撤回群发":
        assert shown and shown.startswith(f"群发{n}号：已送达0/3个群；已撤回：海纳商圈党建群、")
        return
    assert shown and "还没发：海纳商圈党建群、" in shown and "暂停着" in shown
    await cai.whispers("继续群发")
    await park.wait(minutes=1)
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 1, 1]
    assert park.to_person(cai)[-1] == f"群发{n}号：已送达3/3个群。"


async def test_what_arrives_after_it_was_recalled_is_taken_back(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    async def recall() -> None:
        await interject(cai, "撤回群发")

    park.channel.interrupt(GROUPS, recall)
    monkeypatch.setattr(deliveries, "limits", lambda _: Limits(recall=110))
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(seconds=30)
    assert [(one.chat, one.recalls) for one in park.channel.sent if one.chat in GROUPS] == [
        ("haina", None),
        ("haina", f"broadcast:{n}:1"),
    ]
    assert park.to_person(cai)[-2:] == [
        f"群发{n}号正在撤回，2个群不再发，1个群里已发出的正在撤下来，结果马上告诉您。",
        f"群发{n}号：3/3个群已撤回。",
    ]


async def test_held_back_and_let_go_on(park: Park) -> None:
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    held = await cai.whispers(f"暂停群发{n}")
    assert held and "已暂停，还有2个群没发：云帆科技园企业服务群、金海联建片书记群" in held
    await park.wait(minutes=10)
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 0, 0]
    assert "暂停着" in (await cai.whispers("群发进度") or "")
    assert "接着发" in (await cai.whispers("继续群发") or "")
    await park.wait(minutes=1)
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 1, 1]
    assert park.to_person(cai)[-1] == f"群发{n}号：已送达3/3个群。"


async def test_what_is_out_is_corrected(park: Park) -> None:
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发给海纳群：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(minutes=1)
    offer = await cai.whispers(f"撤回群发{n}")
    assert offer and "已经发出的撤不回：海纳商圈党建群" in offer and "回复 1 发出" in offer
    assert "（更正）开始发送，共1个群" in (await cai.whispers("更正：义诊改到后天上午9点") or "")
    await park.wait(minutes=1)
    assert park.to_chat("haina") == ["明天上午9点义诊", "更正：义诊改到后天上午9点"]
    assert park.to_chat("yunfan") == []


@pytest.mark.parametrize("refused", [False, True])
async def test_what_is_taken_or_refused_at_the_same_moment_is_held_back(park: Park, refused: bool) -> None:
    db, now = park.app.db, NOW + timedelta(minutes=1)
    if not db.shared:
        pytest.skip("SQLite has one writer")
    cai = park.staff("蔡主任")
    n = int(number(await cai.whispers("群发给海纳群、云帆群：明天上午9点义诊")))
    await cai.whispers("确认")  # one is out, one waits
    taken = await db.run(lanes.take, "replay", now, 1, timedelta(0)) if refused else []

    def claim(conn: Connection) -> None:
        for message in taken:
            outbox.refused(conn, message.id, now, "busy")
        assert refused or lanes.take(conn, "replay", now, 1, timedelta(0)) == []

    def hold(conn: Connection) -> "asyncio.Future[None]":
        deliveries.pause(conn, broadcasts.get(conn, n))
        claiming = asyncio.ensure_future(db.run(claim))
        while not claiming.done() and not conn.scalar(sa.text("select count(*) from pg_locks where not granted")):
            await_only(asyncio.sleep(0))
        return claiming

    await (await db.run(hold))
    assert await park.rows(f"select state from outbox where key = 'broadcast:{n}:2'") == [("paused",)]
