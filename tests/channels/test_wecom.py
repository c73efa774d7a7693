"""The smart robot against a server that speaks its protocol, over TLS; the webhook against one with its limits."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.channels.wecom import robot as robot_module
from bot.channels.wecom.robot import RobotChannel
from bot.channels.wecom.webhook import WebhookChannel
from bot.errors import StartupError
from bot.files import FileStore
from bot.messages import Incoming, Kind, Outgoing, SendRefused, SendUnknown
from tests.channels.platform import AES_KEY, BOT_ID, SECRET, Platform, enciphered


@asynccontextmanager
async def running(platform: Platform, folder: Path, accept: Callable[[Incoming], bool]) -> AsyncIterator[RobotChannel]:
    """The channel, signed in."""

    async def store(event: Incoming) -> bool:
        await asyncio.sleep(0)
        return accept(event)

    files = FileStore(folder / "files")
    channel = RobotChannel("wecom", BOT_ID, SECRET, url=platform.url, ca_file=folder / "ca.pem", files=files)
    task = asyncio.create_task(channel.run(store))
    await until(lambda: channel.connected)
    try:
        yield channel
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.05)  # the SDK closes in the background


def kept_in(heard: list[Incoming]) -> Callable[[Incoming], bool]:
    """An inbox that takes everything."""

    def accept(event: Incoming) -> bool:
        heard.append(event)
        return True

    return accept


async def until(found: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.01)


def to(chat: str, text: str, *, private: bool = False) -> Outgoing:
    return Outgoing(1, "k", "wecom", chat, text, private=private)


async def test_hears_mentions_and_private_messages_in_order(platform: Platform, folder: Path) -> None:
    heard: list[Incoming] = []
    async with running(platform, folder, kept_in(heard)):
        for number in range(30):
            await platform.says(f"@小红 第{number}条", message_id=f"m{number}")
        quote = {"msgtype": "text", "text": {"content": "诉求101号已派单"}}
        await platform.says("@小红 我接了", message_id="q", quote=quote)
        await platform.says("我的积分", message_id="p", chat="")
        await platform.says("x", message_id="", sender="")  # nobody's: left out
        await until(lambda: len(heard) == 32)
    assert [event.text for event in heard[:30]] == [f"@小红 第{number}条" for number in range(30)]
    assert all(event.mentioned and event.chat == "group-1" and event.sender == "lisi" for event in heard[:31])
    assert heard[30].text.startswith("「引用:诉求101号已派单」\n- - -") and heard[30].text.endswith("\n@小红 我接了")
    assert heard[31].private and heard[31].chat == "p:lisi" and not heard[31].mentioned


async def test_what_the_database_cannot_take_waits_in_its_order(platform: Platform, folder: Path) -> None:
    stored: list[str] = []
    away = [True]

    def accept(event: Incoming) -> bool:
        if event.message_id == "bad":
            raise ValueError("an event that cannot be stored")
        if away[0] and event.message_id != "m0":
            raise ConnectionAbortedError("the database is away")
        if event.message_id in stored:
            return False
        stored.append(event.message_id)
        return True

    async with running(platform, folder, accept):
        for name in ("m0", "bad", "m1", "m2"):
            await platform.says("@小红 在吗", message_id=name)
        await until(lambda: stored == ["m0"])
        away[0] = False
        await until(lambda: len(stored) == 3)
    assert stored == ["m0", "m1", "m2"]


async def test_what_was_heard_last_is_stored_when_receiving_ends(platform: Platform, folder: Path) -> None:
    stored: list[str] = []
    away = [True]

    def accept(event: Incoming) -> bool:
        if away[0]:
            raise ConnectionAbortedError("the database is away")
        if event.message_id in stored:  # handed in already when receiving ended
            return False
        stored.append(event.message_id)
        return True

    async with running(platform, folder, accept) as channel:
        for number in range(100):
            await platform.says("@小红 在吗", message_id=f"m{number}")
        await until(lambda: len(channel._heard) == 100)
        away[0] = False
    assert stored == [f"m{number}" for number in range(100)]


async def test_says_things_or_says_why_not(platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(platform, folder, lambda _: True) as channel:
        await channel.send(to("group-1", "联系电话139****7781"))
        await channel.send(to("p:lisi", "您的积分：12", private=True))
        assert [(body["chatid"], body["markdown"]["content"]) for body in platform.taken] == [
            ("group-1", "联系电话139＊＊＊＊7781"),
            ("lisi", "您的积分：12"),
        ]
        platform.refuse_with = 45009
        with pytest.raises(SendRefused) as busy:
            await channel.send(to("group-1", "太快了"))
        assert busy.value.retry_after
        platform.refuse_with = 40058
        with pytest.raises(SendRefused, match="40058"):
            await channel.send(to("group-1", "不行"))
        with pytest.raises(SendRefused) as long:
            await channel.send(to("group-1", "长" * 7000))
        assert long.value.fatal
        platform.silent = True
        assert channel._connection is not None
        channel._connection._client._ws_manager._reply_ack_timeout = 0.2  # the SDK's 5 s
        with pytest.raises(SendUnknown):
            await channel.send(to("group-1", "收到了吗"))
    with pytest.raises(SendRefused) as offline:
        await channel.send(to("group-1", "有人吗"))
    assert offline.value.retry_after


async def test_comes_back_after_a_clean_close_and_gives_way_when_displaced(
    platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robot_module, "BACKOFF", 0.01)
    monkeypatch.setattr(robot_module, "DISPLACED_PAUSE", 0.3)
    heard: list[Incoming] = []
    async with running(platform, folder, kept_in(heard)) as channel:
        await platform.hangs_up()
        await until(lambda: platform.sign_ins == 2 and channel.connected)
        await platform.says("@小红 还在吗", message_id="again")
        await until(lambda: heard)
        await channel.send(to("group-1", "在"))
        await platform.displaces()
        await until(lambda: not channel.connected)
        assert platform.sign_ins == 2
        await until(lambda: platform.sign_ins == 3)


async def test_a_wrong_secret_ends_the_start_with_a_sentence(platform: Platform, folder: Path) -> None:
    channel = RobotChannel("wecom", BOT_ID, "wrong", url=platform.url, ca_file=folder / "ca.pem")

    async def accept(_: Incoming) -> bool:
        return True

    with pytest.raises(ExceptionGroup) as failed:
        await channel.run(accept)
    assert failed.group_contains(StartupError, match="CHUISHAO_WECOM_SECRET")
    await asyncio.sleep(0.05)
    with pytest.raises(StartupError, match="不能读取"):
        RobotChannel("wecom", BOT_ID, SECRET, ca_file=folder / "none.pem")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"errcode":45009,"errmsg":"api freq out of limit"}', (SendRefused, False, True)),
        (200, '{"errcode":93000,"errmsg":"invalid webhook url"}', (SendRefused, True, False)),
        (404, "", (SendRefused, False, False)),
        (502, "bad gateway", (SendUnknown, False, False)),
        (200, "<html>", (SendUnknown, False, False)),
    ],
)
async def test_webhook_trouble(status: int, body: str, expected: tuple[type[Exception], bool, bool]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with hook(answer) as channel:
        with pytest.raises(expected[0]) as trouble:
            await channel.send(to(channel.name, "通知"))
    if isinstance(trouble.value, SendRefused):
        assert (trouble.value.fatal, bool(trouble.value.retry_after)) == expected[1:]


async def test_webhook_pushes_within_its_limits() -> None:
    got: list[tuple[str, object]] = []

    async def answer(request: web.Request) -> web.Response:
        got.append((request.query["key"], await request.json()))
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async with hook(answer) as channel:
        await channel.send(to(channel.name, "明天9点开会"))
        with pytest.raises(SendRefused) as long:
            await channel.send(to(channel.name, "长" * 683))
        assert long.value.fatal
    assert got == [("k1", {"msgtype": "text", "text": {"content": "明天9点开会"}})]
    with pytest.raises(SendRefused) as gone:
        await channel.send(to(channel.name, "没人听"))
    assert gone.value.retry_after


@asynccontextmanager
async def hook(
    answer: Callable[[web.Request], Awaitable[web.Response]], files: FileStore | None = None
) -> AsyncIterator[WebhookChannel]:
    app = web.Application()
    app.router.add_post("/send", answer)
    app.router.add_post("/upload_media", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield WebhookChannel("海纳园区", "k1", url=f"http://127.0.0.1:{runner.addresses[0][1]}/send", files=files)
    await runner.cleanup()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


async def test_webhook_sends_pictures_and_files(tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    picture, sheet = files.keep(PNG, "菜单.png"), files.keep(b"%PDF-1.7 plan", "安排.pdf")
    got: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("upload_media"):
            form = await request.post()
            media = form["media"]
            assert isinstance(media, web.FileField)
            got.append((request.query["type"], media.filename, media.file.read()))
            return web.json_response({"errcode": 0, "media_id": "m-1"})
        got.append(await request.json())
        return web.json_response({"errcode": 0})

    async with hook(answer, files) as channel:
        for file in (picture, sheet):
            await channel.send(replace(to(channel.name, "附件"), file=file))
        with pytest.raises(SendRefused) as gone:
            await channel.send(replace(to(channel.name, "附件"), file=replace(picture, digest="0" * 64)))
        assert gone.value.fatal
    assert base64.b64decode(got[0]["image"]["base64"]) == PNG
    assert got[0]["image"]["md5"] == hashlib.md5(PNG, usedforsecurity=False).hexdigest()
    assert got[1] == ("file", "安排.pdf", b"%PDF-1.7 plan")
    assert got[2] == {"msgtype": "file", "file": {"media_id": "m-1"}}


async def test_what_people_send_is_fetched_deciphered_and_kept(platform: Platform, folder: Path) -> None:
    heard: list[Incoming] = []
    platform.stored["/picture"] = enciphered(PNG)
    async with running(platform, folder, kept_in(heard)):
        there = f"{platform.url.replace('wss', 'https')}picture"
        await platform.says("", message_id="f", chat="", msgtype="image", image={"url": there, "aeskey": AES_KEY})
        gone = {"url": f"{there}-gone", "aeskey": AES_KEY}
        await platform.says("", message_id="g", chat="", msgtype="image", image=gone)
        await until(lambda: len(heard) == 2)
    assert [event.kind for event in heard] == [Kind.FILE, Kind.FILE]
    assert [(file.kind, file.size) for file in heard[0].files] == [("image/png", len(PNG))] and not heard[1].files
