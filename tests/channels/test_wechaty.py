"""The Wechaty channel against the real npm gateway: what it hears, and files both ways."""

import asyncio
import base64
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.wechaty.channel import WechatyChannel
from bot.files import FileStore
from bot.messages import Incoming, Kind, SendRefused
from tests.channels.account import NICKNAME, Account, connected, eventually, new_room, reply
from tests.channels.gateway import TOKEN, Gateway


async def test_text_in_a_room(gateway: Gateway, account: Account, room: str) -> None:
    gateway("alias", room=room, contact="c-zhang", alias="一栋张伟")
    gateway("say", id="m-1", from_="c-zhang", room=room, text="食堂几点开", timestamp=1_790_000_000_000)
    assert await account.hears() == [
        Incoming(
            channel="wx",
            message_id="m-1",
            chat=room,
            sender="c-zhang",
            text="食堂几点开",
            at=datetime.fromtimestamp(1_790_000_000, UTC),
            sender_name="一栋张伟",
            chat_title="园区党建群",
        )
    ]


@pytest.mark.parametrize(
    ("text", "mentions", "mentioned"),
    [
        ("@小红\u2005签到", ["c-bot"], True),
        ("@大红\u2005签到", ["c-bot"], True),  # by an alias that only the platform knows
        ("@小红花\u2005签到", ["c-li"], False),
        ("@小红 签到", [], True),
        ("签到", [], False),
    ],
)
async def test_mention(
    gateway: Gateway, account: Account, room: str, text: str, mentions: list[str], mentioned: bool
) -> None:
    gateway("say", from_="c-zhang", room=room, text=text, mentions=mentions)
    [event] = await account.hears()
    assert event.mentioned is mentioned


async def test_private_chat(gateway: Gateway, account: Account) -> None:
    gateway("say", from_="c-li", text="在吗")
    [event] = await account.hears()
    assert (event.chat, event.private, event.sender_name, event.chat_title) == ("p:c-li", True, "李雷", "")

    sent_id = await account.channel.send(reply("p:c-li", "在的", private=True, to="c-li"))
    [sent] = [sent for sent in gateway("sent") if sent["id"] == sent_id]
    assert (sent["conversation"], sent["text"], sent["mentions"]) == ("c-li", "在的", [])


async def test_reply_in_a_room_mentions_the_person(gateway: Gateway, account: Account, room: str) -> None:
    sent_id = await account.channel.send(reply(room, to="c-zhang"))
    [sent] = [sent for sent in gateway("sent") if sent["conversation"] == room]
    assert sent == {"id": sent_id, "conversation": room, "text": "@张伟\u2005收到", "mentions": ["c-zhang"]}


async def test_a_message_is_taken_back_where_the_platform_lets_it(
    gateway: Gateway, account: Account, room: str
) -> None:
    sent_id = await account.channel.send(reply(room, "下午三点停水"))
    taken_back = replace(reply(room, ""), recalls=sent_id)
    await account.channel.send(taken_back)
    assert [one.get("recalled") for one in gateway("sent") if one["conversation"] == room] == [True]
    with pytest.raises(SendRefused) as refused:  # once only
        await account.channel.send(taken_back)
    assert refused.value.fatal


async def test_own_messages_are_not_heard(gateway: Gateway, account: Account, room: str) -> None:
    await account.channel.send(reply(room, "大家好"))  # the gateway echoes it
    gateway("say", from_="c-zhang", room=room, text="你好")
    assert [event.text for event in await account.hears()] == ["你好"]


async def test_bot_enters_a_room(gateway: Gateway, account: Account, room: str) -> None:
    entry = {"roomId": room, "inviterId": "c-zhang", "timestamp": 1_790_000_000}
    gateway("emit", event="room-join", payload=entry | {"inviteeIdList": ["c-li"]})
    for _ in range(2):
        gateway("emit", event="room-join", payload=entry | {"inviteeIdList": ["c-li", "c-bot"]})
    gateway("say", from_="c-zhang", room=room, text="欢迎小红")
    first, again, welcome = await account.hears(3)
    assert (
        first
        == again
        == Incoming(
            channel="wx",
            message_id=f"joined:{room}",
            chat=room,
            sender="c-zhang",
            text="",
            at=datetime.fromtimestamp(1_790_000_000, UTC),
            sender_name="张伟",
            kind=Kind.JOINED,
            chat_title="园区党建群",
        )
    )
    assert welcome.text == "欢迎小红"


async def test_invitation_is_accepted(gateway: Gateway, account: Account) -> None:
    gateway("emit", event="room-invite", payload={"roomInvitationId": "i-1"})
    await eventually(lambda: gateway("accepted") == ["i-1"])
    assert account.heard == []


@pytest.mark.parametrize("size", [1_000, 300_000])  # the gateway sends small files along and streams large ones
async def test_file(gateway: Gateway, account: Account, room: str, size: int) -> None:
    content = bytes(range(250)) * (size // 250)
    gateway("file", from_="c-zhang", room=room, name="名单.xlsx", base64=base64.b64encode(content).decode())
    [event] = await account.hears()
    assert (event.kind, event.text) == (Kind.FILE, "")
    assert event.extra == {"name": "名单.xlsx", "size": size, "content": content}


async def test_forwarded_messages_come_as_a_log(gateway: Gateway, account: Account) -> None:
    items = "".join(
        f"<dataitem datatype='1'><datadesc>{said}</datadesc><sourcename>{name}</sourcename>"
        f"<sourcetime>2025-10-13 09:1{number}</sourcetime></dataitem>"
        for number, (name, said) in enumerate([("李敏", "3号楼货梯坏了 &amp; 没人修"), ("王磊", "收到")])
    )
    record = f"<recordinfo><title>群聊的聊天记录</title><datalist count='2'>{items}</datalist></recordinfo>"
    bundle = (
        f"<?xml version='1.0'?><msg><appmsg><type>19</type><recorditem><![CDATA[{record}]]></recorditem></appmsg></msg>"
    )
    for content in (bundle, "<msg>broken"):
        gateway("say", from_="c-zhang", text=content, type=4)
    log, broken = await account.hears(2)
    assert log.text == ("群聊的聊天记录\n李敏 2025-10-13 09:10\n3号楼货梯坏了 & 没人修\n王磊 2025-10-13 09:11\n收到")
    assert broken.text == "<msg>broken"


@pytest.mark.parametrize("size", [1_000, 5_000_000])  # larger ones are streamed to the gateway first
async def test_sends_a_file(gateway: Gateway, room: str, tmp_path: Path, size: int) -> None:
    store = FileStore(tmp_path)
    content = b"%PDF-1.4" + bytes(size)
    kept = store.keep(content, "说明.pdf")
    async with connected(gateway, files=store) as account:
        assert await account.channel.send(reply(room, "[附件] 说明.pdf", file=kept))
        with pytest.raises(SendRefused, match="不在了"):
            await account.channel.send(reply(room, "[附件]", file=replace(kept, digest="0" * 64)))
    sent = gateway("sent")[-1]
    assert (sent["conversation"], sent["file"]) == (room, "说明.pdf")
    assert base64.b64decode(sent["base64"]) == content


async def test_file_over_the_limit_comes_without_its_bytes(gateway: Gateway, room: str) -> None:
    async with connected(gateway, max_file=500) as account:
        for size in (600, 60_000):
            encoded = base64.b64encode(b"x" * size).decode()
            gateway("file", from_="c-zhang", room=room, name="录像.mp4", base64=encoded)
        events = await account.hears(2)
    assert [(event.extra["name"], event.extra["content"]) for event in events] == [("录像.mp4", None)] * 2


async def test_file_at_an_address(gateway: Gateway, account: Account) -> None:
    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * int(request.match_info["size"]))

    application = web.Application()
    application.router.add_get("/{size:[0-9]+}", serve)
    async with TestServer(application) as server:
        for path in ("/1000", "/gone"):
            gateway("file", from_="c-zhang", name="照片.jpg", url=str(server.make_url(path)))
        there, gone = await account.hears(2)
    assert there.extra == {"name": "照片.jpg", "size": 1000, "content": b"x" * 1000}
    assert gone.extra == {"name": "照片.jpg", "size": None, "content": None}


async def test_file_that_the_gateway_lost(gateway: Gateway, account: Account) -> None:
    gateway("file", from_="c-zhang", name="名单.xlsx")
    [event] = await account.hears()
    assert (event.kind, event.extra) == (Kind.FILE, {"name": "名单.xlsx", "size": None, "content": None})


async def test_names_that_the_gateway_does_not_tell(gateway: Gateway, account: Account, room: str) -> None:
    gateway("nameless", room=room)
    gateway("say", from_="c-zhang", room=room, text="你好")
    [event] = await account.hears()
    assert (event.chat, event.chat_title, event.sender_name, event.text) == (room, "", "张伟", "你好")


async def test_kinds_that_nobody_reads(gateway: Gateway, account: Account, room: str) -> None:
    for kind in (0, 5, 8, 14, 16, 99):
        gateway("say", from_="c-zhang", room=room, text="<xml/>", type=kind)
    gateway("say", from_="c-zhang", room=room, text="完")
    assert [event.text for event in await account.hears()] == ["完"]


async def test_duplicate_delivery_has_the_same_identity(gateway: Gateway, account: Account, room: str) -> None:
    message_id = gateway("say", from_="c-zhang", room=room, text="报名")
    gateway("emit", event="message", payload={"messageId": message_id})
    first, second = await account.hears(2)
    assert first == second
    assert first.message_id == message_id


async def test_order_in_a_room(gateway: Gateway, account: Account, room: str) -> None:
    other = new_room(gateway)
    texts = [str(number) for number in range(50)]
    gateway("burst", from_="c-zhang", room=room, texts=texts)
    gateway("burst", from_="c-li", room=other, texts=texts)
    events = await account.hears(100)
    for chat in (room, other):
        assert [event.text for event in events if event.chat == chat] == texts


async def test_a_slow_chat_does_not_hold_up_another(gateway: Gateway, account: Account, room: str) -> None:
    account.gates["慢"] = asyncio.Event()
    gateway("burst", from_="c-zhang", room=room, texts=["慢", "后"])
    gateway("say", from_="c-li", text="快")
    assert [event.text for event in await account.hears(1)] == ["快"]
    account.gates["慢"].set()
    assert [event.text for event in await account.hears(3)] == ["快", "慢", "后"]


async def test_topic_change_is_seen(gateway: Gateway, account: Account, room: str) -> None:
    gateway("say", from_="c-zhang", room=room, text="一")
    await account.hears()
    gateway("topic", room=room, topic="园区党建联盟群")
    gateway("say", from_="c-zhang", room=room, text="二")
    assert [event.chat_title for event in await account.hears(2)] == ["园区党建群", "园区党建联盟群"]


async def test_survives_what_a_gateway_may_send(gateway: Gateway, account: Account, room: str) -> None:
    gateway("emit", event="error", payload={"gerror": "trouble"})
    gateway("emit", event="heartbeat", payload={})
    gateway("emit", event="message", payload={})
    gateway("emit", event="message", payload={"messageId": "no such message"})
    gateway("emit", event="room-join", payload={"roomId": room})
    gateway("emit", event="room-invite", payload={"roomInvitationId": "i-2"})
    gateway("say", from_="c-zhang", room=room, text="还在吗")
    assert [event.text for event in await account.hears()] == ["还在吗"]


async def test_nothing_listens(account: Account) -> None:
    connections = psutil.Process().net_connections("inet")
    assert [each.laddr for each in connections if each.status == psutil.CONN_LISTEN] == []


async def test_what_accept_raises_ends_the_run(gateway: Gateway, room: str) -> None:
    async def accept(event: Incoming) -> bool:
        raise LookupError(event.text)

    channel = WechatyChannel("wx", gateway.endpoint, TOKEN, nickname=NICKNAME)
    running = asyncio.create_task(channel.run(accept))
    await eventually(lambda: gateway("status")["listeners"])
    gateway("say", from_="c-zhang", room=room, text="坏")
    with pytest.raises(LookupError, match="坏"):
        await running
    await eventually(lambda: not gateway("status")["listeners"])
