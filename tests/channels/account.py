"""A bot account on the real npm gateway, with an accept that only records."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.channels.wechaty.channel import WechatyChannel
from bot.messages import Incoming, Outgoing
from tests.channels.gateway import TOKEN, Gateway

NICKNAME = "小红"
_rooms = itertools.count(1)


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


def reply(chat: str, text: str = "收到", **more: Any) -> Outgoing:
    return Outgoing(id=1, key="reply:1", channel="wx", chat=chat, text=text, **more)
