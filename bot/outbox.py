"""The durable outbox: every message to send is a row, unique by its key. Rows only, no loops.

    queued → sending (committed before the call) → sent | unknown | dead

A message found in `sending` after a crash is `unknown`: the channel decides whether it may be repeated. One that was
held back or withdrawn meanwhile is `pausing` or `stopping` until it is known what became of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, add_new, few_sizes, insert_new, metadata, some_of
from bot.messages import Attached, Outgoing
from bot.pacing import limits

MAX_ATTEMPTS = 10
BACKOFF, MAX_BACKOFF = 2.0, 600.0  # seconds
PATIENCE = timedelta(minutes=1)
"""How long answers and notices may hold back a broadcast message that pacing would let go."""


class Class(IntEnum):
    """What overtakes what: answers to people go before notices, notices before broadcasts."""

    REPLY = 0
    NOTICE = 1
    BULK = 2


IN_FLIGHT = {"sending": "queued", "pausing": "paused", "stopping": "dead"}
"""The states of a message that is being sent, and what becomes of it where nothing was delivered."""
DOUBTFUL = sa.text("state IN ('unknown', 'dead')")
"""Of which nobody knows whether it arrived, or that did not; in words that let the database use its index."""

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
    sa.Index("ix_outbox_doubtful", "started_at", sqlite_where=DOUBTFUL, postgresql_where=DOUBTFUL),
)

lane = sa.Table(
    "lane",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("next_at", UTCDateTime, nullable=False),  # no bulk message goes out before; persisted, so that
    sa.Column("paused_until", UTCDateTime),  # a restart does not forget the platform's limits
    sa.Column("full_at", UTCDateTime),  # when the token bucket will be full again (bot.pacing)
    sa.Column("holder", sa.String(96)),  # the one process that sends for the account, see bot.workers
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


_OUTGOING = [outbox.c[name] for name in ("id", "key", "channel", "chat", "text", "private", "to", "reply_to")]
_DUE = (
    sa.select(*_OUTGOING, outbox.c.file, outbox.c.recalls, outbox.c.due_at)
    .where(outbox.c.channel == sa.bindparam("account"), outbox.c.state == "queued")
    .where(outbox.c.due_at <= sa.bindparam("now", type_=UTCDateTime))
    .limit(sa.bindparam("limit", type_=sa.Integer))
    .with_for_update()  # what is held back or withdrawn at this moment is not taken
)
_DUE_AT_ONCE = _DUE.where(outbox.c.klass < Class.BULK).order_by(outbox.c.klass, outbox.c.id)
_DUE_BULK = _DUE.where(outbox.c.klass == Class.BULK).order_by(outbox.c.due_at, outbox.c.id)
_SENDING = (
    sa.update(outbox)
    .where(outbox.c.id.in_(some_of("ids")))
    .values(
        state="sending", started_at=sa.bindparam("now", type_=UTCDateTime), attempts=outbox.c.attempts + sa.literal(1)
    )
)
_QUEUED = (
    sa.select(outbox.c.klass, sa.func.min(outbox.c.due_at))
    .where(outbox.c.channel == sa.bindparam("account"), outbox.c.state == sa.literal("queued"))
    .group_by(outbox.c.klass)
)
_LANE_STATE = sa.select(lane.c.next_at, lane.c.paused_until, lane.c.full_at, lane.c.holder).where(
    lane.c.account == sa.bindparam("account")
)
_LANE = _LANE_STATE.with_for_update()
_CHANGE = sa.update(outbox).where(outbox.c.id == sa.bindparam("message"))
_TRIED = (
    sa.select(outbox.c.state, outbox.c.attempts, outbox.c.due_at, outbox.c.error)
    .where(outbox.c.id == sa.bindparam("message"))
    .with_for_update()
)


def take(conn: Connection, account: str, now: datetime, limit: int, bulk_interval: timedelta) -> list[Outgoing]:
    """Claim what may be sent now, in order: answers and notices, or at most one paced broadcast message.

    A broadcast message goes when nothing else waits, or when it has waited so long that it would starve. Nothing
    goes while the account's token bucket is empty.
    """
    state, allowed = locked_lane(conn, account, now), limits(account)
    room = allowed.admits(state.full_at, now)
    if (state.paused_until and state.paused_until > now) or room == 0:
        return []
    due = {"account": account, "now": now, "limit": limit if room is None else min(limit, room)}
    spent: dict[str, datetime] = {}
    rows = list(conn.execute(_DUE_AT_ONCE, due))
    if state.next_at <= now:
        first = conn.execute(_DUE_BULK, {**due, "limit": 1}).first()
        if first and (not rows or first.due_at <= now - PATIENCE):
            rows, spent["next_at"] = [first], now + allowed.pause(first.key, bulk_interval)
    if not rows:
        return []
    if full_at := allowed.after(state.full_at, now, len(rows)):
        spent["full_at"] = full_at
    if spent:
        conn.execute(sa.update(lane).where(lane.c.account == account).values(**spent))
    conn.execute(_SENDING, {"ids": few_sizes([row.id for row in rows]), "now": now})
    return [replace(Outgoing(*row[:-3]), at=now, file=_file(row.file), recalls=row.recalls) for row in rows]


def _file(stored: Mapping[str, Any] | None) -> Attached | None:
    return Attached(**stored) if stored else None


def locked_lane(
    conn: Connection, account: str, now: datetime
) -> sa.Row[datetime, datetime | None, datetime | None, str | None]:
    """The state of an account, kept from other processes until the end of the transaction: they claim by turns."""
    found = conn.execute(_LANE, {"account": account}).first()
    if found is None:
        insert_new(conn, lane, [{"account": account, "next_at": now}], unique=("account",))
        found = conn.execute(_LANE, {"account": account}).one()
    return found


def pause(conn: Connection, account: str, until: datetime) -> None:
    """Stop an account until a moment: the platform asked for it."""
    locked_lane(conn, account, until)
    conn.execute(sa.update(lane).where(lane.c.account == account).values(paused_until=until))


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


def recover(conn: Connection, account: str, *, repeat: bool) -> int:
    """What a process that is gone was sending is queued again where the channel deduplicates, else unknown.

    Should it live after all, what it records afterwards counts.
    """
    stuck = sa.update(outbox).where(outbox.c.channel == account, outbox.c.state.in_(IN_FLIGHT))
    if repeat:
        return conn.execute(stuck.values(state=sa.case(IN_FLIGHT, value=outbox.c.state))).rowcount
    return conn.execute(stuck.values(state="unknown", error="the process ended while sending")).rowcount


def next_due(conn: Connection, account: str) -> datetime | None:
    """When the account has something to send: the earliest queued message, held back by its lane."""
    queued = conn.execute(_QUEUED, {"account": account}).all()
    state = conn.execute(_LANE_STATE, {"account": account}).first() if queued else None
    opens_at = limits(account).opens_at(state.full_at) if state else None
    moments = []
    for klass, due in queued:
        holds = [state.paused_until, opens_at, state.next_at if klass == Class.BULK else None] if state else []
        moments.append(max([due, *(hold for hold in holds if hold)]))
    return min(moments, default=None)


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
    return [(row.id, row.text, row.sent_at, _file(row.file)) for row in rows][::-1]


def moment_of(conn: Connection, message_id: int) -> datetime | None:
    """When a message was sent."""
    return conn.scalar(sa.select(outbox.c.sent_at).where(outbox.c.id == message_id))


def count(conn: Connection) -> dict[str, int]:
    """How many messages are in each state."""
    query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    return {state: number for state, number in conn.execute(query)}
