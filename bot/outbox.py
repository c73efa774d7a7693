"""The durable outbox: every message to send is a row, unique by its key. Rows only, no loops.

    queued → sending (committed before the call) → sent | unknown | dead

A message found in `sending` after a crash is `unknown`: the channel decides whether it may be repeated. One that was
held back or withdrawn meanwhile is `pausing` or `stopping` until it is known what became of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, add_new, insert_new, metadata
from bot.messages import Attached

MAX_ATTEMPTS = 10
BACKOFF, MAX_BACKOFF = 2.0, 600.0  # seconds


class Class(IntEnum):
    """What overtakes what: answers to people go before notices, notices before broadcasts."""

    REPLY = 0
    NOTICE = 1
    BULK = 2


IN_FLIGHT = {"sending": "queued", "pausing": "paused", "stopping": "dead"}
"""The states of a message that is being sent, and what becomes of it where nothing was delivered."""
UNDER_WAY = sa.text("state IN ('sending', 'pausing', 'stopping')")
DOUBTFUL = sa.text("state IN ('unknown', 'dead')")
"""Being sent; of which nobody knows whether it arrived, or that did not. In words that let either database use its
index: few of very many.
"""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("to", sa.String(128)),
    sa.Column("reply_to", sa.String(128)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("file", sa.JSON(none_as_null=True)),  # sent in place of the text where the channel can
    sa.Column("recalls", sa.String(128)),  # nothing to say: the platform's id of a message that is taken back
    sa.Column("klass", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # queued, paused, in flight, sent, unknown, dead
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("started_at", UTCDateTime),
    sa.Column("sent_at", UTCDateTime),
    sa.Column("gateway_id", sa.String(128)),
    sa.Column("error", sa.String(256)),
    sa.Index(
        "ix_outbox_queued",
        "channel",
        "klass",
        "due_at",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    ),
    sa.Index("ix_outbox_chat", "channel", "chat", "id"),
    sa.Index("ix_outbox_under_way", "channel", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    sa.Index("ix_outbox_doubtful", "started_at", sqlite_where=DOUBTFUL, postgresql_where=DOUBTFUL),
)


@dataclass(frozen=True, slots=True)
class Post:
    """One message to put into the outbox."""

    key: str
    channel: str
    chat: str
    text: str
    private: bool = False
    to: str | None = None
    reply_to: str | None = None
    klass: Class = Class.NOTICE
    due_at: datetime | None = None
    file: Attached | None = None
    recalls: str | None = None


def post(conn: Connection, message: Post, now: datetime) -> bool:
    """Queue a message; False when its key is there already."""
    return bool(insert_new(conn, outbox, [_as_row(message, now)], unique=("key",)))


def post_all(conn: Connection, messages: Sequence[Post], now: datetime) -> None:
    """Queue messages in their order, those whose key is not there yet."""
    add_new(conn, outbox, [_as_row(message, now) for message in messages], unique=("key",))


def _as_row(message: Post, now: datetime) -> dict[str, Any]:
    return {
        "key": message.key,
        "channel": message.channel,
        "chat": message.chat,
        "private": message.private,
        "to": message.to,
        "reply_to": message.reply_to,
        "text": message.text,
        "file": asdict(message.file) if message.file else None,
        "recalls": message.recalls,
        "klass": int(message.klass),
        "state": "queued",
        "created_at": now,
        "due_at": message.due_at or now,
        "attempts": 0,
    }


_CHANGE = sa.update(outbox).where(outbox.c.id == sa.bindparam("message"))
_DROP = sa.delete(outbox).where(sa.text("state = 'queued'"), outbox.c.key.like(sa.bindparam("keys")))
_TRIED = (
    sa.select(outbox.c.state, outbox.c.attempts, outbox.c.due_at, outbox.c.error)
    .where(outbox.c.id == sa.bindparam("message"))
    .with_for_update()
)


def file_of(stored: Mapping[str, Any] | None) -> Attached | None:
    """The file of a row, if it has one."""
    return Attached(**stored) if stored else None


def sent(conn: Connection, taken: Iterable[tuple[int, str | None]], now: datetime) -> None:
    """The platform took these messages: our id of each, and the platform's."""
    values = {"state": "sent", "sent_at": now, "error": None}
    rows = [{"message": ours, "gateway_id": theirs, **values} for ours, theirs in taken]
    if rows:
        conn.execute(_CHANGE, rows)


def refused(
    conn: Connection,
    message_id: int,
    now: datetime,
    reason: str,
    *,
    retry_after: float | None = None,
    fatal: bool = False,
) -> None:
    """Nothing was delivered: try again after a growing wait, or give up when told to or the attempts are spent.

    With `retry_after` it is the account that must wait (rate limit, offline): that counts against no message. One
    that was held back, withdrawn or put off meanwhile stays so.
    """
    row = conn.execute(_TRIED, {"message": message_id}).one()
    if row.state not in IN_FLIGHT:
        return  # recorded already, by a commit that seemed to fail
    state, attempts = IN_FLIGHT[row.state], row.attempts - bool(retry_after)
    if fatal or (attempts >= MAX_ATTEMPTS and not retry_after):
        state = "dead"
    wait = timedelta(seconds=retry_after or min(BACKOFF * 2**attempts, MAX_BACKOFF))
    error = row.error if row.state == "stopping" else reason[:256]  # who withdrew it, not what the platform said
    _set(conn, message_id, state=state, attempts=attempts, due_at=max(row.due_at, now + wait), error=error)


def unknown(conn: Connection, message_id: int, reason: str) -> None:
    """Nobody knows whether it was delivered; it is never repeated by itself."""
    _set(conn, message_id, state="unknown", error=reason[:256])


def _set(conn: Connection, message_id: int, **values: object) -> None:
    conn.execute(_CHANGE, {"message": message_id, **values})


def drop(conn: Connection, keys: str) -> None:
    """Leave unsaid what has not gone out yet, of the messages whose keys begin so: other words take its place."""
    conn.execute(_DROP, {"keys": f"{keys}%"})


def recover(conn: Connection, account: str, *, repeat: bool) -> int:
    """What a process that is gone was sending is queued again where the channel deduplicates, else unknown.

    Should it live after all, what it records afterwards counts.
    """
    stuck = sa.update(outbox).where(outbox.c.channel == account, UNDER_WAY)
    if repeat:
        return conn.execute(stuck.values(state=sa.case(IN_FLIGHT, value=outbox.c.state))).rowcount
    return conn.execute(stuck.values(state="unknown", error="the process ended while sending")).rowcount


def recent(
    conn: Connection, channel: str, chat: str, limit: int, until: datetime | None = None
) -> list[tuple[int, str, datetime, Attached | None]]:
    """The last messages sent to a conversation (before a moment), oldest first: id, text, sent_at, file."""
    query = sa.select(outbox.c.id, outbox.c.text, outbox.c.sent_at, outbox.c.file).where(
        outbox.c.channel == channel, outbox.c.chat == chat, outbox.c.state == "sent"
    )
    if until:
        query = query.where(outbox.c.sent_at < until)
    rows = conn.execute(query.order_by(outbox.c.id.desc()).limit(limit))
    return [(row.id, row.text, row.sent_at, file_of(row.file)) for row in rows][::-1]


def moment_of(conn: Connection, message_id: int) -> datetime | None:
    """When a message was sent."""
    return conn.scalar(sa.select(outbox.c.sent_at).where(outbox.c.id == message_id))


def count(conn: Connection) -> dict[str, int]:
    """How many messages are in each state."""
    query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    return {state: number for state, number in conn.execute(query)}
