"""Needs (诉求): from the whistle to the rating.

Every change is an event (who, when, what, from which message); the state in `need` is what the events say.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.needs.tables import (
    CATEGORIES,
    FALLBACK,
    FIRST_NUMBER,
    LEVELS,
    NEED,
    By,
    Need,
    need,
    need_access,
    need_event,
)
from bot.domain.worktime import add_workdays, add_working_hours
from bot.errors import Refusal

MAX_REOPENED = 2
SHOWN = 20

STATES = {
    "reported": "待派单",
    "dispatched": "已派单，等接单",
    "accepted": "已接单",
    "in_progress": "办理中",
    "resolved": "已办结，等评价",
    "closed": "已评价，办结",
    "returned": "已退单，重新派单中",
    "reopened": "重新办理",
    "withdrawn": "已撤回",
}
OPEN = ("reported", "dispatched", "accepted", "in_progress", "returned", "reopened")

TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    # verb: (states it is allowed in, the state after it)
    "contact": (("reported",), "reported"),
    "dispatched": (("reported", "returned"), "dispatched"),
    "accepted": (("reported", "dispatched", "returned", "reopened"), "accepted"),
    "progress": (("accepted", "in_progress", "reopened"), "in_progress"),
    "resolved": (("accepted", "in_progress", "reopened"), "resolved"),
    "rated": (("resolved", "closed"), "closed"),
    "reopened": (("resolved", "closed"), "reopened"),
    "returned": (("dispatched", "accepted", "in_progress", "reopened"), "returned"),
    "withdrawn": (OPEN, "withdrawn"),
    "urged": (OPEN, ""),  # no state of its own
    "escalated": (OPEN, ""),
}


def report(conn: Connection, by: By, *, category: str, text: str, chat_id: int, **details: Any) -> Need:
    """Record a new need. `details`: place, company, phone, contact, urgent."""
    number = (conn.scalar(sa.select(sa.func.max(need.c.id))) or FIRST_NUMBER - 1) + 1
    respond_by, resolve_by = deadlines(category, bool(details.get("urgent")), by.at)
    conn.execute(
        sa.insert(need).values(
            id=number,
            category=category if category in CATEGORIES else FALLBACK,
            text=text,
            reporter_id=by.actor_id,
            chat_id=chat_id,
            state="reported",
            level=0,
            reopened=0,
            reported_at=by.at,
            respond_by=respond_by,
            resolve_by=resolve_by,
            **{"urgent": False, "complex": False, "source": "chat", "extended": 0, **details},
        )
    )
    _note(conn, number, "created", by)
    return get(conn, number)


def deadlines(category: str, urgent: bool, start: datetime) -> tuple[datetime, datetime]:
    """Until when to respond and to resolve, on the working-time calendar."""
    if urgent:
        return start + timedelta(hours=1), start + timedelta(hours=24)
    if category == "物业服务":
        return add_working_hours(start, 2), add_workdays(start, 2)
    return add_working_hours(start, 4), add_workdays(start, 5)


def get(conn: Connection, number: int) -> Need:
    """The need of that number. Raises Refusal for an unknown one."""
    found = find(conn, number)
    if found is None:
        raise Refusal(f"没有找到诉求{number}号，请核对编号。")
    return found


def find(conn: Connection, number: int) -> Need | None:
    """The need of that number, if there is one."""
    if not 0 < number < 2**31:
        return None
    row = conn.execute(sa.select(*NEED).where(need.c.id == number)).first()
    return Need(*row) if row else None


def same_again(conn: Connection, reporter_id: int, text: str, since: datetime) -> Need | None:
    """The need that the same person reported in the same words since then, unless it is over."""
    same = need.c.reporter_id == reporter_id, need.c.text == text, need.c.reported_at >= since
    found = _select(conn, *same, need.c.state.in_((*OPEN, "resolved")))
    return found[0] if found else None


def latest_in_chat(conn: Connection, chat_id: int, since: datetime) -> Need | None:
    """The open need that was reported last in a chat since then."""
    found = _select(conn, need.c.chat_id == chat_id, need.c.state.in_(OPEN), need.c.reported_at >= since)
    return found[0] if found else None


def of_reporter(conn: Connection, reporter_id: int, states: Sequence[str]) -> list[Need]:
    """What somebody reported that is in one of these states, newest first."""
    return _select(conn, need.c.reporter_id == reporter_id, need.c.state.in_(states))


def of_handler(conn: Connection, handler_id: int, states: Sequence[str]) -> list[Need]:
    """What somebody handles that is in one of these states, newest first."""
    return _select(conn, need.c.handler_id == handler_id, need.c.state.in_(states))


def in_chat(conn: Connection, chat_id: int, category: str | None, states: Sequence[str]) -> list[Need]:
    """What was reported in a chat, or dispatched to it as the chat of a service group, newest first."""
    here = need.c.chat_id == chat_id
    return _select(conn, (need.c.category == category) if category else here, need.c.state.in_(states))


def _select(conn: Connection, *conditions: sa.ColumnElement[bool], limit: int | None = SHOWN) -> list[Need]:
    query = sa.select(*NEED).where(*conditions).order_by(need.c.id.desc()).limit(limit)
    return [Need(*row) for row in conn.execute(query)]


def change(conn: Connection, number: int, verb: str, by: By, note: str = "", **values: Any) -> Need:
    """Carry out a step. Raises Refusal where the state does not allow it, and says what the state is."""
    current = get(conn, number)
    allowed, after = TRANSITIONS[verb]
    if current.state not in allowed:
        raise Refusal(_not_now(current, verb))
    values |= {"state": after or current.state}
    conn.execute(sa.update(need).where(need.c.id == number).values(**values))
    _note(conn, number, verb, by, note)
    return replace(current, **{name: value for name, value in values.items() if name in Need.__slots__})


def _not_now(current: Need, verb: str) -> str:
    """What is possible instead."""
    if verb == "rated":
        return f"诉求{current.id}号还没办结（{STATES[current.state]}），办结后再请您评价。"
    if verb in ("progress", "resolved") and current.state == "closed":
        return f"诉求{current.id}号已经评价关闭，如有新情况请重新报一件。"
    return f"诉求{current.id}号现在是「{STATES[current.state]}」，不能这样操作。"


def accept(conn: Connection, number: int, by: By, note: str = "") -> Need:
    """A handler takes the need. Taking it twice, or after somebody else, is refused."""
    current = get(conn, number)
    if current.state in ("accepted", "in_progress") and current.handler_id == by.actor_id:
        raise Refusal(f"诉求{number}号您已经接单了，办完请回复「{number}号办结」。")
    return change(conn, number, "accepted", by, note, handler_id=by.actor_id)


def progress(conn: Connection, number: int, by: By, note: str) -> Need:
    """A report on the way; whoever reports on a need that nobody took takes it."""
    _take_over(conn, number, by)
    return change(conn, number, "progress", by, note)


def resolve(conn: Connection, number: int, by: By, note: str) -> Need:
    """The need is done, says the handler; the reporter rates it."""
    _take_over(conn, number, by)
    return change(conn, number, "resolved", by, note, resolved_at=by.at, rating=None)


def _take_over(conn: Connection, number: int, by: By) -> None:
    if get(conn, number).state in ("reported", "dispatched", "returned"):
        change(conn, number, "accepted", by, handler_id=by.actor_id)


def rate(conn: Connection, number: int, by: By, rating: str, note: str = "") -> Need:
    """The reporter's rating. Dissatisfied reopens, at most twice, and goes up a level each time."""
    current = get(conn, number)
    if current.reporter_id != by.actor_id:
        raise Refusal(f"只有诉求{number}号的报事人可以评价。")
    rated = change(conn, number, "rated", by, note or rating, rating=rating)
    if rating != "dissatisfied":
        return rated
    level = min(current.level + 1, len(LEVELS) - 1)
    if current.reopened >= MAX_REOPENED:
        _note(conn, number, "escalated", by, "重办次数已满")
        conn.execute(sa.update(need).where(need.c.id == number).values(level=level))
        return get(conn, number)
    _, resolve_by = deadlines(current.category, current.urgent, by.at)
    change(conn, number, "reopened", by, note, reopened=current.reopened + 1, resolve_by=resolve_by)
    return change(conn, number, "escalated", by, level=level)


def give_back(conn: Connection, number: int, by: By, category: str, note: str) -> Need:
    """Not ours, says a handler: back to be dispatched to another service group."""
    change(conn, number, "returned", by, note, handler_id=None)
    conn.execute(sa.update(need).where(need.c.id == number).values(category=category))
    return get(conn, number)


def events(conn: Connection, number: int) -> list[sa.Row[Any]]:
    """The history of a need, oldest first: kind, actor_id, at, note."""
    columns = (need_event.c.kind, need_event.c.actor_id, need_event.c.at, need_event.c.note)
    return list(conn.execute(sa.select(*columns).where(need_event.c.need_id == number).order_by(need_event.c.id)))


def add_contact(conn: Connection, number: int, by: By, phone: str, contact: str | None) -> None:
    """A phone number that came after the dispatch."""
    conn.execute(sa.update(need).where(need.c.id == number).values(phone=phone, contact=contact))
    _note(conn, number, "contact", by)


def note_access(conn: Connection, number: int, by: By) -> None:
    """Somebody is shown the full contact."""
    conn.execute(sa.insert(need_access).values(need_id=number, person_id=by.actor_id, at=by.at))


def last_event(conn: Connection, number: int, kind: str) -> datetime | None:
    """When something last happened to a need."""
    query = sa.select(sa.func.max(need_event.c.at)).where(need_event.c.need_id == number)
    at: datetime | None = conn.scalar(query.where(need_event.c.kind == kind))
    return at


def waiting_for_contact(conn: Connection, after: datetime, until: datetime) -> list[Need]:
    """Needs that were reported in a span and still wait for a phone number: all of them, it is the clock that asks."""
    span = need.c.reported_at > after, need.c.reported_at <= until
    return _select(conn, need.c.state == "reported", *span, limit=None)


def overdue(conn: Connection, after: datetime, until: datetime, *, response: bool) -> list[Need]:
    """Needs whose time to respond (nobody accepted) or to resolve ran out in a span."""
    limit = need.c.respond_by if response else need.c.resolve_by
    states = ("dispatched", "returned", "reopened") if response else OPEN
    return _select(conn, need.c.state.in_(states), limit > after, limit <= until, limit=None)


def escalate(conn: Connection, number: int, by: By, reason: str) -> Need:
    """One level up: the next office looks after it."""
    level = min(get(conn, number).level + 1, len(LEVELS) - 1)
    return change(conn, number, "escalated", by, reason, level=level)


def _note(conn: Connection, number: int, kind: str, by: By, note: str = "") -> None:
    row = {"need_id": number, "kind": kind, "actor_id": by.actor_id, "at": by.at, "note": note}
    conn.execute(sa.insert(need_event).values(inbox_id=by.inbox_id, **row))
