"""签到页: whose phone stands at the door of an activity.

A phone is tied to a person once: its page shows four digits, which the person says to the bot in a chat, where it
is known who they are. From then on the phone's key (bot.domain.access) says who it is, and one tap checks in. Whoever
cannot do that writes a name for the organiser to vouch for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import access, people
from bot.domain.activities import attendance, claims, codes, organisers, plan, sign_ups
from bot.domain.activities.attendance import CheckIn
from bot.domain.activities.codes import phone_code
from bot.domain.activities.plan import Activity
from bot.domain.people import Chat, Person

PAGE = "page"
"""The pseudo-channel of what is known from the page alone."""
GOOD_FOR = timedelta(minutes=15)
MOST = 2000
"""Phones that may wait at a time: of 9,000 numbers, so that a slip of the finger seldom hits another's."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who holds a phone, and when they checked in; or the digits by which they can tell."""

    person: Person | None = None
    code: str | None = None
    here: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vouching:
    """What became of a name that somebody wrote: known to be there, or waiting for the organiser; or not known."""

    known: bool
    here: datetime | None = None
    unit_wanted: bool = False  # several bear that name
    organiser_id: int | None = None


def guest(conn: Connection, what: Activity, secret: str, now: datetime) -> Guest:
    """Who holds the phone with that secret, or the digits that it has been given."""
    person_id = access.holder(conn, secret, access.PHONE, now)
    if person_id is not None:
        return Guest(people.get_person(conn, person_id), here=_here(conn, what, person_id))
    mine = phone_code.c.digest == access.digest(secret), phone_code.c.activity_id == what.id
    return Guest(code=conn.scalar(sa.select(phone_code.c.code).where(*mine, phone_code.c.expires_at > now)))


def invite(conn: Connection, what: Activity, secret: str, now: datetime) -> Guest:
    """Give an unknown phone its digits; none where too many wait already."""
    mine = access.digest(secret)
    conn.execute(sa.delete(phone_code).where(sa.or_(phone_code.c.expires_at <= now, phone_code.c.digest == mine)))
    waiting = conn.scalar(sa.select(sa.func.count()).select_from(phone_code)) or 0
    code = codes.free(conn, now) if waiting < MOST else None
    if code is None:
        return Guest()
    row = {"code": code, "digest": mine, "activity_id": what.id, "expires_at": now + GOOD_FOR}
    conn.execute(sa.insert(phone_code).values(**row))
    return Guest(code=code)


def tie(conn: Connection, code: str, person_id: int, now: datetime) -> int | None:
    """Somebody said the digits of a phone: it is theirs. The activity at whose door it stands; None for no phone's."""
    said = sa.delete(phone_code).where(phone_code.c.code == code, phone_code.c.expires_at > now)
    row = conn.execute(said.returning(phone_code.c.digest, phone_code.c.activity_id)).first()
    if row is None:
        return None
    access.admit(conn, row.digest, person_id, access.PHONE, now)
    return int(row.activity_id)


def arrive(conn: Connection, what: Activity, secret: str, now: datetime) -> CheckIn | None:
    """Check in who holds a phone; None where nobody is known to, or who it is has never been told."""
    person_id = access.holder(conn, secret, access.PHONE, now)
    if person_id is None or not _introduced(conn, what, person_id):
        return None
    return attendance.check_in(conn, what, person_id, _chat(conn, what).id, now, attendance.PAGE)


def _introduced(conn: Connection, what: Activity, person_id: int) -> bool:
    return people.get_person(conn, person_id).registered or sign_ups.find(conn, what.id, person_id) is not None


def vouch_for(conn: Connection, what: Activity, name: str, unit: str, now: datetime) -> Vouching:
    """Note that somebody of that name says to be there: it counts once the organiser has agreed."""
    found = _known(conn, what, name, unit)
    if not found:
        return Vouching(known=False)
    if len(found) > 1:
        return Vouching(known=True, unit_wanted=True)
    (person_id,) = found
    if here := _here(conn, what, person_id):
        return Vouching(known=True, here=here)
    claims.claim(
        conn,
        what.id,
        person_id=person_id,
        name=name,
        kind=claims.PROXY,
        by_id=person_id,
        chat_id=_chat(conn, what).id,
        at=now,
        reason="签到页请代签",
    )
    return Vouching(known=True, organiser_id=next(iter(organisers.of(conn, what)), None))


def _here(conn: Connection, what: Activity, person_id: int) -> datetime | None:
    return next((at for one, at, _ in attendance.present(conn, what.id) if one == person_id), None)


def _known(conn: Connection, what: Activity, name: str, unit: str) -> list[int]:
    """Who bears that name: in the list of the activity; else in the groups that know of it; else anywhere."""
    person, entry = people.person, sign_ups.sign_up
    listed = sa.select(entry.c.person_id).where(entry.c.activity_id == what.id, entry.c.state.in_(sign_ups.HELD))
    chats = [chat.id for chat in plan.announced_in(conn, what.id)]
    heard = sa.select(people.presence.c.person_id).where(people.presence.c.chat_id.in_(chats))
    for among in (listed, heard, sa.select(people.identity.c.person_id)):
        query = sa.select(person.c.id).where(person.c.name == name, person.c.id.in_(among)).order_by(person.c.id)
        found = [one for one in conn.scalars(query) if not unit or _of(conn, one, unit)]
        if found:
            return found
    return []


def _of(conn: Connection, person_id: int, unit: str) -> bool:
    """Whether a unit is somebody's, as far as is known."""
    someone = people.get_person(conn, person_id)
    theirs = people.organisation_name(conn, someone.organisation_id) or someone.company or ""
    return not theirs or unit in theirs or theirs in unit


def _chat(conn: Connection, what: Activity) -> Chat:
    groups = plan.announced_in(conn, what.id)
    return groups[0] if groups else people.meet_chat(conn, PAGE, PAGE, title="签到页", private=True)
