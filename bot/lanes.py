"""Who sends for an account, and what may go now: one process has the lane, until it ends or is gone.

Whoever claims messages holds the lane's row meanwhile (`locked`), so that a process which was taken for gone, and lives
after all, finds another's name there and claims nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import workers
from bot.db import UTCDateTime, few_sizes, insert_new, metadata, some_of
from bot.messages import Outgoing
from bot.outbox import Class, file_of, outbox, recover
from bot.pacing import limits

PATIENCE = timedelta(minutes=1)
"""How long answers and notices may hold back a broadcast message that pacing would let go."""

lane = sa.Table(
    "lane",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("next_at", UTCDateTime, nullable=False),  # no bulk message goes out before; persisted, so that
    sa.Column("paused_until", UTCDateTime),  # a restart does not forget the platform's limits
    sa.Column("full_at", UTCDateTime),  # when the token bucket will be full again (bot.pacing)
    sa.Column("holder", sa.String(96)),  # the one process that sends for the account, see bot.workers
)

State = sa.Row[datetime, datetime | None, datetime | None, str | None]
"""Of an account: next_at, paused_until, full_at, holder."""

_STATE = sa.select(lane.c.next_at, lane.c.paused_until, lane.c.full_at, lane.c.holder).where(
    lane.c.account == sa.bindparam("account")
)
_LOCKED = _STATE.with_for_update()
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


def locked(conn: Connection, account: str, now: datetime) -> State:
    """The state of an account, kept from other processes until the end of the transaction: they claim by turns."""
    found = conn.execute(_LOCKED, {"account": account}).first()
    if found is None:
        insert_new(conn, lane, [{"account": account, "next_at": now}], unique=("account",))
        found = conn.execute(_LOCKED, {"account": account}).one()
    return found


def hold(conn: Connection, account: str, me: str, now: datetime, *, repeat: bool) -> State | None:
    """The account's state where this process sends for it, which takes the place of one that is gone; else None."""
    state = locked(conn, account, now)
    if state.holder == me:
        return state
    if state.holder and workers.is_alive(conn, state.holder):
        return None
    take_over(conn, account, me, now, repeat=repeat)
    return state


def take_over(conn: Connection, account: str, me: str, now: datetime, *, repeat: bool) -> None:
    """Take the place of whatever process sent for an account; what it was sending is settled."""
    locked(conn, account, now)
    workers.beat(conn, me)
    conn.execute(sa.update(lane).where(lane.c.account == account).values(holder=me))
    recover(conn, account, repeat=repeat)


def release(conn: Connection, me: str) -> None:
    """This process sends no more: another need not wait until it is taken for gone."""
    conn.execute(sa.update(lane).where(lane.c.holder == me).values(holder=None))


def pause(conn: Connection, account: str, until: datetime) -> None:
    """Stop an account until a moment: the platform asked for it."""
    locked(conn, account, until)
    conn.execute(sa.update(lane).where(lane.c.account == account).values(paused_until=until))


def take(
    conn: Connection, account: str, now: datetime, limit: int, bulk_interval: timedelta, state: State | None = None
) -> list[Outgoing]:
    """Claim what may be sent now, in order: answers and notices, or at most one paced broadcast message.

    A broadcast message goes when nothing else waits, or when it has waited so long that it would starve. Nothing
    goes while the account's token bucket is empty. `state`: the account's, where it is locked already.
    """
    state, allowed = state or locked(conn, account, now), limits(account)
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
    return [replace(Outgoing(*row[:-3]), at=now, file=file_of(row.file), recalls=row.recalls) for row in rows]


def next_due(conn: Connection, account: str) -> datetime | None:
    """When the account has something to send: the earliest queued message, held back by its lane."""
    queued = conn.execute(_QUEUED, {"account": account}).all()
    state = conn.execute(_STATE, {"account": account}).first() if queued else None
    opens_at = limits(account).opens_at(state.full_at) if state else None
    moments = []
    for klass, due in queued:
        holds = [state.paused_until, opens_at, state.next_at if klass == Class.BULK else None] if state else []
        moments.append(max([due, *(hold for hold in holds if hold)]))
    return min(moments, default=None)
