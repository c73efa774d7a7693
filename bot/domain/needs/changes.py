"""The steps of a need. Each is a row of the table in `transitions`, an event, and the row that the events add up to."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.needs import history, officers, timing
from bot.domain.needs import transitions as table
from bot.domain.needs.lookup import get
from bot.domain.needs.tables import CATEGORIES, FALLBACK, FIRST_NUMBER, LEVELS, TOP, By, Need, need
from bot.domain.people import COMPANY, HANDLER, SECRETARY, STAFF
from bot.errors import Refusal

MAX_REOPENED = 2
_THIS = sa.update(need).where(need.c.id == sa.bindparam("number"))
NO_CLOCK: dict[str, Any] = {"remind_at": None, "step_at": None, "feedback_at": None}
_NEW = {"urgent": False, "complex": False, "source": "chat", "level": 0, "reopened": 0, "extended": 0}


def report(conn: Connection, by: By, *, category: str, text: str, chat_id: int, **details: Any) -> Need:
    """Record a new need. `details`: place, company, phone, contact, urgent, source, outside_no, resolve_by …"""
    number = (conn.scalar(sa.select(sa.func.max(need.c.id))) or FIRST_NUMBER - 1) + 1
    category = category if category in CATEGORIES else FALLBACK
    blank = dict.fromkeys(Need.__slots__)
    values = blank | _NEW | {"id": number, "category": category, "text": text, "chat_id": chat_id, "state": "reported"}
    values |= {"reporter_id": by.actor_id, "reported_at": by.at} | details
    new = Need(**values)
    timed = timing.from_report(conn, new, by.at) | details
    new = replace(new, **{name: value for name, value in timed.items() if name in Need.__slots__})
    row = {name: getattr(new, name) for name in Need.__slots__}
    conn.execute(sa.insert(need), row)
    history.record(conn, number, "created", by, "", row)
    return new


def change(conn: Connection, number: int, verb: str, by: By, note: str = "", **values: Any) -> Need:
    """Carry out a step. Raises Refusal where state or role do not allow it, and says what is possible now.

    Values that are no column of a need belong to the event alone.
    """
    current = get(conn, number)
    after = table.after(current.state, verb, _parties(current, by))
    if after is None and by.actor_id:
        after = table.after(current.state, verb, history.parties(conn, number, by.actor_id))
    if after is None:
        raise Refusal(_not_now(current, verb, by))
    columns = {name: value for name, value in values.items() if name in Need.__slots__} | {"state": after}
    conn.execute(_THIS, {"number": number, **columns})
    history.record(conn, number, verb, by, note, values)
    return replace(current, **columns)


def _parties(current: Need, by: By) -> set[str]:
    """What somebody is to a need."""
    if by.actor_id is None:
        return {table.CLOCK, table.ANYONE}
    by_role = {HANDLER: table.WORKER, SECRETARY: table.WORKER, STAFF: table.STAFF, COMPANY: table.COMPANY}
    found = {table.ANYONE, by_role.get(by.role, table.ANYONE)}
    found |= {table.REPORTER} if by.actor_id == current.reporter_id else set()
    return found | ({table.HOLDER} if by.actor_id == current.handler_id else set())


def _not_now(current: Need, verb: str, by: By) -> str:
    """Why not, and what is possible instead: one sentence."""
    name, state = table.NAMES[verb], table.STATES[current.state]
    if current.merged_into_id:
        return f"诉求{current.id}号已并入{current.merged_into_id}号，请对{current.merged_into_id}号操作。"
    if able := table.who_may(current.state, verb):
        return f"只有诉求{current.id}号的{'、'.join(able)}可以{name}。"
    if verb == "rated" and current.state in table.OPEN:
        return f"诉求{current.id}号还没办结（{state}），办结后再请您评价。"
    steps = table.possible(current.state, _parties(current, by))
    says = "、".join(f"「{step.say.format(n=current.id)}」" for step in steps[:4])
    now = f"现在可以：{says}。" if says else "有新情况请重新报一件。"
    return f"诉求{current.id}号现在是「{state}」，不能{name}；{now}"


# handlers


def accept(conn: Connection, number: int, by: By, note: str = "") -> Need:
    """A handler takes the need. Taking it twice, or after somebody else, is refused."""
    current = get(conn, number)
    if current.state in ("accepted", "in_progress") and current.handler_id:
        if current.handler_id == by.actor_id:
            raise Refusal(f"诉求{number}号您已经接单了，办完请回复「{number}号办结」。")
        lead = people.display_name(people.get_person(conn, current.handler_id))
        raise Refusal(f"诉求{number}号已由{lead}接单，想一起办请回复「认领{number}号，我们出…」。")
    timed = timing.until_resolved(conn, current, by.at, current.resolve_by)
    return change(conn, number, "accepted", by, note, handler_id=by.actor_id, **timed)


def progress(conn: Connection, number: int, by: By, note: str) -> Need:
    """A report on the way; whoever reports on a need that nobody took takes it."""
    taken = _take_over(conn, number, by)
    return change(conn, number, "progress", by, note, feedback_at=timing.next_word(conn, taken, by.at))


def resolve(conn: Connection, number: int, by: By, note: str) -> Need:
    """The need is done, says the handler; the reporter rates it, or is asked again, or it is closed unrated."""
    current = _take_over(conn, number, by)
    handler = current.handler_id or by.actor_id
    timed = timing.until_rated(by.at)
    return change(conn, number, "resolved", by, note, resolved_at=by.at, rating=None, handler_id=handler, **timed)


def _take_over(conn: Connection, number: int, by: By) -> Need:
    current = get(conn, number)
    if current.state in ("reported", "dispatched", "returned"):
        return accept(conn, number, by)
    return current


def give_back(conn: Connection, number: int, by: By, category: str, note: str, department: str | None = None) -> Need:
    """Not ours, says a handler: back to be dispatched to another service group, whose time to respond starts anew."""
    elsewhere = replace(get(conn, number), category=category)
    timed = timing.until_answered(conn, elsewhere, by.at)
    whose = {"category": category, "department": department, "handler_id": None}
    return change(conn, number, "returned", by, note, **whose, **timed)


# reporters


def rate(conn: Connection, number: int, by: By, rating: str, note: str = "") -> Need:
    """The reporter's rating. Dissatisfied reopens, at most twice, and goes up a level each time."""
    rated = change(conn, number, "rated", by, note or rating, rating=rating, **NO_CLOCK)
    if rating != "dissatisfied":
        return change(conn, number, "closed", by)
    if rated.reopened >= MAX_REOPENED:
        return escalate(conn, number, by, "重办次数已满")
    return reopen(conn, number, by, note)


def reopen(conn: Connection, number: int, by: By, note: str) -> Need:
    """To be done again, a level up, with new deadlines."""
    current = get(conn, number)
    resolve_by = timing.limit(conn, current, "resolve", by.at)
    timed = timing.until_resolved(conn, current, by.at, resolve_by)
    again = {"reopened": current.reopened + 1, "resolve_by": resolve_by, "resolved_at": None}
    change(conn, number, "reopened", by, note, **again, **timed)
    return escalate(conn, number, by, "不满意")


def add_contact(conn: Connection, number: int, by: By, phone: str, contact: str | None) -> Need:
    """A phone number that came after the dispatch."""
    return change(conn, number, "contact", by, phone=phone, contact=contact)


# the clock


def escalate(conn: Connection, number: int, by: By, reason: str) -> Need:
    """One level up: somebody else is told. At the top it stays there, and the clock has no further step."""
    current = get(conn, number)
    risen = replace(current, level=min(current.level + 1, TOP))
    step_at = timing.limit(conn, risen, "rise", by.at) if risen.level < TOP and risen.state != "rated" else None
    told = officers.answerable(conn, risen)
    note = f"{reason}，{LEVELS[risen.level]}跟进" if reason else f"{LEVELS[risen.level]}跟进"
    return change(conn, number, "escalated", by, note, level=risen.level, step_at=step_at, told=told)


def close(conn: Connection, number: int, by: By, note: str) -> Need:
    """The committee ends it."""
    return change(conn, number, "closed", by, note, **NO_CLOCK)


def close_unrated(conn: Connection, number: int, by: By) -> Need:
    """The reporter had their time, and a reminder: no rating is none, and not "satisfied"."""
    return change(conn, number, "closed", by, "未评价", **NO_CLOCK)


def remind(conn: Connection, number: int, by: By, what: str = "remind_at", again: datetime | None = None) -> Need:
    """Somebody was reminded; `again`: when next."""
    moment: dict[str, Any] = {what: again}
    return change(conn, number, "reminded", by, **moment)
