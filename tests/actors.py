"""Actors that talk to the bot: a real database, the real dispatcher, a channel that only remembers."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.app import App
from bot.clock import VirtualClock
from bot.messages import Accept, Incoming, Outgoing, private_chat
from bot.replay import Replay

NOW = datetime.fromisoformat("2025-07-22T09:10:00+08:00")  # a working Tuesday


@dataclass(slots=True)
class MemoryChannel:
    """Remembers what the bot sends."""

    name: str = "replay"
    dedupes: bool = False
    sent: list[Outgoing] = field(default_factory=list)
    on_send: Callable[[Outgoing], Awaitable[None]] | None = None  # while a message is on its way; may refuse it

    def interrupt(self, chats: Collection[str], meanwhile: Callable[[], Awaitable[None]]) -> list[str]:
        """Let something happen while the first message to these chats is on its way; where it was tried to send."""
        tried: list[str] = []

        async def on_send(message: Outgoing) -> None:
            if message.chat in chats:
                tried.append(message.chat)
                if len(tried) == 1:
                    await meanwhile()

        self.on_send = on_send
        return tried

    async def run(self, accept: Accept) -> None:
        pass

    async def send(self, message: Outgoing) -> str | None:
        if self.on_send:
            await self.on_send(message)
        self.sent.append(message)
        return message.key


@dataclass(slots=True)
class Park:
    """The example district with a clock in the test's hand."""

    app: App
    clock: VirtualClock
    channel: MemoryChannel
    numbers: "count[int]" = field(default_factory=count)

    def person(self, name: str, role: str | None = "member", chat: str = "haina") -> "Actor":
        """Somebody who speaks in a group, with the role held there; None for a role held elsewhere."""
        return Actor(self, f"wx_{name}", name, role, chat)

    def member(self, name: str) -> "Actor":
        return self.person(name)

    def company(self, name: str) -> "Actor":
        return self.person(name, "company")

    def handler(self, name: str, chat: str = "haina") -> "Actor":
        return self.person(name, "handler", chat)

    def secretary(self, name: str) -> "Actor":
        return self.person(name, "secretary")

    def staff(self, name: str) -> "Actor":
        return self.person(name, "staff")

    async def wait(self, **span: float) -> list[Outgoing]:
        """Let time pass; what was sent meanwhile."""
        before = len(self.channel.sent)
        replay = Replay(self.app.runtime, self.app.scheduler, self.clock, self.channel)
        await replay.until(self.clock.now() + timedelta(**span))
        await replay.settle()
        return self.channel.sent[before:]

    async def until(self, moment: str) -> list[Outgoing]:
        """Let time pass up to a moment such as 2025-07-23T09:00."""
        at = datetime.fromisoformat(moment).replace(tzinfo=self.clock.now().tzinfo)
        return await self.wait(seconds=(at - self.clock.now()).total_seconds())

    async def deliver(self, message: Incoming) -> list[Outgoing]:
        """One message through the whole path; what was sent."""
        before = len(self.channel.sent)
        runtime = self.app.runtime
        accepted = asyncio.ensure_future(runtime.accept(message))
        while not accepted.done():  # a file that comes along is written first, in a thread
            await asyncio.sleep(0)
            await runtime.accept_arrivals()
        await accepted
        while await runtime.work():
            pass
        while await runtime.send(self.channel):
            pass
        return self.channel.sent[before:]

    def to_chat(self, chat: str) -> list[str]:
        """All that the bot ever said in a chat."""
        return [message.text for message in self.channel.sent if message.chat == chat]

    def to_person(self, actor: "Actor") -> list[str]:
        """All that the bot ever told somebody privately."""
        return self.to_chat(private_chat(actor.id))

    async def rows(self, query: str) -> list[Any]:
        """What the database holds: rows that compare like tuples and have their columns as attributes."""

        def read(conn: Connection) -> list[Any]:
            return list(conn.execute(sa.text(query)))

        return await self.app.db.run(read)


@dataclass(slots=True)
class Actor:
    """Somebody who talks to the bot."""

    park: Park
    id: str
    name: str
    role: str | None
    chat: str
    last: list[Outgoing] = field(default_factory=list)

    async def says(self, text: str, *, chat: str | None = None, message_id: str | None = None) -> str | None:
        """Say something in the group; the bot's reply there, or None where it stays silent."""
        return await self._say(text, chat or self.chat, private=False, message_id=message_id)

    async def whispers(self, text: str) -> str | None:
        """Say something to the bot privately; its reply."""
        return await self._say(text, private_chat(self.id), private=True, message_id=None)

    async def _say(self, text: str, chat: str, *, private: bool, message_id: str | None) -> str | None:
        message = Incoming(
            channel=self.park.channel.name,
            message_id=message_id or f"m{next(self.park.numbers)}",
            chat=chat,
            sender=self.id,
            sender_name=self.name,
            text=text,
            at=self.park.clock.now(),
            private=private,
            mentioned="@小红" in text and not private,
            role=self.role,
        )
        self.last = await self.park.deliver(message)
        replies = [out.text for out in self.last if out.reply_to == message.message_id and out.chat == chat]
        return replies[0] if replies else None
