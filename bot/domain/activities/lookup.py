"""Finding activities: those of a month, those that a chat or a person may mean."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import UTCDateTime
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
from bot.domain.activities.reach import ancestry
from bot.domain.people import Chat, Person, presence

_BEGINNING = (
    sa.select(*COLUMNS)
    .where(activity.c.state == sa.literal(PUBLISHED), activity.c.start > sa.bindparam("after", type_=UTCDateTime))
    .where(activity.c.start <= sa.bindparam("until", type_=UTCDateTime))
    .order_by(activity.c.start, activity.c.id)
)
FRESH = timedelta(hours=3)
"""How long after an activity was spoken of a bare +1 in that chat means it and no other."""


def of_month(conn: Connection, organisation_id: int | None, month: str) -> list[Activity]:
    """The published activities of a month (YYYY-MM) of an organisation and those above it, by time."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=SHANGHAI)
    after = (first + timedelta(days=32)).replace(day=1)
    return _select(
        conn,
        activity.c.state == PUBLISHED,
        activity.c.organisation_id.in_(ancestry(conn, organisation_id)),
        activity.c.start >= first,
        activity.c.start < after,
    )


def of_year(conn: Connection, year: int) -> list[Activity]:
    """All published, postponed and cancelled activities of a year, by time."""
    first, after = (datetime(one, 1, 1, tzinfo=SHANGHAI) for one in (year, year + 1))
    states = (PUBLISHED, POSTPONED, CANCELLED)
    return _select(conn, activity.c.state.in_(states), activity.c.start >= first, activity.c.start < after)


def in_reach(
    conn: Connection, chat: Chat, person: Person, since: datetime, until: datetime | None = None
) -> list[Activity]:
    """What somebody in a chat can mean, by time: activities that end after `since` and begin before `until`.

    Those of the chat's (in private: the person's) organisations, those announced in the chat, in private in
    any group where the person has spoken, and those of the person's clubs. Cancelled ones are left out.
    """
    home = person.organisation_id if chat.private else chat.organisation_id
    heard: sa.ColumnElement[bool] = announcement.c.chat_id == chat.id
    if chat.private:
        there = sa.select(presence.c.chat_id).where(presence.c.person_id == person.id)
        heard = sa.or_(heard, announcement.c.chat_id.in_(there))
    known = sa.select(announcement.c.activity_id).where(heard)
    reach = sa.or_(
        activity.c.organisation_id.in_(ancestry(conn, home)),
        activity.c.id.in_(known),
        activity.c.organiser.in_(clubs.names_of(person.id)),
    )
    conditions = [activity.c.state == PUBLISHED, reach, activity.c.start > since - timedelta(days=1)]
    if until is not None:
        conditions.append(activity.c.start <= until)
    return [one for one in _select(conn, *conditions) if one.ends > since]


def of_clubs(conn: Connection, names: Sequence[str], since: datetime) -> list[Activity]:
    """What clubs hold that ends after `since`, by time, whoever asks."""
    theirs = activity.c.organiser.in_(names), activity.c.state == PUBLISHED
    return [one for one in _select(conn, *theirs, activity.c.start > since - timedelta(days=1)) if one.ends > since]


def published_by_clubs(conn: Connection, after: datetime, until: datetime) -> dict[int, datetime]:
    """The activities of clubs that lie ahead and were published after the first moment, up to the second; and when."""
    query = (
        sa.select(activity.c.id, activity.c.published_at)
        .join(clubs.club, clubs.club.c.name == activity.c.organiser)
        .where(activity.c.state == PUBLISHED, activity.c.start > until)
        .where(activity.c.published_at > after, activity.c.published_at <= until)
    )
    return {row.id: row.published_at for row in conn.execute(query.order_by(activity.c.start, activity.c.id))}


def talked_about(
    conn: Connection,
    chat_id: int,
    candidates: Sequence[Activity],
    now: datetime,
    within: timedelta | None = None,
) -> list[Activity]:
    """Those of the candidates that this chat knows of, the last spoken of first.

    Where one alone was spoken of lately, it is the only one; `within`: only those spoken of since so long.
    """
    query = sa.select(announcement.c.activity_id, announcement.c.touched_at)
    touched = {one: at for one, at in conn.execute(query.where(announcement.c.chat_id == chat_id))}
    here = sorted((one for one in candidates if one.id in touched), key=lambda one: touched[one.id], reverse=True)
    fresh = [one for one in here if now - touched[one.id] <= (within or FRESH)]
    return fresh if within or len(fresh) == 1 else here


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
