"""Whom to ask about an activity: who announced it, else the secretaries of the groups that know of it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.activities import plan
from bot.domain.activities.plan import Activity
from bot.domain.activities.reach import ancestry
from bot.domain.people import SECRETARY, STAFF


def of(conn: Connection, what: Activity) -> list[int]:
    """The people who decide about an activity, in order; the first is the one to ask."""
    first = [what.drafter_id] if what.drafter_id else []
    return list(dict.fromkeys([*first, *_secretaries(conn, what)]))


def _secretaries(conn: Connection, what: Activity) -> list[int]:
    grant = people.role_grant
    chats = [chat.id for chat in plan.announced_in(conn, what.id)]
    where = sa.or_(grant.c.chat_id.in_(chats), grant.c.organisation_id.in_(ancestry(conn, what.organisation_id)))
    query = sa.select(grant.c.person_id).where(grant.c.role == SECRETARY, where).order_by(grant.c.id)
    return list(dict.fromkeys(conn.scalars(query)))


def decides(conn: Connection, what: Activity, person_id: int, role: str) -> bool:
    """Whether somebody may decide about an activity: its organisers, and the staff."""
    return role == STAFF or person_id in of(conn, what)
