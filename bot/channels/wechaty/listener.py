"""What the account hears, turned into events for the inbox."""

import logging
import re
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from bot.channels.wechaty.compat import Contact, Message, MessageType, Room, RoomInvitation
from bot.channels.wechaty.forwarded import as_log
from bot.channels.wechaty.ordered import OrderedBot, moment
from bot.channels.wechaty.puppet import SafePuppetService
from bot.channels.wechaty.wire import GATEWAY_ERRORS
from bot.clock import Clock
from bot.messages import Accept, Incoming, Kind, private_chat

log = logging.getLogger(__name__)

_FILES = {
    MessageType.MESSAGE_TYPE_ATTACHMENT,
    MessageType.MESSAGE_TYPE_AUDIO,
    MessageType.MESSAGE_TYPE_IMAGE,
    MessageType.MESSAGE_TYPE_VIDEO,
}


class Listener(OrderedBot):
    """Passes texts, bundles of forwarded messages, files and the bot's own arrival in a room to `accept`, and
    follows every invitation.
    """

    def __init__(
        self,
        puppet: SafePuppetService,
        accept: Accept,
        channel: str,
        nickname: str,
        max_file: int,
        clock: Clock,
    ) -> None:
        super().__init__(puppet)
        self._accept = accept
        self._channel = channel
        self._nickname = nickname
        self._max_file = max_file
        self._clock = clock

    async def on_message(self, message: Message) -> None:
        """Accept one message, unless it is the bot's own or of a kind that nobody reads."""
        payload = message.payload
        if payload.from_id in ("", self.puppet.login_user_id):
            return
        if payload.type in _FILES:
            extra = await self._file(message)
            await self._accept(await self._incoming(message, kind=Kind.FILE, extra=extra))
        elif payload.type == MessageType.MESSAGE_TYPE_TEXT:
            await self._accept(await self._incoming(message, text=payload.text, mentioned=self._mentions(payload)))
        elif payload.type == MessageType.MESSAGE_TYPE_RECALLED:
            await self._accept(await self._incoming(message, kind=Kind.RECALLED, text=payload.text))
        elif payload.type == MessageType.MESSAGE_TYPE_CHAT_HISTORY:
            await self._accept(await self._incoming(message, text=as_log(payload.text)))

    async def on_room_join(self, room: Room, people: list[Contact], inviter: Contact, at: datetime | None) -> None:
        """Report the bot's own arrival, always under the same id, so that it counts once per room."""
        if all(person.contact_id != self.puppet.login_user_id for person in people):
            return
        event = Incoming(
            channel=self._channel,
            message_id=f"joined:{room.room_id}",
            chat=room.room_id,
            sender=inviter.contact_id,
            text="",
            at=at or self._clock.now(),
            sender_name=await self.name_of(inviter, room) if inviter.contact_id else "",
            kind=Kind.JOINED,
            chat_title=await self._title_of(room),
        )
        await self._accept(event)

    async def on_room_invite(self, invitation: RoomInvitation) -> None:
        """Follow the invitation: what the bot does in a group is decided elsewhere."""
        await self.insist(lambda: self.puppet.room_invitation_accept(invitation.invitation_id))

    async def name_of(self, person: Contact, room: Room | None) -> str:
        """What the person is called in the room, or else at all; "" when the gateway does not tell."""
        alias = await self._told(room.alias(person)) if room is not None else None
        contact = None if alias else await self._told(self.load(person))
        return alias or (contact.name if contact else "")

    async def _title_of(self, room: Room) -> str:
        payload = await self._told(self.load(room))
        return payload.topic if payload else ""

    async def _told(self, answer: Awaitable[Any]) -> Any:
        """The answer, or None: a message is worth passing on without the names that go with it."""
        try:
            return await answer
        except GATEWAY_ERRORS:
            log.warning("name cannot be fetched", exc_info=True)
            return None

    async def _incoming(self, message: Message, **rest: Any) -> Incoming:
        payload, room = message.payload, message.room()
        return Incoming(
            channel=self._channel,
            message_id=message.message_id,
            chat=payload.room_id or private_chat(payload.from_id),
            sender=payload.from_id,
            at=moment(payload.timestamp) or self._clock.now(),
            sender_name=await self.name_of(message.talker(), room),
            private=room is None,
            chat_title=await self._title_of(room) if room is not None else "",
            **{"text": "", **rest},
        )

    def _mentions(self, payload: Any) -> bool:
        """Whether the platform says so; where it names nobody, whether the nickname stands behind an @."""
        if payload.mention_ids:
            return self.puppet.login_user_id in payload.mention_ids
        return bool(self._nickname) and re.search(f"[@＠]{re.escape(self._nickname)}", payload.text) is not None

    async def _file(self, message: Message) -> dict[str, Any]:
        """Name, size and content; size and content None where unknown."""
        file = await self.insist(lambda: self.puppet.fetch_file(message.message_id, self._max_file))
        if file is None:
            return {"name": message.payload.filename, "size": None, "content": None}
        return {"name": file.name or message.payload.filename, "size": file.size, "content": file.content}
