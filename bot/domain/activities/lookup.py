"""Finding activities: those of a month, those that a chat or a person may mean."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import UTCDateTime, some_of
from bot.domain.activities import clubs
from bot.domain.activities.plan import (
    CANCELLED,
    COLUMNS,
    POSTPONED,
    PUBLISHED,
    Activity,
    activity,
    announcement,
)
from bot.domain.activities.reach import ancestry, homes_of
from bot.domain.people import Chat, Person, presence

_BEGINNING = (
    sa.select(*COLUMNS)
    .where(activity.c.state == sa.literal(PUBLISHED), activity.c.start > sa.bindparam("after", type_=UTCDateTime))
    .where(activity.c.start <= sa.bindparam("until", type_=UTCDateTime))
    .order_by(activity.c.start, activity.c.id)
)
_AFTER = sa.bindparam("after", type_=UTCDateTime)
_UNTIL = sa.bindparam("until", type_=UTCDateTime)
_HEARD = announcement.c.chat_id == sa.bindparam("chat")
_HEARD_BY = sa.or_(
    _HEARD,
    announcement.c.chat_id.in_(sa.select(presence.c.chat_id).where(presence.c.person_id == sa.bindparam("person"))),
)


def _reach(heard: sa.ColumnElement[bool]) -> sa.Select[Any]:
    known = sa.select(announcement.c.activity_id).where(heard)
    near = sa.or_(
        activity.c.organisation_id.in_(some_of("homes")),
        activity.c.id.in_(known),
        activity.c.organiser.in_(clubs.names_of(sa.bindparam("person"))),
    )
    within = activity.c.start > _AFTER, activity.c.start <= _UNTIL
    query = sa.select(*COLUMNS).where(activity.c.state == sa.literal(PUBLISHED), *within, near)
    return query.order_by(activity.c.start, activity.c.id)


_IN_GROUP, _IN_PRIVATE = _reach(_HEARD), _reach(_HEARD_BY)
_TOUCHED = sa.select(announcement.c.activity_id, announcement.c.touched_at).where(_HEARD)
_BY_CLUBS = (
    sa.select(activity.c.id, activity.c.published_at)
    .join(clubs.club, clubs.club.c.name == activity.c.organiser)
    .where(activity.c.state == sa.literal(PUBLISHED), activity.c.start > _UNTIL)
    .where(activity.c.published_at > _AFTER, activity.c.published_at <= _UNTIL)
    .order_by(activity.c.start, activity.c.id)
)
FOREVER = timedelta(days=3650)
FRESH = timedelta(hours=3)
"""How long after an activity was spoken of a bare +1 in that chat means it and no other."""


def of_month(conn: Connection, organisation_id: int | None, month: str, chat_ids: Sequence[int] = ()) -> list[Activity]:
    """The published activities of a month (YYYY-MM), by time: of an organisation and those above it, or announced in
    one of these chats.
    """
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=SHANGHAI)
    after = (first + timedelta(days=32)).replace(day=1)
    known = sa.select(announcement.c.activity_id).where(announcement.c.chat_id.in_(chat_ids))
    return _select(
        conn,
        activity.c.state == PUBLISHED,
        sa.or_(activity.c.organisation_id.in_(ancestry(conn, organisation_id)), activity.c.id.in_(known)),
        activity.c.start >= first,
        activity.c.start < after,
    )


def of_year(conn: Connection, year: int) -> list[Activity]:
    """All published, postponed and cancelled activities of a year, by time."""
    first, after = (datetime(one, 1, 1, tzinfo=SHANGHAI) for one in (year, year + 1))
    states = (PUBLISHED, POSTPONED, CANCELLED)
    return _select(conn, activity.c.state.in_(states), activity.c.start >= first, activity.c.start < after)


def put_off(conn: Connection) -> list[Activity]:
    """All that was put off to a day that is not known yet."""
    return _select(conn, activity.c.state == POSTPONED)


def in_reach(
    conn: Connection, chat: Chat, person: Person, since: datetime, until: datetime | None = None
) -> list[Activity]:
    """What somebody in a chat can mean, by time: activities that end after `since` and begin before `until`.

    Those of the chat's (in private: the person's and their groups') organisations, those announced in the chat, in
    private in any group where the person has spoken, and those of the person's clubs. Cancelled ones are left out.
    """
    homes = homes_of(conn, person) if chat.private else ancestry(conn, chat.organisation_id)
    wanted = {
        "chat": chat.id,
        "person": person.id,
        "homes": homes,
        "after": since - timedelta(days=1),
        "until": until or since + FOREVER,
    }
    found = (Activity(*row) for row in conn.execute(_IN_PRIVATE if chat.private else _IN_GROUP, wanted))
    return [one for one in found if one.ends > since]


def of_clubs(conn: Connection, names: Sequence[str], since: datetime) -> list[Activity]:
    """What clubs hold that ends after `since`, by time, whoever asks."""
    theirs = activity.c.organiser.in_(names), activity.c.state == PUBLISHED
    return [one for one in _select(conn, *theirs, activity.c.start > since - timedelta(days=1)) if one.ends > since]


def published_by_clubs(conn: Connection, after: datetime, until: datetime) -> dict[int, datetime]:
    """The activities of clubs that lie ahead and were published after the first moment, up to the second; and when."""
    return {row.id: row.published_at for row in conn.execute(_BY_CLUBS, {"after": after, "until": until})}


def touched(conn: Connection, chat_id: int) -> dict[int, datetime]:
    """When each activity that a chat knows of was last announced or spoken of there."""
    return {one: at for one, at in conn.execute(_TOUCHED, {"chat": chat_id})}


def talked_about(conn: Connection, chat_id: int, candidates: Sequence[Activity], now: datetime) -> list[Activity]:
    """Those of the candidates that this chat knows of, the last spoken of first.

    Where one alone was spoken of lately, it is the only one.
    """
    known = touched(conn, chat_id)
    here = sorted((one for one in candidates if one.id in known), key=lambda one: known[one.id], reverse=True)
    fresh = [one for one in here if now - known[one.id] <= FRESH]
    return fresh if len(fresh) == 1 else here


def same(conn: Connection, title: str, start: datetime) -> Activity | None:
    """The published or cancelled activity of that title and time: an announcement posted again."""
    known = _select(
        conn, activity.c.title == title, activity.c.start == start, activity.c.state.in_((PUBLISHED, CANCELLED))
    )
    return known[0] if known else None


def beginning(conn: Connection, after: datetime, until: datetime) -> list[Activity]:
    """The published activities that begin after the first moment, up to and including the second, by time."""
    return [Activity(*row) for row in conn.execute(_BEGINNING, {"after": after, "until": until})]


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Activity]:
    query = sa.select(*COLUMNS).where(*conditions).order_by(activity.c.start, activity.c.id)
    return [Activity(*row) for row in conn.execute(query)]
