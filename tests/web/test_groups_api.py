"""The interface under the page of the local groups: what it takes, what it refuses, and the live stream."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from bot.messages import MAX_TEXT, private_chat
from bot.web.security import HEADERS
from tests.web.rehearsal import Memory, Stage, serving


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serving(Memory()) as stage:
        yield stage


async def post(url: str, session: ClientSession, **fields: object) -> tuple[int, str]:
    """Post a message as the page would; status and the sentence of a refusal."""
    message = {"id": str(uuid4()), "persona": "wangmin", "chat": "g:park", "text": "你好"} | fields
    async with session.post(f"{url}/api/messages", json=message) as response:
        return response.status, (await response.json()).get("error", "")


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"text": "长" * (MAX_TEXT + 1)}, 413, "20,001 字"),
        ({"text": "  \n"}, 400, "请先输入内容"),
        ({"text": 5}, 400, "请先输入内容"),
        ({"text": "断开的\ud83d字符"}, 400, "无法识别的字符"),
        ({"text": "a\0b"}, 400, "无法识别的字符"),
        ({"persona": "nobody"}, 400, "发言身份"),
        ({"chat": "g:nowhere"}, 400, "没有这个群"),
        ({"chat": ["g:park"]}, 400, "没有这个群"),
        ({"chat": private_chat("sunli")}, 400, "没有这个群"),
        ({"id": "1"}, 400, "消息编号"),
        ({"id": None}, 400, "消息编号"),
    ],
)
async def test_refuses_with_a_sentence(stage: Stage, fields: dict[str, object], status: int, sentence: str) -> None:
    async with ClientSession() as session:
        assert await post(stage.url, session) == (200, "")
        answered, error = await post(stage.url, session, **fields)
    assert answered == status
    assert sentence in error
    assert len(stage.memory.accepted) == 1


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"{", 400, "请求格式有误"),
        (b"[]", 400, "请求格式有误"),
        (b"[" * 200_000, 400, "请求格式有误"),
        ("{'text': '好'}".encode("gbk"), 400, "UTF-8"),
        (b" " * (2 * 1024 * 1024 + 1), 413, "2 MB"),
    ],
)
async def test_refuses_a_malformed_body(stage: Stage, body: bytes, status: int, sentence: str) -> None:
    async with ClientSession() as session, session.post(f"{stage.url}/api/messages", data=io.BytesIO(body)) as response:
        assert response.status == status
        assert sentence in (await response.json())["error"]


async def test_a_repeated_post_counts_once(stage: Stage) -> None:
    message_id = str(uuid4())
    async with ClientSession() as session:
        assert await post(stage.url, session, id=message_id, text="@小红 报名") == (200, "")
        assert await post(stage.url, session, id=message_id, text="@小红 报名") == (200, "")
    assert len(stage.memory.accepted) == 1


async def test_a_mention_inside_a_quote_is_no_mention(stage: Stage) -> None:
    async with ClientSession() as session:
        await post(stage.url, session, text="「张伟:@小红 签到」\n- - - - - - - -\n他到了")
    assert not stage.memory.accepted[0].mentioned


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_this_page_may_post(stage: Stage, headers: dict[str, str], status: int) -> None:
    message = {"id": str(uuid4()), "persona": "wangmin", "chat": "g:park", "text": "你好"}
    async with ClientSession() as session:
        async with session.post(f"{stage.url}/api/messages", json=message, headers=headers) as response:
            assert response.status == status
        async with session.get(stage.url, headers=headers) as page:
            assert page.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


async def test_what_is_text_travels_compressed_but_never_where_there_is_no_body(stage: Stage) -> None:
    async with ClientSession(stage.url) as session:
        async with session.get("/static/main.js") as answer:
            assert answer.headers["Content-Encoding"] in ("deflate", "gzip")
            known = {"If-None-Match": answer.headers["Etag"]}
        async with session.get("/static/main.js", headers=known) as answer:
            assert (answer.status, "Content-Encoding" in answer.headers) == (304, False)
        async with session.head("/static/main.js") as answer:
            assert (answer.status, "Content-Encoding" in answer.headers) == (200, False)


async def test_a_listener_that_lags_is_dropped_and_a_stopped_channel_refuses(stage: Stage) -> None:
    with stage.channel.listen() as heard:
        for number in range(300):
            await stage.bot_says("g:park", str(number))
        assert heard.get_nowait() is None
    async with ClientSession() as session, session.get(f"{stage.url}/api/events") as events:
        assert events.headers["Content-Type"].startswith("text/event-stream")
        await stage.bot_says("g:park", "还在")
        async with asyncio.timeout(5):
            while not (row := await events.content.readline()).startswith(b"data:"):
                pass
        assert json.loads(row[5:])["text"] == "还在"
        stage.channel.close()
        assert await events.content.read() == b"\n"
