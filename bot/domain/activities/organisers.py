"""Whom to ask about an activity: who announced it, who leads its club, the secretaries of the groups that know of it.

By what they are today: whoever announced it, and has no such part any more, has no say.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.activities import clubs, plan
from bot.domain.activities.clubs import Club
from bot.domain.activities.plan import Activity
from bot.domain.activities.reach import ancestry
from bot.domain.people import SECRETARY, STAFF, Chat


def of(conn: Connection, what: Activity) -> list[int]:
    """The people who decide about an activity, in order; the first is the one to ask."""
    club = clubs.called(conn, what.organiser) if what.organiser else None
    led = [club.leader_id] if club and club.leader_id else []
    entitled = [*led, *_secretaries(conn, what)]
    first = [one for one in [*entitled, *people.holders(conn, STAFF)] if one == what.drafter_id]
    return list(dict.fromkeys([*first, *entitled]))


def _secretaries(conn: Connection, what: Activity) -> list[int]:
    return _over(conn, what.organisation_id, plan.announced_in(conn, what.id))


def over_club(conn: Connection, club: Club, channel: str) -> list[int]:
    """The secretaries of a club's organisation and of its groups."""
    return _over(conn, club.organisation_id, clubs.groups(conn, club, channel))


def _over(conn: Connection, organisation_id: int | None, chats: Iterable[Chat]) -> list[int]:
    grant = people.role_grant
    here = grant.c.chat_id.in_([chat.id for chat in chats])
    where = sa.or_(here, grant.c.organisation_id.in_(ancestry(conn, organisation_id)))
    query = sa.select(grant.c.person_id).where(grant.c.role == SECRETARY, where).order_by(grant.c.id)
    return list(dict.fromkeys(conn.scalars(query)))


def decides(conn: Connection, what: Activity, person_id: int, role: str) -> bool:
    """Whether somebody may decide about an activity: its organisers, and the staff."""
    return role == STAFF or person_id in of(conn, what)
