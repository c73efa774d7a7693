"""签到页: who stands at the door of an activity, by the name that they type on their own phone."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.activities import attendance, claims, plan, sign_ups
from bot.domain.activities.attendance import CheckIn
from bot.domain.activities.plan import Activity
from bot.domain.people import Chat

PAGE = "page"
"""The pseudo-channel of those who are known by their name on the page alone."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a name: a presence; a claim that waits, for a second name from one phone; or a question."""

    presence: CheckIn | None = None
    waits: bool = False
    unit_wanted: bool = False  # a stranger, or one of several namesakes


def arrive(conn: Connection, what: Activity, name: str, unit: str, now: datetime, *, second: bool) -> Arrival:
    """Check somebody in by name and unit. `second`: this phone has checked in another person before."""
    known = _known(conn, what, name, unit)
    if len(known) > 1 or (not known and not unit):
        return Arrival(unit_wanted=True)
    chat = _chat(conn, what)
    if known:
        person_id = known[0]
    else:
        person_id = people.meet_person(conn, PAGE, f"{name}·{unit}", name).id
        people.register(conn, person_id, now, name=name, company=unit)
        _take_over(conn, what, name, person_id)
    present = any(one == person_id for one, _, _ in attendance.present(conn, what.id))
    if second and not present:
        claims.claim(
            conn,
            what.id,
            person_id=person_id,
            name=name,
            kind=claims.PROXY,
            by_id=person_id,
            chat_id=chat.id,
            at=now,
            reason="同一手机代签",
        )
        return Arrival(waits=True)
    return Arrival(attendance.check_in(conn, what, person_id, chat.id, now, attendance.PAGE))


def _known(conn: Connection, what: Activity, name: str, unit: str) -> list[int]:
    """Who bears that name: in the list of the activity; else in the groups that know of it; else on this page."""
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


def _take_over(conn: Connection, what: Activity, name: str, person_id: int) -> None:
    """A sign-up that was a mere name is this person's."""
    held = sign_ups.named_in(conn, what.id, name)
    if held and held.person_id is None:
        sign_ups.identify(conn, held.id, person_id)


def _chat(conn: Connection, what: Activity) -> Chat:
    groups = plan.announced_in(conn, what.id)
    return groups[0] if groups else people.meet_chat(conn, PAGE, PAGE, title="签到页", private=True)
