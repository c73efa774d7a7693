"""What stands in the way of an activity: another one in the same place, or for the same people, at the same time."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.activities.plan import COLUMNS, PUBLISHED, Activity, activity, announcement
from bot.domain.activities.reach import ancestry, subtree
from bot.domain.people import Chat
from knowledge.companies import Gazetteer

_LONGEST = timedelta(days=3)
_SURE = 90.0


def at_the_time(conn: Connection, what: Activity) -> list[Activity]:
    """The published activities that overlap with one in time, by time."""
    if what.start is None:
        return []
    conditions = (
        activity.c.state == PUBLISHED,
        activity.c.id != what.id,
        activity.c.start > what.start - _LONGEST,
        activity.c.start < what.ends,
    )
    query = sa.select(*COLUMNS).where(*conditions).order_by(activity.c.start, activity.c.id)
    return [one for one in (Activity(*row) for row in conn.execute(query)) if one.ends > what.start]


def same_place(what: Activity, others: Sequence[Activity]) -> list[Activity]:
    """Those of the others that are to be in the same place."""
    return [one for one in others if what.place and one.place == what.place]


def same_people(conn: Connection, others: Sequence[Activity], chats: Sequence[Chat]) -> list[Activity]:
    """Those of the others that one of these groups knows of, or that are for its whole organisation."""
    ids = [chat.id for chat in chats]
    query = sa.select(announcement.c.activity_id).where(announcement.c.chat_id.in_(ids))
    heard = set(conn.scalars(query))
    homes = {home for chat in chats for home in ancestry(conn, chat.organisation_id)}
    return [one for one in others if one.id in heard or (one.required and one.organisation_id in homes)]


def not_reached(conn: Connection, audience: str, chats: Sequence[Chat]) -> list[str]:
    """The organisations that an audience names and that none of these groups is of."""
    if not audience or not chats:
        return []
    homes = {chat.organisation_id for chat in chats if chat.organisation_id}
    near = {one for home in homes for one in (*ancestry(conn, home), *subtree(conn, home))}
    known = people.organisations(conn)
    found = Gazetteer((one.id, [one.name, one.short_name]) for one in known).find(audience, limit=5)
    named = {match.key for match in found if match.score >= _SURE}
    return [one.short_name or one.name for one in known if one.id in named and one.id not in near]


def expected(conn: Connection, chats: Sequence[Chat]) -> int:
    """How many people have been heard in these groups."""
    ids = [chat.id for chat in chats]
    heard = sa.select(sa.func.count(sa.distinct(people.presence.c.person_id)))
    return conn.scalar(heard.where(people.presence.c.chat_id.in_(ids))) or 0
