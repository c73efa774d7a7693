"""A Wechaty bot that hears the messages of each chat one after the other, in the order of the gateway."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from bot.channels.wechaty.compat import Contact, Message, Room, Wechaty, WechatyOptions
from bot.channels.wechaty.puppet import SafePuppetService
from bot.channels.wechaty.wire import (
    GATEWAY_ERRORS,
    Event,
    Invited,
    LoggedIn,
    MessageArrived,
    Outdated,
    RoomJoined,
)
from bot.messages import private_chat

log = logging.getLogger(__name__)

T = TypeVar("T")
Step = Callable[[], Awaitable[None]]
Filed = tuple[str, Step]
"""What to do, and the chat in whose turn."""

_TRIES = 3
_RECONNECT = 60.0  # seconds that one call waits for a lost connection
_AT_ONCE = 16  # messages fetched at the same time


class OrderedBot(Wechaty):  # type: ignore[misc]  # the SDK has no types
    """Wechaty with its event bridge replaced.

    The stock one runs handlers at the same time, so that they overtake each other; it drops a message id
    that it saw before, even when handling that failed; its start() hides errors and listens on port 5000.
    """

    def __init__(self, puppet: SafePuppetService) -> None:
        super().__init__(WechatyOptions(name="chuishao", puppet=puppet, host="127.0.0.1", port=0))
        self._arrivals: asyncio.Queue[asyncio.Task[Filed | None]] = asyncio.Queue()
        self._fetching = asyncio.Semaphore(_AT_ONCE)
        self._last: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Run until cancelled. Raises what the puppet's start and the handlers raise."""
        await self.init_puppet()
        await self.init_puppet_event_bridge(self.puppet)
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._tasks.create_task(self._file_arrivals())
                await self.puppet.start()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        finally:
            await self.puppet.stop()

    async def init_puppet(self) -> None:
        """Bind the entity classes to this bot, with caches of their own: the stock ones are the process's."""
        await super().init_puppet()
        for entity in (self.Room, self.Contact, self.ContactSelf):
            entity._pool = {}

    async def init_puppet_event_bridge(self, puppet: SafePuppetService) -> None:
        """Take the puppet's events."""
        puppet.on("event", self._arrived)

    def _arrived(self, event: Event) -> None:
        """Called for each event in the order of the gateway, so it must not wait."""
        match event:
            case MessageArrived(message_id):
                self._arrivals.put_nowait(self._tasks.create_task(self._message(message_id)))
            case RoomJoined():
                self._arrivals.put_nowait(self._tasks.create_task(self._join(event)))
            case Invited(invitation_id):
                self._tasks.create_task(self.on_room_invite(self.RoomInvitation(invitation_id)))
            case Outdated(entity_id):
                self.Room._pool.pop(entity_id, None)
                self.Contact._pool.pop(entity_id, None)
            case LoggedIn():  # events may have been missed
                self.Room._pool.clear()
                self.Contact._pool.clear()

    async def _message(self, message_id: str) -> Filed | None:
        """Fetch a message: only its payload tells which chat it belongs to."""
        message: Message = self.Message.load(message_id)
        async with self._fetching:
            payload = await self.insist(lambda: self.puppet.message_payload(message_id))
        if payload is None:
            log.error("message cannot be fetched and is lost", extra={"message_id": message_id})
            return None
        message.payload = payload
        return payload.room_id or private_chat(payload.from_id), lambda: self.on_message(message)

    async def _join(self, event: RoomJoined) -> Filed:
        room = self.Room.load(event.room)
        people = [self.Contact.load(person) for person in event.people]
        inviter = self.Contact.load(event.inviter)
        return event.room, lambda: self.on_room_join(room, people, inviter, moment(event.timestamp))

    async def _file_arrivals(self) -> None:
        """Queue each arrival behind the one before it in its chat."""
        while True:
            filed = await (await self._arrivals.get())
            if filed is None:
                continue
            chat, step = filed
            task = self._tasks.create_task(_after(self._last.get(chat), step))
            self._last[chat] = task
            task.add_done_callback(partial(self._forget, chat))

    def _forget(self, chat: str, task: asyncio.Task[None]) -> None:
        if self._last.get(chat) is task:
            del self._last[chat]

    async def insist(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """The answer of the gateway, asked again when it fails or is away; None when it keeps failing."""
        for _ in range(_TRIES):
            try:
                return await call()
            except GATEWAY_ERRORS as error:
                log.info("gateway call failed", extra={"error": type(error).__name__})
            await asyncio.sleep(0.5)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.puppet.online.wait(), _RECONNECT)
        return None

    async def load(self, entity: Room | Contact) -> Any:
        """The payload of a room or contact, kept until it is outdated. Raises GATEWAY_ERRORS."""
        if not entity.is_ready():
            if isinstance(entity, Room):
                entity.payload = await self.puppet.room_payload(entity.room_id)
            else:
                entity.payload = await self.puppet.contact_payload(entity.contact_id)
        return entity.payload


async def _after(before: asyncio.Task[None] | None, step: Step) -> None:
    if before is not None:
        await asyncio.wait([before])
    await step()


def moment(timestamp: float) -> datetime | None:
    """The time of seconds or, from some accounts, milliseconds; None when it makes no sense."""
    seconds = timestamp / 1000 if timestamp > 2_145_888_000 else timestamp
    return datetime.fromtimestamp(seconds, UTC) if 946_684_800 < seconds < 4_102_444_800 else None
