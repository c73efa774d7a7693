"""The local groups: a page on which a visitor speaks as any persona, and the bot answers live.

The page reads a `Board` (what is stored) and a `Live` (what is said now). Both know a line by the same id,
see `Line.heard` and `Line.said`, so a line read twice is shown once.
"""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from aiohttp import web

from bot.files import FileStore
from bot.messages import MAX_TEXT, Attached, Incoming, Kind, Outgoing, private_chat
from bot.web import files
from bot.web.rendered import HERE
from bot.web.requests import read_id, read_object, read_text, refusal

LINES = 50
"""Lines of a chat in one answer; the page asks for older ones as the visitor scrolls up."""
HEARTBEAT_S = 15.0
STALLED_S = 30.0
RETRY_MS = 1500

_QUOTED = re.compile(r"\A「.*?」\n(?:- ?){5,}\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone the visitor may speak as. `title`: for the eye, e.g. 企业联络员 · 海纳电子."""

    id: str
    name: str
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat. `kind`: district, park, area, handlers or service."""

    id: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message as shown in a chat."""

    id: str
    chat: str
    sender: str
    sender_name: str
    text: str
    at: datetime
    from_bot: bool
    files: tuple[Attached, ...] = ()

    @classmethod
    def heard(cls, message: Incoming) -> "Line":
        """What a person said, as the inbox holds it."""
        return cls(
            id=f"in:{message.message_id}",
            chat=message.chat,
            sender=message.sender,
            sender_name=message.sender_name,
            text=message.text,
            at=message.at,
            from_bot=False,
            files=message.files,
        )

    @classmethod
    def said(cls, message: Outgoing, at: datetime, nickname: str) -> "Line":
        """What the bot said at `at`, as the outbox holds it."""
        return cls(
            id=f"out:{message.id}",
            chat=message.chat,
            sender="",
            sender_name=nickname,
            text=message.text,
            at=at,
            from_bot=True,
            files=(message.file,) if message.file else (),
        )


class Board(Protocol):
    """What is stored."""

    async def groups(self) -> list[Group]:
        """The groups of the district, in the order to show them."""

    async def personas(self) -> list[Persona]:
        """Whom the visitor may speak as; each is in every group."""

    async def lines(self, chat: str, before: str | None, limit: int) -> list[Line]:
        """The newest `limit` lines of a chat, or the newest before the line of that id; oldest first."""


class Live(Protocol):
    """What is said now; see bot.channels.web."""

    name: str
    nickname: str

    async def post(self, message: Incoming) -> bool:
        """Accept what a visitor said; False: known already. ConnectionRefusedError: not running."""

    def listen(self) -> AbstractContextManager[asyncio.Queue[Incoming | Outgoing | None]]:
        """Everything said from now on; None: no more comes. Raises ConnectionRefusedError when full."""


def routes(
    board: Board, channel: Live, now: Callable[[], datetime], store: FileStore | None = None
) -> list[web.AbstractRouteDef]:
    """The page at `/`, its interface under `/api`; without a store no attachments."""
    pages = _Pages(board, channel, now, store)
    return [
        *(files.routes(store) if store else ()),
        web.get("/", pages.page),
        web.get("/api/board", pages.show_board),
        web.get("/api/lines", pages.show_lines),
        web.post("/api/messages", pages.post),
        web.get("/api/events", pages.stream),
    ]


class _Pages:
    """The handlers of the routes, with what they read."""

    def __init__(self, board: Board, channel: Live, now: Callable[[], datetime], store: FileStore | None) -> None:
        self._store = store
        self._board = board
        self._channel = channel
        self._now = now

    async def page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(
            HERE / "templates" / "groups.html", headers={"Content-Type": "text/html; charset=utf-8"}
        )

    async def show_board(self, request: web.Request) -> web.Response:
        """Groups and personas, with the last line of each chat."""
        groups, personas = await self._board.groups(), await self._board.personas()
        chats = [group.id for group in groups] + [private_chat(persona.id) for persona in personas]
        last = {chat: lines[-1] for chat in chats if (lines := await self._board.lines(chat, None, 1))}
        return web.json_response(
            {
                "nickname": self._channel.nickname,
                "max_text": MAX_TEXT,
                "groups": [asdict(group) for group in groups],
                "personas": [asdict(one) | {"private": private_chat(one.id)} for one in personas],
                "last": {chat: _as_json(line) for chat, line in last.items()},
            }
        )

    async def show_lines(self, request: web.Request) -> web.Response:
        """The newest lines of `chat`, or those before the line `before`, and whether there are older ones."""
        chat, before = request.query.get("chat", ""), request.query.get("before")
        if await self._find_chat(chat) is None:
            raise refusal(web.HTTPBadRequest, "没有这个群或会话。")
        lines = await self._board.lines(chat, before, LINES + 1)
        shown = [_as_json(line) for line in lines[-LINES:]]
        return web.json_response({"lines": shown, "older": len(lines) > LINES})

    async def post(self, request: web.Request) -> web.Response:
        """Say something as a persona; answered after the durable commit, and safe to repeat with its id."""
        said = await read_object(request)
        attached = await files.read_files(said.get("files"), self._store)
        message_id, text = read_id(said.get("id")), read_text(said.get("text"), may_be_empty=bool(attached))
        persona = next((one for one in await self._board.personas() if one.id == said.get("persona")), None)
        if persona is None:
            raise refusal(web.HTTPBadRequest, "没有这个发言身份，请重新选择。")
        group = await self._find_chat(said.get("chat"))
        if group is None or (group.kind == "private" and group.id != private_chat(persona.id)):
            raise refusal(web.HTTPBadRequest, "没有这个群或会话，请刷新页面。")
        private = group.kind == "private"
        message = Incoming(
            channel=self._channel.name,
            message_id=message_id,
            chat=group.id,
            sender=persona.id,
            sender_name=persona.name,
            text=text,
            at=self._now(),
            private=private,
            mentioned=not private and f"@{self._channel.nickname}" in _QUOTED.sub("", text),
            kind=Kind.TEXT if text else Kind.FILE,
            role=persona.role or None,
            chat_title=group.title,
            files=attached,
        )
        try:
            new = await self._channel.post(message)
        except ConnectionRefusedError as error:
            raise refusal(web.HTTPServiceUnavailable, "服务正在重启，请稍后重发。") from error
        return web.json_response({"line": _as_json(Line.heard(message)), "new": new})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Lines as server-sent events, from now on. What a page missed it reads from the stored lines."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        try:
            with self._channel.listen() as heard:
                await response.prepare(request)
                event = f"retry: {RETRY_MS}\n: hello"
                while event:
                    async with asyncio.timeout(STALLED_S):
                        await response.write(f"{event}\n\n".encode())
                    event = await self._next_event(heard)
        except ConnectionRefusedError as error:
            raise refusal(web.HTTPServiceUnavailable, "打开的页面太多，请关闭一些后重试。") from error
        except (TimeoutError, ConnectionResetError):
            pass  # the page is gone, or takes nothing any more; if it lives, it comes back
        return response

    async def _next_event(self, heard: asyncio.Queue[Incoming | Outgoing | None]) -> str:
        """The next line as an event, a comment when nothing is said for a while, "" at the end."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                said = await heard.get()
        except TimeoutError:
            return ": still here"
        if said is None:
            return ""
        nickname = self._channel.nickname
        line = Line.heard(said) if isinstance(said, Incoming) else Line.said(said, self._now(), nickname)
        return f"data: {json.dumps(_as_json(line), ensure_ascii=False)}"

    async def _find_chat(self, chat: Any) -> Group | None:
        """A group, or someone's private conversation with the bot."""
        for group in await self._board.groups():
            if group.id == chat:
                return group
        for persona in await self._board.personas():
            if private_chat(persona.id) == chat:
                return Group(chat, f"与{self._channel.nickname}私聊", "private")
        return None


def _as_json(line: Line) -> dict[str, Any]:
    return asdict(line) | {"at": line.at.astimezone(UTC).isoformat()}
