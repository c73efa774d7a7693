"""What people thought of an activity that they were at: one to five."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata

MOST = 5

activity_rating = sa.Table(
    "activity_rating",
    metadata,
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("stars", sa.Integer, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Average:
    """What all who answered gave on average, and how many they are."""

    stars: float
    count: int


def rate(conn: Connection, activity_ids: Iterable[int], person_id: int, stars: int, now: datetime) -> None:
    """Note what somebody gives; a second word replaces the first."""
    for activity_id in activity_ids:
        row = {"activity_id": activity_id, "person_id": person_id, "stars": stars, "at": now}
        if not insert_new(conn, activity_rating, [row], unique=("activity_id", "person_id")):
            mine = activity_rating.c.activity_id == activity_id, activity_rating.c.person_id == person_id
            conn.execute(sa.update(activity_rating).where(*mine).values(stars=stars, at=now))


def average(conn: Connection, activity_id: int) -> Average | None:
    """What an activity was given; None where nobody said."""
    table = activity_rating
    query = sa.select(sa.func.avg(table.c.stars), sa.func.count()).where(table.c.activity_id == activity_id)
    mean, count = conn.execute(query).one()
    return Average(float(mean), int(count)) if count else None
