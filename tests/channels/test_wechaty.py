"""The Wechaty channel against the real npm gateway."""

import asyncio
import base64
import itertools
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.channels.wechaty.channel import WechatyChannel
from bot.errors import StartupError
from bot.messages import Incoming, Kind, Outgoing, SendRefused, SendUnknown
from tests.channels.gateway import TOKEN, Gateway

NICKNAME = "小红"
_rooms = itertools.count(1)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("gateway") / "log") as running:
        yield running


@pytest.fixture
def room(gateway: Gateway) -> str:
    """A room of its own for each test."""
    return new_room(gateway)


def new_room(gateway: Gateway, topic: str = "园区党建群") -> str:
    room = f"r-{next(_rooms)}@chatroom"
    gateway("room", id=room, topic=topic)
    return room


class Account:
    """A running channel and what it accepted."""

    def __init__(self, channel: WechatyChannel) -> None:
        self.channel = channel
        self.heard: list[Incoming] = []
        self.gates: dict[str, asyncio.Event] = {}
        """What must happen before a message of that text is accepted."""

    async def accept(self, event: Incoming) -> bool:
        if event.text in self.gates:
            await self.gates[event.text].wait()
        self.heard.append(event)
        return True

    async def hears(self, count: int = 1) -> list[Incoming]:
        """What was accepted, once there is that much of it."""
        await eventually(lambda: len(self.heard) >= count)
        return self.heard


async def eventually(done: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def connected(gateway: Gateway, **options: Any) -> AsyncIterator[Account]:
    options = {"nickname": NICKNAME} | options
    account = Account(WechatyChannel("wx", gateway.endpoint, TOKEN, **options))
    running = asyncio.create_task(account.channel.run(account.accept))
    try:
        await eventually(lambda: running.done() or gateway("status")["listeners"])
        if running.done():
            await running
        await asyncio.sleep(0.05)  # the login event is on its way
        yield account
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await eventually(lambda: not gateway("status")["listeners"])


@pytest.fixture
async def account(gateway: Gateway) -> AsyncIterator[Account]:
    async with connected(gateway) as running:
        yield running


def reply(chat: str, text: str = "收到", **more: Any) -> Outgoing:
    return Outgoing(id=1, key="reply:1", channel="wx", chat=chat, text=text, **more)


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


async def test_send_to_an_unknown_chat_is_refused(account: Account) -> None:
    with pytest.raises(SendRefused):
        await account.channel.send(reply("r-nowhere@chatroom"))
    with pytest.raises(SendRefused):
        await account.channel.send(reply("p:c-nobody", private=True))


async def test_send_while_logged_out_is_refused(gateway: Gateway, account: Account, room: str) -> None:
    gateway("logout")
    try:
        await asyncio.sleep(0.05)
        with pytest.raises(SendRefused, match="没有登录") as refused:
            await account.channel.send(reply(room))
        assert refused.value.retry_after
    finally:
        gateway("login")
    await asyncio.sleep(0.05)
    assert await account.channel.send(reply(room))


async def test_send_without_a_connection_is_refused() -> None:
    channel = WechatyChannel("wx", "127.0.0.1:9", TOKEN, nickname=NICKNAME)
    with pytest.raises(SendRefused, match="没有连接"):
        await channel.send(reply("r-1@chatroom"))


@pytest.mark.parametrize("behaviour", ["hang", "fail"])
async def test_send_without_a_clear_answer_is_unknown(gateway: Gateway, room: str, behaviour: str) -> None:
    gateway("onSend", behaviour=behaviour)
    try:
        async with connected(gateway, timeout=0.5) as account:
            with pytest.raises(SendUnknown):
                await account.channel.send(reply(room))
    finally:
        gateway("onSend", behaviour="deliver")


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that a test may break, if it starts it again."""
    with Gateway(tmp_path_factory.mktemp("fragile") / "log") as running:
        yield running


async def test_gateway_restarts_in_mid_conversation(fragile: Gateway) -> None:
    async with connected(fragile) as account:
        fragile("say", from_="c-zhang", text="之前")
        await account.hears(1)
        fragile.kill()
        await asyncio.sleep(0.1)
        with pytest.raises(SendRefused, match="没有连接"):
            await account.channel.send(reply("p:c-zhang", private=True))
        await asyncio.to_thread(fragile.start)
        await eventually(lambda: fragile("status")["listeners"])
        fragile("say", from_="c-zhang", text="之后")
        assert [event.text for event in await account.hears(2)] == ["之前", "之后"]
        assert await account.channel.send(reply("p:c-zhang", private=True))


async def test_connection_lost_during_a_send_is_unknown(fragile: Gateway) -> None:
    fragile("onSend", behaviour="die")
    async with connected(fragile) as account:
        with pytest.raises(SendUnknown):
            await account.channel.send(reply("p:c-zhang", private=True))
        await asyncio.to_thread(fragile.start)
        await eventually(lambda: fragile("status")["listeners"])


async def test_wrong_token_is_told_in_a_sentence(gateway: Gateway) -> None:
    account = Account(WechatyChannel("wx", gateway.endpoint, "wrong", nickname=NICKNAME))
    with pytest.raises(StartupError, match="令牌"):
        await asyncio.wait_for(account.channel.run(account.accept), 5)


def test_missing_package_is_told_in_a_sentence(tmp_path: Path) -> None:
    program = """
import sys
from bot.channels.wechaty import wechaty_channel
assert not any(name.startswith("wechaty") for name in sys.modules)
if sys.argv[1] == "without":
    sys.modules["wechaty_grpc"] = None
wechaty_channel("wx", "127.0.0.1:9", "token", nickname="小红")
"""
    command = [sys.executable, "-c", program]
    options: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "text": True, "check": False}
    done = subprocess.run([*command, "without"], **options)
    assert "StartupError: 配置了微信（wechaty）账号「wx」，但没有安装它需要的组件 wechaty_grpc" in done.stderr
    done = subprocess.run([*command, "with"], **options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


async def test_tls(tmp_path: Path) -> None:
    cert, key = self_signed(tmp_path, "gateway.example")
    with Gateway(tmp_path / "log", cert, key) as gateway:
        async with connected(gateway, tls=cert, tls_name="gateway.example") as account:
            gateway("say", from_="c-zhang", text="加密了吗")
            assert [event.text for event in await account.hears()] == ["加密了吗"]


async def test_tls_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="证书"):
        WechatyChannel("wx", "127.0.0.1:9", TOKEN, nickname=NICKNAME, tls=tmp_path / "missing.pem")


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """PEM files of a certificate that is its own authority, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"
