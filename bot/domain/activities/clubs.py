"""社团: people with a hobby and a leader, who hold activities by themselves."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.errors import Refusal

club = sa.Table(
    "club",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(32), nullable=False, unique=True),
    sa.Column("leader_id", Id, sa.ForeignKey("person.id")),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
    sa.Column("since", UTCDateTime, nullable=False),
)

club_member = sa.Table(
    "club_member",
    metadata,
    sa.Column("club_id", Id, sa.ForeignKey("club.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("since", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Club:
    """One club."""

    id: int
    name: str
    leader_id: int | None
    organisation_id: int | None


_COLUMNS = [club.c[name] for name in Club.__slots__]


def found(conn: Connection, name: str, leader_id: int | None, organisation_id: int | None, now: datetime) -> Club:
    """A new club. Raises Refusal where one of that name exists."""
    row = {"name": name, "leader_id": leader_id, "organisation_id": organisation_id, "since": now}
    if not insert_new(conn, club, [row], unique=("name",)):
        raise Refusal(f"已经有「{name}」了。")
    made = next(one for one in everything(conn) if one.name == name)
    if leader_id:
        join(conn, made.id, leader_id, now)
    return made


def everything(conn: Connection) -> list[Club]:
    """All clubs, by name."""
    return [Club(*row) for row in conn.execute(sa.select(*_COLUMNS).order_by(club.c.name))]


def named(conn: Connection, text: str) -> Club | None:
    """The club whose name stands in a text, the longest where there are several."""
    known = [one for one in everything(conn) if one.name in text]
    return max(known, key=lambda one: len(one.name), default=None)


def join(conn: Connection, club_id: int, person_id: int, now: datetime) -> bool:
    """Become a member; False for one who is."""
    row = {"club_id": club_id, "person_id": person_id, "since": now}
    return bool(insert_new(conn, club_member, [row], unique=("club_id", "person_id")))


def leave(conn: Connection, club_id: int, person_id: int) -> bool:
    """Be a member no longer; False for one who is none."""
    mine = club_member.c.club_id == club_id, club_member.c.person_id == person_id
    return conn.execute(sa.delete(club_member).where(*mine)).rowcount == 1


def members(conn: Connection, club_id: int) -> list[int]:
    """Who is in a club, in the order of joining."""
    query = sa.select(club_member.c.person_id).where(club_member.c.club_id == club_id)
    return list(conn.scalars(query.order_by(club_member.c.since, club_member.c.person_id)))
