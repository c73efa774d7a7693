"""社团: people with a hobby and a leader, who hold activities by themselves: those with their name as organiser."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people
from bot.domain.activities.reach import ancestry
from bot.domain.people import SECRETARY, Chat
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

KIND = "俱乐部|兴趣小组|志愿队|社团|协会|小组|社|队|团"
"""What the name of a club ends in."""


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
    made = called(conn, name)
    assert made is not None
    if leader_id:
        join(conn, made.id, leader_id, now)
    return made


def dissolve(conn: Connection, club_id: int) -> None:
    """There is no such club any more; what it held stays."""
    conn.execute(sa.delete(club_member).where(club_member.c.club_id == club_id))
    conn.execute(sa.delete(club).where(club.c.id == club_id))


def hand_over(conn: Connection, club_id: int, leader_id: int, now: datetime) -> None:
    """Somebody else leads it from now on."""
    conn.execute(sa.update(club).where(club.c.id == club_id).values(leader_id=leader_id))
    join(conn, club_id, leader_id, now)


def everything(conn: Connection) -> list[Club]:
    """All clubs, by name."""
    return _select(conn)


def called(conn: Connection, name: str) -> Club | None:
    """The club of exactly that name."""
    return next(iter(_select(conn, club.c.name == name)), None)


def led_by(conn: Connection, person_id: int) -> list[Club]:
    """The clubs that somebody leads, by name."""
    return _select(conn, club.c.leader_id == person_id)


def named(conn: Connection, text: str) -> Club | None:
    """The club whose name stands in a text, the longest where there are several."""
    known = [one for one in everything(conn) if one.name in text]
    return max(known, key=lambda one: len(one.name), default=None)


def meant(conn: Connection, words: str) -> Club | None:
    """The club that somebody calls so, with the end of its name or without: 羽毛球 for 羽毛球社."""
    known = everything(conn)
    same = [one for one in known if one.name == words] or [one for one in known if _stem(one.name) == _stem(words)]
    return same[0] if len(same) == 1 else None


def _stem(name: str) -> str:
    return re.sub(rf"(?<=.)(?:{KIND})$", "", name)


def homes(conn: Connection, secretary_id: int) -> list[int]:
    """The organisations that somebody is secretary of: by a role in them, or in a group of theirs."""
    held, where = people.role_grant, people.chat
    home = sa.func.coalesce(held.c.organisation_id, where.c.organisation_id)
    query = sa.select(home).select_from(held.outerjoin(where, where.c.id == held.c.chat_id))
    mine = held.c.person_id == secretary_id, held.c.role == SECRETARY, home.is_not(None)
    return list(conn.scalars(query.where(*mine).distinct().order_by(home)))


def groups(conn: Connection, one: Club, channel: str) -> list[Chat]:
    """The groups that a club speaks to: of its organisation, or of the next one above that has any."""
    known = people.chats(conn, channel, "group")
    for home in ancestry(conn, one.organisation_id):
        if theirs := [chat for chat in known if chat.organisation_id == home]:
            return theirs
    return []


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


def names_of(person: sa.BindParameter[int]) -> sa.Select[tuple[str]]:
    """The names of somebody's clubs, as a subquery."""
    mine = sa.and_(club_member.c.club_id == club.c.id, club_member.c.person_id == person)
    return sa.select(club.c.name).join(club_member, mine)


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Club]:
    query = sa.select(*_COLUMNS).where(*conditions).order_by(club.c.name)
    return [Club(*row) for row in conn.execute(query)]
