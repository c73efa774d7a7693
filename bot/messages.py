"""The plain values that travel: what came in, what goes out, and what a channel must be able to do.

No platform type passes this file. Times are aware; ids are the channel's own strings.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

MAX_TEXT = 20_000
"""Characters of one message that are read; a longer one is refused with a sentence (see bot.inbox)."""


class Kind(StrEnum):
    """What an inbound event is. Only `text` is read; the others reach a handler of that name."""

    TEXT = "text"
    JOINED = "joined"  # the bot entered a group
    LOG_READ = "chat_log_read"  # all that a chat log tells has been read
    FILE = "file"
    RECALLED = "recalled"  # its sender took a message back; the text is that message's id


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a message; its bytes are kept under their digest, see bot.files."""

    digest: str
    kind: str  # media type, by its content
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event from a channel. `(channel, message_id)` is its identity: delivered twice, it counts once."""

    channel: str
    message_id: str
    chat: str  # the group's id, or private_chat(sender)
    sender: str
    text: str
    at: datetime
    sender_name: str = ""
    private: bool = False
    mentioned: bool = False
    kind: Kind = Kind.TEXT
    role: str | None = None  # a role that the channel vouches for in this chat (local web groups, replay)
    chat_title: str = ""
    files: tuple[Attached, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send. `key` is ours and stable over retries, for channels that can deduplicate on it."""

    id: int
    key: str
    channel: str
    chat: str
    text: str
    private: bool = False
    to: str | None = None  # the person answered, as the channel knows them
    reply_to: str | None = None  # the message answered
    at: datetime | None = None
    file: Attached | None = None  # sent in place of the text, which says what it is, by channels that can
    recalls: str | None = None  # the platform's id of a message to take back; only where limits.yaml says `recall`


class SendRefused(Exception):
    """The platform said no for certain: nothing was delivered, the message may be tried again.

    `retry_after` in seconds pauses the whole account (rate limit); `fatal` gives the message up.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, fatal: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.fatal = fatal


class SendUnknown(Exception):
    """No answer: it may or may not have been delivered."""


Accept = Callable[[Incoming], Awaitable[bool]]
"""Durably accept an event; returns only after the commit. False: it was known already."""


class Channel(Protocol):
    """An adapter to one platform account."""

    name: str
    """Account name; the `channel` of its messages, and its lane in the outbox."""
    dedupes: bool
    """Sending the same key twice delivers once, so a send with unknown outcome may be repeated."""

    async def run(self, accept: Accept) -> None:
        """Receive until cancelled. Acknowledge to the platform only after `accept` returned."""

    async def send(self, message: Outgoing) -> str | None:
        """Deliver one message; the platform's id of it, if any. Raises SendRefused or SendUnknown."""


CARRY_FILES = frozenset({"web", "wechaty", "webhook"})
"""Channels that can send files."""
ONLY_MENTIONS = frozenset({"wecom"})
"""Channels that hand over only the group messages that mention the bot."""

HEARD_BY_ONE = frozenset({"wechaty", "wecom"})
"""Channels that only one process may listen to; the others' pages and terminals are each process's own."""


def is_heard_by_one(account: str) -> bool:
    """Whether only one process may listen to an account."""
    return account.partition(":")[0] in HEARD_BY_ONE


def carries_files(account: str) -> bool:
    """Whether an account can send files: `webhook:海纳商圈` is one of the channel `webhook`."""
    return account.partition(":")[0] in CARRY_FILES


def private_chat(person: str) -> str:
    """The chat id of the private conversation with a person of that channel."""
    return f"p:{person}"
