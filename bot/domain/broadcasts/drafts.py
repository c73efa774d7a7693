"""A broadcast's way from draft to confirmation: edited and confirmed by its drafter, perhaps approved by another."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import people
from bot.domain.broadcasts.tables import (
    BROADCAST,
    CONFIRMED,
    DRAFT,
    DROPPED,
    LET_GO,
    OPEN,
    PENDING,
    SENT,
    STATES,
    Broadcast,
    broadcast,
    broadcast_target,
)
from bot.domain.people import Chat
from bot.errors import Refusal
from bot.outbox import outbox
from knowledge.workdays import first_workday, is_workday

_IN_STATE = sa.select(*BROADCAST).where(broadcast.c.state == sa.bindparam("wanted")).order_by(broadcast.c.id)
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)
MORNING = time(8, 30)


def draft(
    conn: Connection,
    someone: people.Person,
    text: str,
    targets: Sequence[Chat],
    *,
    channel: str,
    urgent: bool,
    now: datetime,
) -> Broadcast:
    """A new draft; an older draft of the same person is dropped, so that 确认 can only mean this one."""
    older = (broadcast.c.drafter_id == someone.id) & (broadcast.c.state == DRAFT)
    conn.execute(sa.update(broadcast).where(older).values(state=DROPPED))
    row = {"text": text, "drafter_id": someone.id, "urgent": urgent, "state": DRAFT, "drafted_at": now}
    number = conn.scalar(sa.insert(broadcast).values(channel=channel, **row).returning(broadcast.c.id))
    assert number is not None
    aim(conn, number, targets)
    return get(conn, number)


def aim(conn: Connection, number: int, targets: Iterable[Chat]) -> None:
    """Set the groups that a draft goes to."""
    conn.execute(sa.delete(broadcast_target).where(broadcast_target.c.broadcast_id == number))
    rows = [{"broadcast_id": number, "chat_id": target.id} for target in targets]
    if rows:
        conn.execute(sa.insert(broadcast_target), rows)


def reword(conn: Connection, number: int, text: str) -> None:
    """Change a draft's text."""
    _set(conn, number, text=text)


def hurry(conn: Connection, number: int) -> None:
    """Make a draft urgent: it goes at once, at night too, and to groups that have had their week's pushes."""
    _set(conn, number, urgent=True, wanted_at=None)


def put_off(conn: Connection, number: int, moment: datetime) -> None:
    """Say when a draft is to go out."""
    _set(conn, number, wanted_at=moment)


def reschedule(conn: Connection, number: int, moment: datetime, now: datetime) -> Broadcast:
    """Let a confirmed broadcast that is not out yet go at another moment."""
    due = due_at(replace(get(conn, number), wanted_at=moment), now)
    _set(conn, number, wanted_at=moment, due_at=due)
    ours = outbox.c.state == "queued", outbox.c.key.like(f"broadcast:{number}:%")
    conn.execute(sa.update(outbox).where(*ours).values(due_at=due))
    return get(conn, number)


def to_come(conn: Connection, drafter_id: int, now: datetime) -> Broadcast | None:
    """Somebody's newest broadcast that nothing is out of: a draft, laid before another, or due later."""
    waits = broadcast.c.state.in_((DRAFT, PENDING)) | ((broadcast.c.state == CONFIRMED) & (broadcast.c.due_at > now))
    mine = sa.select(*BROADCAST).where(broadcast.c.drafter_id == drafter_id, waits)
    row = conn.execute(mine.order_by(broadcast.c.id.desc()).limit(1)).first()
    return Broadcast(*row) if row else None


def _set(conn: Connection, number: int, **values: object) -> None:
    conn.execute(sa.update(broadcast).where(broadcast.c.id == number).values(**values))


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
    joined = sa.select(*people.CHAT).join(broadcast_target, broadcast_target.c.chat_id == people.chat.c.id)
    mine = joined.where(broadcast_target.c.broadcast_id == number).order_by(people.chat.c.id)
    return [Chat(*row) for row in conn.execute(mine)]


def latest(conn: Connection, drafter_id: int | None = None) -> Broadcast | None:
    """The newest broadcast that was confirmed, of one drafter or of all."""
    query = sa.select(*BROADCAST).where(broadcast.c.state.in_(LET_GO))
    if drafter_id is not None:
        query = query.where(broadcast.c.drafter_id == drafter_id)
    row = conn.execute(query.order_by(broadcast.c.id.desc()).limit(1)).first()
    return Broadcast(*row) if row else None


def under_way(conn: Connection, state: str = CONFIRMED) -> list[Broadcast]:
    """What was confirmed, or is being taken back, and is not yet known to be finished."""
    return [Broadcast(*row) for row in conn.execute(_IN_STATE, {"wanted": state})]


def scheduled(conn: Connection, after: datetime, until: datetime, drafter_id: int | None = None) -> list[Broadcast]:
    """What is confirmed and goes out in a time to come, of one drafter or of all."""
    ahead = broadcast.c.state == CONFIRMED, broadcast.c.due_at > after, broadcast.c.due_at <= until
    query = sa.select(*BROADCAST).where(*ahead).order_by(broadcast.c.due_at)
    if drafter_id is not None:
        query = query.where(broadcast.c.drafter_id == drafter_id)
    return [Broadcast(*row) for row in conn.execute(query)]


def in_chat_since(conn: Connection, chat_id: int, since: datetime) -> list[Broadcast]:
    """What was broadcast to a chat since a moment, newest first."""
    query = (
        sa.select(*BROADCAST)
        .join(broadcast_target, broadcast_target.c.broadcast_id == broadcast.c.id)
        .where(broadcast_target.c.chat_id == chat_id, broadcast.c.due_at >= since)
        .where(broadcast.c.state.in_(LET_GO))
    )
    return [Broadcast(*row) for row in conn.execute(query.order_by(broadcast.c.id.desc()))]


def submit(conn: Connection, number: int, now: datetime) -> Broadcast:
    """Lay a draft before a second person. Raises Refusal when it is no draft any more."""
    return _move(conn, number, DRAFT, state=PENDING, confirmed_at=now)


def confirm(conn: Connection, number: int, now: datetime, *, approver_id: int | None = None) -> Broadcast:
    """Let a draft go, once; it is due at once, in the morning, or when its drafter wants it.

    Raises Refusal when it is no draft any more, or, with an approver, does not wait for one.
    """
    current = get(conn, number)
    values = {"state": CONFIRMED, "confirmed_at": now, "due_at": due_at(current, now), "approver_id": approver_id}
    return _move(conn, number, DRAFT if approver_id is None else PENDING, **values)


def _move(conn: Connection, number: int, before: str, **values: object) -> Broadcast:
    waiting = sa.update(broadcast).where(broadcast.c.id == number, broadcast.c.state == before)
    if conn.execute(waiting.values(**values)).rowcount != 1:
        raise Refusal(f"群发{number}号{STATES[get(conn, number).state]}，没有再发一次。")
    return get(conn, number)


def due_at(item: Broadcast, now: datetime) -> datetime:
    """When a broadcast goes out that is confirmed now.

    A moment that the drafter names holds on a day off too, but an ordinary broadcast never goes out at night.
    """
    wanted = item.wanted_at if item.wanted_at and item.wanted_at > now else None
    if item.urgent:
        return wanted or now
    if wanted:
        return wanted if not at_night(wanted) else release_at(wanted)
    return release_at(now)


def at_night(moment: datetime, quiet_from: time = QUIET_FROM, quiet_until: time = QUIET_UNTIL) -> bool:
    """Whether a moment is in the quiet hours."""
    shown = local(moment).time()
    return shown >= quiet_from or shown < quiet_until


def release_at(now: datetime) -> datetime:
    """When an ordinary broadcast goes out: now; at night or on a day off the next working morning at 8:30."""
    moment = local(now)
    if is_workday(moment.date()) and not at_night(now):
        return now
    day = moment.date() + timedelta(days=moment.time() >= QUIET_FROM)
    return datetime.combine(first_workday(day), MORNING, tzinfo=moment.tzinfo)


def finish(conn: Connection, number: int, now: datetime, state: str = SENT) -> bool:
    """Close a broadcast that is under way, paused or being taken back; True for the one caller that did."""
    closing = sa.update(broadcast).where(broadcast.c.id == number, broadcast.c.state.in_(OPEN))
    return conn.execute(closing.values(state=state, finished_at=now)).rowcount == 1


def mark(conn: Connection, number: int, state: str) -> None:
    """Note that a broadcast is under way again, or paused."""
    _set(conn, number, state=state, finished_at=None)


def drop(conn: Connection, number: int) -> None:
    """Give up a draft, or one that waits for approval."""
    open_ = sa.update(broadcast).where(broadcast.c.id == number, broadcast.c.state.in_((DRAFT, PENDING)))
    conn.execute(open_.values(state=DROPPED))
