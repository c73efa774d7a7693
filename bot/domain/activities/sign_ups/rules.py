"""Seats and the waiting list.

People who come together stay together: a group is seated whole or waits whole. A seat that falls free goes to the
first in the list who fits; whoever was skipped keeps the place in the list.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.activities import plan
from bot.domain.activities.plan import Activity
from bot.domain.activities.sign_ups.rows import (
    CANCELLED,
    LEAVE,
    SEATED,
    WAITING,
    Applicant,
    SignUp,
    entries,
    find,
    get,
    seats,
    sign_up,
)
from bot.errors import Refusal


def join(conn: Connection, activity_id: int, who: Applicant, people: int, *, wait: bool) -> SignUp | None:
    """Sign somebody up: seated when all of them fit; else on the waiting list if `wait`, or None with nothing done.

    Somebody who is in the list already changes the number of people. Raises Refusal when the activity is called
    off, over or closed for sign-ups.
    """
    known = plan.get(conn, activity_id, lock=True)
    _must_be_open(known, who.at)
    held = find(conn, activity_id, who.person_id, who.name)
    if held:
        return resize(conn, held, people)
    fits = seats(conn, activity_id).fits(people)
    if not fits and not wait:
        return None
    if known.capacity is not None and people > known.capacity:
        raise Refusal(f"「{known.title}」一共只有{known.capacity}个名额，{people}人报不下。")
    row = {
        "activity_id": activity_id,
        "person_id": who.person_id,
        "name": who.name[:64],
        "people": people,
        "state": SEATED if fits else WAITING,
        "by_id": who.by_id,
        "chat_id": who.chat_id,
        "at": who.at,
        "reason": "",
        "confirmed": who.confirmed,
    }
    new = conn.scalar(sa.insert(sign_up).values(**row).returning(sign_up.c.id))
    assert new is not None
    return get(conn, new)


def _must_be_open(known: Activity, now: datetime) -> None:
    if known.state == plan.CANCELLED:
        raise Refusal(f"「{known.title}」已经取消，不用报名了。")
    if known.state == plan.POSTPONED:
        raise Refusal(f"「{known.title}」已延期，定下时间再报名。")
    if known.state != plan.PUBLISHED:
        raise Refusal(f"「{known.title}」还没有发布，暂时不能报名。")
    if known.ends <= now:
        raise Refusal(f"「{known.title}」已经结束，不能报名了。")
    if known.deadline and known.deadline < now:
        raise Refusal(f"「{known.title}」报名已经截止。")


def resize(conn: Connection, held: SignUp, people: int) -> SignUp:
    """Come with another number of people. Raises Refusal where a seated group would no longer fit."""
    if people == held.people:
        return held
    room = seats(conn, held.activity_id)
    if held.state == SEATED:
        if not room.fits(people - held.people):
            left = f"只剩{room.free}个名额" if room.free else "名额已满"
            raise Refusal(f"{left}，不够改成{people}人，原来的{held.people}人仍然保留。")
        state = SEATED
    else:
        state = SEATED if room.fits(people) else WAITING
    return _change(conn, held.id, people=people, state=state)


def leave(
    conn: Connection, held: SignUp, now: datetime, reason: str = "", people: int | None = None
) -> tuple[SignUp, list[SignUp]]:
    """Take a sign-up back, or only so many of its `people`; returns it, and who moved up into the seats."""
    plan.get(conn, held.activity_id, lock=True)
    if people is not None and people < held.people:
        left = _change(conn, held.id, people=held.people - people)
    else:
        left = _change(conn, held.id, state=CANCELLED, cancelled_at=now, reason=reason[:256])
    return left, promote(conn, held.activity_id)


def excuse(conn: Connection, activity_id: int, who: Applicant, reason: str) -> None:
    """请假 by somebody who is expected without having signed up."""
    row = {
        "activity_id": activity_id,
        "person_id": who.person_id,
        "name": who.name[:64],
        "people": 1,
        "state": LEAVE,
        "by_id": who.by_id,
        "chat_id": who.chat_id,
        "at": who.at,
        "reason": reason[:256],
    }
    conn.execute(sa.insert(sign_up).values(**row))


def confirm(conn: Connection, sign_up_id: int) -> None:
    """Somebody whom another signed up, or the organiser, says that it is right."""
    _change(conn, sign_up_id, confirmed=True)


def identify(conn: Connection, sign_up_id: int, person_id: int) -> None:
    """A mere name in the list is this person."""
    _change(conn, sign_up_id, person_id=person_id)


def promote(conn: Connection, activity_id: int) -> list[SignUp]:
    """Seat those who wait and fit, in order; whoever does not fit stays where they are."""
    moved = []
    for waiting in entries(conn, activity_id, WAITING):
        if seats(conn, activity_id).fits(waiting.people):
            moved.append(_change(conn, waiting.id, state=SEATED))
    return moved


def _change(conn: Connection, sign_up_id: int, **values: Any) -> SignUp:
    conn.execute(sa.update(sign_up).where(sign_up.c.id == sign_up_id).values(**values))
    return get(conn, sign_up_id)
