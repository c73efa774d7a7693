"""The local groups on a real server and the real channel; only the database is played, by a list."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from bot.channels.web import WebChannel
from bot.files import FileStore
from bot.messages import Incoming, Outgoing
from bot.web.groups import Group, Line, Persona, routes
from bot.web.rendered import squeeze, static
from bot.web.security import secure

GROUPS = [
    Group("g:district", "红盟商圈党建联盟大群", "district"),
    Group("g:park", "火炬园区企业服务群", "park"),
    Group("g:area", "能动联建片（1+5）书记群", "area"),
    Group("g:handlers", "部门经办人工作群", "handlers"),
]
PERSONAS = [
    Persona("zhangwei", "张伟", "member", "党员 · 海纳电子"),
    Persona("wangmin", "王敏", "company", "企业联络员 · 海纳电子"),
    Persona("chenguo", "陈国强", "secretary", "支部书记 · 能动联建片"),
    Persona("liujie", "刘洁", "handler", "部门经办人 · 区住建局"),
    Persona("zhaoyun", "赵云芳", "instructor", "党建指导员 · 火炬园区"),
    Persona("sunli", "孙丽", "staff", "工作人员 · 区委两新工委"),
    Persona("passer", "路人甲", "stranger", "陌生人"),
]


@dataclass
class Memory:
    """The board as a list of lines, and an `accept` that keeps what is said and lets the bot answer."""

    lines_kept: list[Line] = field(default_factory=list)
    accepted: list[Incoming] = field(default_factory=list)
    answer: Callable[[Incoming], str | None] = lambda _: None
    breaks: bool = False
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def groups(self) -> list[Group]:
        return GROUPS

    async def personas(self) -> list[Persona]:
        return PERSONAS

    async def lines(self, chat: str, before: str | None, limit: int) -> list[Line]:
        lines = [line for line in self.lines_kept if line.chat == chat]
        end = next((i for i, line in enumerate(lines) if line.id == before), len(lines))
        return lines[max(0, end - limit) : end]

    async def accept(self, message: Incoming) -> bool:
        if self.breaks:
            raise OSError("the disk is full")
        if any(one.message_id == message.message_id for one in self.accepted):
            return False
        self.accepted.append(message)
        self.lines_kept.append(Line.heard(message))
        return True

    def outgoing(self, chat: str, text: str) -> Outgoing:
        number = next(self._ids)
        message = Outgoing(number, f"k{number}", "web", chat, text)
        self.lines_kept.append(Line.said(message, datetime.now(UTC), "小红"))
        return message


@dataclass
class Stage:
    """A running server: its address, what it keeps and the channel by which the bot speaks."""

    url: str
    memory: Memory
    channel: WebChannel

    async def bot_says(self, chat: str, text: str) -> None:
        await self.channel.send(self.memory.outgoing(chat, text))


@asynccontextmanager
async def serving(memory: Memory, port: int = 0) -> AsyncIterator[Stage]:
    """A server on 127.0.0.1; leaving it stops the channel and then the server, as the program does."""
    channel = WebChannel()

    async def accept(message: Incoming) -> bool:
        new = await memory.accept(message)
        answer = memory.answer(message) if new else None
        if answer:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.create_task, channel.send(memory.outgoing(message.chat, answer)))
        return new

    app = web.Application()
    secure(app)
    app.middlewares.append(squeeze)
    files = TemporaryDirectory()
    app.add_routes([static()])
    app.add_routes(routes(memory, channel, lambda: datetime.now(UTC), FileStore(Path(files.name))))
    runner = web.AppRunner(app, shutdown_timeout=2)
    await runner.setup()
    receiving = asyncio.create_task(channel.run(accept))
    await web.TCPSite(runner, "127.0.0.1", port).start()
    host, port = runner.addresses[0][:2]
    try:
        yield Stage(f"http://{host}:{port}", memory, channel)
    finally:
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
        await runner.cleanup()
        files.cleanup()
