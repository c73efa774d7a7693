"""An event as a row: what is stored of it, and how it is read again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.db import Id, UTCDateTime, metadata
from bot.messages import MAX_TEXT, Attached, Incoming, Kind

WITH_FILES = sa.text("files IS NOT NULL")
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("message_id", sa.String(128), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("chat_title", sa.String(128), nullable=False, default=""),
    sa.Column("sender", sa.String(128), nullable=False),
    sa.Column("sender_name", sa.String(128), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),  # characters as sent; more than MAX_TEXT was cut
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("mentioned", sa.Boolean, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("role", sa.String(16)),
    sa.Column("received_at", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # new, done, failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", UTCDateTime),
    sa.Column("outcome", sa.String(64)),  # the capability that ran, "overheard", "refused:…"
    sa.Column("intent", sa.String(32)),
    sa.Column("confidence", sa.Float),
    sa.Column("via_id", Id, index=True),  # the pasted chat log that tells of it
    sa.Column("files", sa.JSON(none_as_null=True)),  # what came with it: digest, kind, size, name of each
    sa.Column("speaker_id", Id),  # who said it, where a log tells: a name alone is no id of a channel
    sa.UniqueConstraint("channel", "message_id"),
    sa.Index("ix_inbox_new", "id", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")),
    sa.Index("ix_inbox_chat", "channel", "chat", "id"),
    sa.Index("ix_inbox_files", "channel", "chat", "id", sqlite_where=WITH_FILES, postgresql_where=WITH_FILES),
)


@dataclass(frozen=True, slots=True)
class Row:
    """An accepted event."""

    id: int
    channel: str
    message_id: str
    chat: str
    chat_title: str
    sender: str
    sender_name: str
    text: str
    length: int
    at: datetime
    private: bool
    mentioned: bool
    kind: str
    role: str | None
    attempts: int
    via_id: int | None = None  # the row of the chat log that told of it
    speaker_id: int | None = None  # the person, where it is a log that names them
    files: Sequence[Mapping[str, Any]] | None = None

    @property
    def attached(self) -> tuple[Attached, ...]:
        """The files that came with it."""
        return tuple(Attached(**file) for file in self.files or ())

    @property
    def told(self) -> bool:
        """Whether it was not heard when it was said, but told of in a chat log."""
        return self.via_id is not None and self.kind == Kind.TEXT


COLUMNS = [inbox.c[name] for name in Row.__slots__]


def as_row(event: Incoming, now: datetime) -> dict[str, Any]:
    """What is stored of an event. Raises ValueError for one that cannot be: here, where only its sender suffers."""
    if not event.sender or not event.chat or not event.message_id:
        raise ValueError("an event needs a sender, a chat and a message id")
    if event.at.tzinfo is None:
        raise ValueError("an event needs an aware time")
    return {
        "channel": event.channel,
        "message_id": _identifier(event.message_id),
        "chat": _identifier(event.chat),
        "chat_title": _scrub(event.chat_title, 128),
        "sender": _identifier(event.sender),
        "sender_name": _scrub(event.sender_name, 64).strip(),
        "text": _scrub(event.text, MAX_TEXT),
        "length": len(event.text),
        "at": event.at,
        "private": event.private,
        "mentioned": event.mentioned,
        "kind": Kind(event.kind).value,
        "role": _scrub(event.role, 16) if event.role else None,
        "received_at": now,
        "state": "new",
        "attempts": 0,
        "files": [asdict(file) for file in event.files] or None,
    }


def _scrub(text: str, limit: int) -> str:
    """Cut to the limit and drop what a database cannot store: lone surrogates and NUL."""
    return text[:limit].encode("utf-8", "replace").decode().replace("\0", "")


def _identifier(text: str) -> str:
    """An id as it is where it can be stored; else shortened so that different ids stay different."""
    clean = _scrub(text, 128)
    if clean == text:
        return clean
    return f"{clean[:63]}#{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
