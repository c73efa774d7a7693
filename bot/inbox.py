"""The durable inbox: every event is a row before anything else happens. Rows only, no loops.

There is no "processing" state: outcome, effects and replies commit together, so a crash replays cleanly.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import SIZES, Id, UTCDateTime, add_new, few_sizes, metadata, one_at_a_time, some_of
from bot.messages import MAX_TEXT, Attached, Incoming, Kind
from bot.workers import WHOLE, Share

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

BACKOFF = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""Waits between attempts; a message that fails once more than this is set aside."""


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


class SettledElsewhere(Exception):
    """Another worker settled the event, or put it off, since it was taken: nothing of this transaction may stay."""


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


def accept(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Store events, made by `as_row`, in their order; True for each one that is new."""
    # One process at a time: two that accept the same messages would lock each other out, and a conversation's
    # rows would be numbered in another order than they become visible in.
    one_at_a_time(conn, "accept")
    known: set[tuple[str, str]] = set()
    for start in range(0, len(rows), SIZES[-1]):
        keys = [(row["channel"], row["message_id"]) for row in rows[start : start + SIZES[-1]]]
        accounts, ids = sorted({account for account, _ in keys}), [message_id for _, message_id in keys]
        found = conn.execute(_KNOWN, {"accounts": few_sizes(accounts), "ids": few_sizes(ids)})
        known.update((account, message_id) for account, message_id in found)
    answers, new = [], []
    for row in rows:
        key = (row["channel"], row["message_id"])
        answers.append(key not in known)
        if key not in known:
            new.append(row)
        known.add(key)
    add_new(conn, inbox, new, unique=("channel", "message_id"))
    return answers


_IS_NEW = inbox.c.state == sa.literal_column("'new'")
"""In words that let either database use the index of new events, of which there are few among very many."""


def _takeable() -> sa.Select[Any]:
    waiting = (
        sa.select(inbox.c.channel, inbox.c.chat, inbox.c.id)
        .where(_IS_NEW, inbox.c.retry_at > sa.bindparam("now", type_=UTCDateTime))
        .cte("waiting")
        .prefix_with("MATERIALIZED")  # once, and not for each event by looking through its conversation
    )
    blocked = sa.exists().where(
        waiting.c.channel == inbox.c.channel, waiting.c.chat == inbox.c.chat, waiting.c.id <= inbox.c.id
    )
    new = sa.select(*COLUMNS).where(_IS_NEW, ~blocked)
    return new.order_by(inbox.c.id).limit(sa.bindparam("limit", type_=sa.Integer))


_KNOWN = sa.select(inbox.c.channel, inbox.c.message_id).where(
    inbox.c.channel.in_(some_of("accounts")), inbox.c.message_id.in_(some_of("ids"))
)
_TAKEABLE = _takeable()
_PART = sa.func.hashtext(inbox.c.channel + "/" + inbox.c.chat).op("&")(2**31 - 1)
_TAKEABLE_OF_SHARE = _TAKEABLE.where(
    _PART % sa.bindparam("of", type_=sa.Integer) == sa.bindparam("part", type_=sa.Integer)
)
_STILL_NEW = (
    sa.select(inbox.c.id, inbox.c.attempts)
    .where(inbox.c.id.in_(some_of("ids")), _IS_NEW)
    .with_for_update(skip_locked=True)
)
_NEXT_RETRY = sa.select(sa.func.min(inbox.c.retry_at)).where(_IS_NEW)
_CHANGE = sa.update(inbox).where(inbox.c.id == sa.bindparam("row"))


def take(conn: Connection, now: datetime, limit: int, share: Share = WHOLE) -> list[Row]:
    """The next events to work on, oldest first; a conversation waits behind its own message in backoff.

    `share`: only of its conversations, so that two workers do not read the same.
    """
    wanted = {"now": now, "limit": limit}
    if share.of == 1:
        return [Row(*row) for row in conn.execute(_TAKEABLE, wanted)]
    return [Row(*row) for row in conn.execute(_TAKEABLE_OF_SHARE, {**wanted, "part": share.part, "of": share.of})]


def hold(conn: Connection, rows: Sequence[Row]) -> list[Row]:
    """Those that are still as they were taken, kept from other workers until the end of the transaction.

    Where another worker holds, settled or put off one, what follows it in its conversation is left to it too.
    """
    found = conn.execute(_STILL_NEW, {"ids": few_sizes([row.id for row in rows])})
    attempts = {row_id: number for row_id, number in found}
    mine, elsewhere = [], set()
    for row in rows:
        if (row.channel, row.chat) not in elsewhere and attempts.get(row.id) == row.attempts:
            mine.append(row)
        else:
            elsewhere.add((row.channel, row.chat))
    return mine


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an event."""

    row: int
    outcome: str  # the capability that ran, "overheard", …
    intent: str
    confidence: float


def settle(conn: Connection, done: Sequence[Done]) -> None:
    """Mark events that this transaction holds as done, together with their effects."""
    rows = [
        {
            "row": one.row,
            "state": "done",
            "outcome": one.outcome[:64],
            "intent": one.intent,
            "confidence": one.confidence,
            "retry_at": None,
        }
        for one in done
    ]
    if rows:
        conn.execute(_CHANGE, rows)


def fail(conn: Connection, row: Row, now: datetime, *, for_good: bool = False) -> bool:
    """Count a failed attempt and plan the next one; True when the event is set aside. Raises SettledElsewhere."""
    if not hold(conn, [row]):
        raise SettledElsewhere
    over = for_good or row.attempts >= len(BACKOFF)
    state, retry_at = ("failed", None) if over else ("new", now + BACKOFF[row.attempts])
    conn.execute(_CHANGE, {"row": row.id, "attempts": row.attempts + 1, "state": state, "retry_at": retry_at})
    return over


def next_retry(conn: Connection) -> datetime | None:
    """When the next event in backoff is due."""
    due: datetime | None = conn.scalar(_NEXT_RETRY)
    return due


def recent(
    conn: Connection, channel: str, chat: str, limit: int, until: datetime | None = None, *, told: bool = True
) -> list[Row]:
    """The last events of a conversation (before a moment), oldest first; `told`: also what only a log tells of."""
    query = sa.select(*COLUMNS).where(inbox.c.channel == channel, inbox.c.chat == chat)
    if not told:
        query = query.where(inbox.c.via_id.is_(None))
    if until:
        query = query.where(inbox.c.at < until)
    rows = [Row(*row) for row in conn.execute(query.order_by(inbox.c.id.desc()).limit(limit))]
    return rows[::-1]


def get(conn: Connection, row_id: int) -> Row:
    """The event with our own id."""
    return Row(*conn.execute(sa.select(*COLUMNS).where(inbox.c.id == row_id)).one())


def moment_of(conn: Connection, channel: str, message_id: str) -> datetime | None:
    """When an event happened."""
    query = sa.select(inbox.c.at).where(inbox.c.channel == channel, inbox.c.message_id == message_id)
    return conn.scalar(query)


def count(conn: Connection) -> dict[str, int]:
    """How many events are in each state."""
    query = sa.select(inbox.c.state, sa.func.count()).group_by(inbox.c.state)
    return {state: number for state, number in conn.execute(query)}
