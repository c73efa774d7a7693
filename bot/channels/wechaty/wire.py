"""What a gateway 1.x and we exchange, where the SDK, made for 0.x, reads it wrongly or not at all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import betterproto
from grpclib.exceptions import GRPCError, StreamTerminatedError
from h2.exceptions import H2Error

from bot.channels.wechaty.compat import EventType, MessageType, WechatyPuppetError

GATEWAY_ERRORS = (GRPCError, StreamTerminatedError, H2Error, OSError, WechatyPuppetError)
"""Whatever a call to the gateway may raise: OSError includes TimeoutError; the last is "not connected"."""

_TYPES_ON_THE_WIRE = (
    *("UNSPECIFIED", "ATTACHMENT", "AUDIO", "CONTACT", "CHAT_HISTORY", "EMOTICON", "IMAGE", "TEXT"),
    *("LOCATION", "MINI_PROGRAM", "UNSPECIFIED", "TRANSFER", "RED_ENVELOPE", "RECALLED", "URL", "VIDEO"),
)
MESSAGE_TYPES = tuple(MessageType[f"MESSAGE_TYPE_{name}"] for name in _TYPES_ON_THE_WIRE)
"""Message types by the gateway's number; the SDK numbers them differently and knows none above these."""


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """There is a message to fetch."""

    id: str


@dataclass(frozen=True, slots=True)
class RoomJoined:
    """People entered a room. `timestamp` in seconds or milliseconds, 0 when unknown."""

    room: str
    people: tuple[str, ...]
    inviter: str
    timestamp: float


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody invites the account into a room."""

    id: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The account is online; also the first thing on every new stream of an account that is."""

    account: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The account is offline."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """What was known of a room or a contact is no longer true."""

    id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The gateway or the account behind it reports an error."""

    reason: str


Event = MessageArrived | RoomJoined | Invited | LoggedIn | LoggedOut | Outdated | Failed


_READERS: Mapping[int, Callable[[dict[str, Any]], Event]] = {
    EventType.EVENT_TYPE_MESSAGE: lambda it: MessageArrived(it["messageId"]),
    EventType.EVENT_TYPE_ROOM_JOIN: lambda it: RoomJoined(
        it["roomId"], tuple(it["inviteeIdList"]), it.get("inviterId") or "", it.get("timestamp") or 0
    ),
    EventType.EVENT_TYPE_ROOM_INVITE: lambda it: Invited(it["roomInvitationId"]),
    EventType.EVENT_TYPE_LOGIN: lambda it: LoggedIn(it["contactId"]),
    EventType.EVENT_TYPE_LOGOUT: lambda it: LoggedOut(),
    EventType.EVENT_TYPE_ROOM_TOPIC: lambda it: Outdated(it["roomId"]),
    EventType.EVENT_TYPE_DIRTY: lambda it: Outdated(it["payloadId"]),
    EventType.EVENT_TYPE_ERROR: lambda it: Failed(str(it.get("gerror") or it.get("data") or "")),
}


def read_event(kind: int, payload: str) -> Event | None:
    """The event, or None for a kind that does not matter here. ValueError for one that cannot be read."""
    read = _READERS.get(kind)
    if read is None:
        return None
    try:
        return read(json.loads(payload or "{}"))
    except (AttributeError, KeyError, TypeError) as cause:
        raise ValueError(f"event {kind} lacks something") from cause


@dataclass(eq=False, repr=False)
class DownloadRequest(betterproto.Message):
    """Asks for the bytes of a file that the gateway keeps under an id."""

    id: str = betterproto.string_field(1)


@dataclass(eq=False, repr=False)
class DownloadResponse(betterproto.Message):
    """The next bytes of the file."""

    chunk: bytes = betterproto.bytes_field(1)


@dataclass(eq=False, repr=False)
class UploadRequest(betterproto.Message):
    """The next bytes of a file for the gateway to keep."""

    chunk: bytes = betterproto.bytes_field(1)


@dataclass(eq=False, repr=False)
class UploadResponse(betterproto.Message):
    """The id under which the gateway keeps it."""

    id: str = betterproto.string_field(1)
