"""Broadcasts (群发): a draft with its target groups, edited and confirmed by its drafter, then delivered.

What became of the messages is in the outbox, under the keys of `key`; here is what was meant to go where.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.db import Id, UTCDateTime, metadata
from bot.domain import people
from bot.domain.people import SECRETARY, STAFF, Chat
from bot.errors import Refusal
from knowledge.workdays import is_workday

QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)
MORNING = time(8, 30)

broadcast = sa.Table(
    "broadcast",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("drafter_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("drafted_at", UTCDateTime, nullable=False),
    sa.Column("confirmed_at", UTCDateTime),
    sa.Column("due_at", UTCDateTime),
    sa.Column("finished_at", UTCDateTime),
)

broadcast_target = sa.Table(
    "broadcast_target",
    metadata,
    sa.Column("broadcast_id", Id, sa.ForeignKey("broadcast.id"), primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), primary_key=True),
)

STATES = {"draft": "草稿，等确认", "confirmed": "发送中", "sent": "已发完", "recalled": "已撤回", "dropped": "已取消"}


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One broadcast as it stands."""

    id: int
    text: str
    drafter_id: int
    channel: str
    urgent: bool
    state: str
    drafted_at: datetime
    due_at: datetime | None


BROADCAST = [broadcast.c[name] for name in Broadcast.__slots__]


def reach(conn: Connection, someone: people.Person, role: str, channel: str) -> list[Chat]:
    """The groups that somebody may broadcast to: staff all, a secretary those of the own organisations and below.

    Never a handlers' chat or a private one.
    """
    groups = people.chats(conn, channel, "group")
    if role == STAFF:
        return groups
    organisations, held_in = _held(conn, someone)
    if not organisations and not any(group.id in held_in for group in groups):
        return groups  # bound to nothing, so to the district, as a group is
    below = _descent(conn, organisations)
    return [group for group in groups if group.organisation_id in below or group.id in held_in]


def _held(conn: Connection, someone: people.Person) -> tuple[set[int], set[int]]:
    """The organisations and the chats in which somebody is secretary."""
    grants = sa.select(people.role_grant.c.organisation_id, people.role_grant.c.chat_id).where(
        people.role_grant.c.person_id == someone.id, people.role_grant.c.role == SECRETARY
    )
    rows = list(conn.execute(grants))
    organisations = {row.organisation_id for row in rows if row.organisation_id is not None}
    if not organisations and someone.organisation_id is not None:
        organisations = {someone.organisation_id}
    return organisations, {row.chat_id for row in rows if row.chat_id is not None}


def _descent(conn: Connection, roots: Iterable[int]) -> set[int]:
    below = set(roots)
    parents = list(conn.execute(sa.select(people.organisation.c.id, people.organisation.c.parent_id)))
    while more := {row.id for row in parents if row.parent_id in below and row.id not in below}:
        below |= more
    return below


def draft(
    conn: Connection, someone: people.Person, text: str, targets: Sequence[Chat], *, urgent: bool, now: datetime
) -> Broadcast:
    """A new draft; an older draft of the same person is dropped, so that 确认 can only mean this one."""
    older = (broadcast.c.drafter_id == someone.id) & (broadcast.c.state == "draft")
    conn.execute(sa.update(broadcast).where(older).values(state="dropped"))
    row = {"text": text, "drafter_id": someone.id, "urgent": urgent, "state": "draft", "drafted_at": now}
    insert = sa.insert(broadcast).values(channel=targets[0].channel, **row)
    number = conn.scalar(insert.returning(broadcast.c.id))
    assert number is not None
    aim(conn, number, targets)
    return get(conn, number)


def aim(conn: Connection, number: int, targets: Iterable[Chat]) -> None:
    """Set the groups that a draft goes to."""
    conn.execute(sa.delete(broadcast_target).where(broadcast_target.c.broadcast_id == number))
    rows = [{"broadcast_id": number, "chat_id": target.id} for target in targets]
    if rows:
        conn.execute(sa.insert(broadcast_target), rows)


def reword(conn: Connection, number: int, text: str, *, urgent: bool) -> None:
    """Change a draft's text or urgency."""
    conn.execute(sa.update(broadcast).where(broadcast.c.id == number).values(text=text, urgent=urgent))


def find(conn: Connection, number: int) -> Broadcast | None:
    """The broadcast of that number, if there is one."""
    if not 0 < number < 2**31:
        return None
    row = conn.execute(sa.select(*BROADCAST).where(broadcast.c.id == number)).first()
    return Broadcast(*row) if row else None


def get(conn: Connection, number: int) -> Broadcast:
    """The broadcast of that number. Raises Refusal for an unknown one."""
    found = find(conn, number)
    if found is None:
        raise Refusal(f"没有找到群发{number}号，请核对编号。")
    return found


def targets(conn: Connection, number: int) -> list[Chat]:
    """The groups it goes to, in the order they were met."""
    ids = sa.select(broadcast_target.c.chat_id).where(broadcast_target.c.broadcast_id == number)
    return [people.get_chat(conn, chat_id) for chat_id in conn.scalars(ids.order_by(broadcast_target.c.chat_id))]


def latest(conn: Connection, drafter_id: int | None = None) -> Broadcast | None:
    """The newest broadcast that was confirmed, of one drafter or of all."""
    query = sa.select(*BROADCAST).where(broadcast.c.state.in_(("confirmed", "sent", "recalled")))
    if drafter_id is not None:
        query = query.where(broadcast.c.drafter_id == drafter_id)
    row = conn.execute(query.order_by(broadcast.c.id.desc()).limit(1)).first()
    return Broadcast(*row) if row else None


def under_way(conn: Connection) -> list[Broadcast]:
    """What was confirmed and is not yet known to be finished."""
    query = sa.select(*BROADCAST).where(broadcast.c.state == "confirmed").order_by(broadcast.c.id)
    return [Broadcast(*row) for row in conn.execute(query)]


def in_chat_since(conn: Connection, chat_id: int, since: datetime) -> list[Broadcast]:
    """What was broadcast to a chat since a moment, newest first."""
    query = (
        sa.select(*BROADCAST)
        .join(broadcast_target, broadcast_target.c.broadcast_id == broadcast.c.id)
        .where(broadcast_target.c.chat_id == chat_id, broadcast.c.due_at >= since)
        .where(broadcast.c.state.in_(("confirmed", "sent", "recalled")))
    )
    return [Broadcast(*row) for row in conn.execute(query.order_by(broadcast.c.id.desc()))]


def confirm(conn: Connection, number: int, now: datetime) -> Broadcast:
    """Let a draft go, once; it is due at once, or in the morning. Raises Refusal when it is no draft any more."""
    current = get(conn, number)
    due_at = now if current.urgent else release_at(now)
    waiting = sa.update(broadcast).where(broadcast.c.id == number, broadcast.c.state == "draft")
    if conn.execute(waiting.values(state="confirmed", confirmed_at=now, due_at=due_at)).rowcount != 1:
        raise Refusal(f"群发{number}号{STATES[current.state]}，没有再发一次。")
    return get(conn, number)


def release_at(now: datetime, quiet_from: time = QUIET_FROM, quiet_until: time = QUIET_UNTIL) -> datetime:
    """When an ordinary broadcast confirmed now goes out: now; in quiet hours the next working morning at 8:30."""
    moment = local(now)
    late, early = moment.time() >= quiet_from, moment.time() < quiet_until
    if not late and not early:
        return now
    day = moment.date() + timedelta(days=late)
    while not is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=moment.tzinfo)


def finish(conn: Connection, number: int, now: datetime, state: str = "sent") -> bool:
    """Close a broadcast that is under way; True for the one caller that did."""
    running = sa.update(broadcast).where(broadcast.c.id == number, broadcast.c.state == "confirmed")
    return conn.execute(running.values(state=state, finished_at=now)).rowcount == 1


def drop(conn: Connection, number: int) -> None:
    """Give up a draft."""
    draft_ = sa.update(broadcast).where(broadcast.c.id == number, broadcast.c.state == "draft")
    conn.execute(draft_.values(state="dropped"))


def key(number: int, chat_id: int) -> str:
    """The outbox key of one delivery: a group gets a broadcast at most once."""
    return f"broadcast:{number}:{chat_id}"
