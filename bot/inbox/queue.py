"""Accepting, taking and settling events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import SIZES, UTCDateTime, add_new, few_sizes, one_at_a_time, some_of
from bot.inbox.table import COLUMNS, Row, inbox
from bot.workers import WHOLE, Share

BACKOFF = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""Waits between attempts; a message that fails once more than this is set aside."""


class SettledElsewhere(Exception):
    """Another worker settled the event, or put it off, since it was taken: nothing of this transaction may stay."""


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
