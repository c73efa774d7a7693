"""Seats and the waiting list.

People who come together stay together: a group is seated whole or waits whole. A seat that falls free goes to the
first in the list who fits; whoever was skipped keeps the place in the list.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.activities import plan
from bot.domain.activities.plan import Activity, activity
from bot.errors import Refusal

SEATED, WAITING, CANCELLED, LEAVE = "seated", "waiting", "cancelled", "leave"
HELD = (SEATED, WAITING)

sign_up = sa.Table(
    "sign_up",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the order of the waiting list
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), nullable=False, index=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), index=True),  # None: only a name is known
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("people", sa.Integer, nullable=False),  # the person with companions
    sa.Column("state", sa.String(16), nullable=False),  # seated, waiting, cancelled, leave (请假 without a sign-up)
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),  # who said it
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("cancelled_at", UTCDateTime),
    sa.Column("reason", sa.String(256), nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.true()),  # False: another's word only
)


@dataclass(frozen=True, slots=True)
class SignUp:
    """One entry in the list of an activity."""

    id: int
    activity_id: int
    person_id: int | None
    name: str
    people: int
    state: str
    by_id: int
    chat_id: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who wants to come: a person, or only a name that somebody else gave; said by whom, where and when."""

    person_id: int | None
    name: str
    by_id: int
    chat_id: int
    at: datetime
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Seats:
    """Heads, not entries."""

    taken: int
    waiting: int
    capacity: int | None

    @property
    def free(self) -> int | None:
        """Seats left; None without a limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def fits(self, people: int) -> bool:
        """Whether so many people can still be seated."""
        return self.free is None or people <= self.free


COLUMNS = [sign_up.c[name] for name in SignUp.__slots__]


def seats(conn: Connection, activity_id: int) -> Seats:
    """How full an activity is."""
    capacity = conn.scalar(sa.select(activity.c.capacity).where(activity.c.id == activity_id))
    query = sa.select(sign_up.c.state, sa.func.sum(sign_up.c.people)).where(
        sign_up.c.activity_id == activity_id, sign_up.c.state.in_(HELD)
    )
    heads = {state: int(total) for state, total in conn.execute(query.group_by(sign_up.c.state))}
    return Seats(heads.get(SEATED, 0), heads.get(WAITING, 0), capacity)


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


def find(conn: Connection, activity_id: int, person_id: int | None, name: str = "") -> SignUp | None:
    """What somebody holds in an activity; without a person, what stands under that name."""
    who = sign_up.c.person_id == person_id if person_id else sign_up.c.person_id.is_(None) & (sign_up.c.name == name)
    found = _select(conn, sign_up.c.activity_id == activity_id, who, sign_up.c.state.in_(HELD))
    return found[0] if found else None


def named_in(conn: Connection, activity_id: int, name: str) -> SignUp | None:
    """What stands under a name in the list of an activity; None where several bear it."""
    found = _select(conn, sign_up.c.activity_id == activity_id, sign_up.c.name == name, sign_up.c.state.in_(HELD))
    return found[0] if len(found) == 1 else None


def get(conn: Connection, sign_up_id: int) -> SignUp:
    """The entry with that id."""
    return _select(conn, sign_up.c.id == sign_up_id)[0]


def entries(conn: Connection, activity_id: int, *states: str) -> list[SignUp]:
    """The list of an activity in these states (by default seated and waiting), in the order of signing up."""
    return _select(conn, sign_up.c.activity_id == activity_id, sign_up.c.state.in_(states or HELD))


def of_person(conn: Connection, person_id: int, since: datetime) -> list[tuple[Activity, SignUp]]:
    """What somebody has signed up for, or signed others up for, that is not over by `since`; by time."""
    mine = _select(
        conn, sa.or_(sign_up.c.person_id == person_id, sign_up.c.by_id == person_id), sign_up.c.state.in_(HELD)
    )
    pairs = [(plan.get(conn, one.activity_id), one) for one in mine]
    ahead = [(what, one) for what, one in pairs if what.state == plan.PUBLISHED and what.ends > since]
    return sorted(ahead, key=lambda pair: (pair[0].begins, pair[0].id))


def place_in_line(conn: Connection, held: SignUp) -> int:
    """Which place in the waiting list an entry has, from 1."""
    return [one.id for one in entries(conn, held.activity_id, WAITING)].index(held.id) + 1


def _change(conn: Connection, sign_up_id: int, **values: Any) -> SignUp:
    conn.execute(sa.update(sign_up).where(sign_up.c.id == sign_up_id).values(**values))
    return get(conn, sign_up_id)


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[SignUp]:
    query = sa.select(*COLUMNS).where(*conditions).order_by(sign_up.c.id)
    return [SignUp(*row) for row in conn.execute(query)]
