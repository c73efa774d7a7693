"""The lists of a chat with their lines and posts, and which list a post continues."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from knowledge.solitaire import Entry, Solitaire

SAME_WITHIN = timedelta(days=14)
AFRESH_AFTER = timedelta(days=1)
"""After such a pause a post that shows nobody of the list begins a new one: next week's badminton."""
ALIKE = 85
UNTITLED = "接龙"

solitaire = sa.Table(
    "solitaire",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False, index=True),
    sa.Column("title", sa.String(64), nullable=False),
    sa.Column("capacity", sa.Integer),
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),  # who began it
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id")),  # whose sign-ups the entries are
    sa.Column("begun_at", UTCDateTime, nullable=False),
    sa.Column("touched_at", UTCDateTime, nullable=False),
)

solitaire_entry = sa.Table(
    "solitaire_entry",
    metadata,
    sa.Column("solitaire_id", Id, sa.ForeignKey("solitaire.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("note", sa.String(128), nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),  # who added the line
    sa.Column("person_id", Id, sa.ForeignKey("person.id")),  # who it is, where that is known
    sa.Column("at", UTCDateTime, nullable=False),
)

solitaire_post = sa.Table(
    "solitaire_post",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("solitaire_id", Id, sa.ForeignKey("solitaire.id"), nullable=False, index=True),
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("entries", sa.JSON, nullable=False),  # [name, people, note] of each line as posted
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it stands."""

    id: int
    chat_id: int
    title: str
    capacity: int | None
    by_id: int
    activity_id: int | None
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: who, for how many, added by whom, and who it is where that is known."""

    name: str
    people: int
    note: str
    by_id: int
    person_id: int | None

    @property
    def entry(self) -> Entry:
        """As a post shows it."""
        return Entry(self.name, self.people, self.note)


COLUMNS = [solitaire.c[name] for name in Listing.__slots__]
LINE = [solitaire_entry.c[name] for name in Line.__slots__]


def meant(conn: Connection, chat_id: int, posted: Solitaire, now: datetime) -> Listing | None:
    """The list of that chat that a post continues: the same title; without one, the last that shares names."""
    shown = {entry.name for entry in posted.entries}
    for listing in of_chats(conn, (chat_id,), now - SAME_WITHIN):
        names = {line.name for line in lines(conn, listing.id)}
        if posted.title and not same_title(posted.title, listing.title):
            continue
        shares = bool(names & shown)
        if shares or (posted.title and (now - listing.touched_at <= AFRESH_AFTER or not names or not shown)):
            return listing
    return None


def begin(conn: Connection, chat_id: int, by_id: int, posted: Solitaire, now: datetime) -> Listing:
    """A new list of that chat."""
    row = {
        "chat_id": chat_id,
        "title": (posted.title or UNTITLED)[:64],
        "capacity": posted.capacity,
        "by_id": by_id,
        "begun_at": now,
        "touched_at": now,
    }
    new = conn.scalar(sa.insert(solitaire).values(**row).returning(solitaire.c.id))
    assert new is not None
    return get(conn, new)


_FORM = re.compile(r"接[龙拢笼聋]|报名|名单|登记|统计|[\W_]+")
_TELLING = re.compile(r"[\d一二三四五六七八九十上下早中晚男女老少大小东南西北初高甲乙丙]|请假|缺席|不参加|取消|退")


def same_title(one: str, other: str) -> bool:
    """Whether two titles name one list: a typing slip apart, but not in a digit, a day or 请假."""
    one, other = _FORM.sub("", one) or one, _FORM.sub("", other) or other
    if one == other:
        return True
    return fuzz.ratio(one, other) >= ALIKE and sorted(_TELLING.findall(one)) == sorted(_TELLING.findall(other))


def of_chats(conn: Connection, chat_ids: Iterable[int], since: datetime) -> list[Listing]:
    """The lists of these chats that were posted since a moment, the latest first."""
    query = sa.select(*COLUMNS).where(solitaire.c.chat_id.in_(list(chat_ids)), solitaire.c.touched_at >= since)
    return [Listing(*row) for row in conn.execute(query.order_by(solitaire.c.touched_at.desc(), solitaire.c.id.desc()))]


def get(conn: Connection, listing_id: int) -> Listing:
    """The list with that id."""
    return Listing(*conn.execute(sa.select(*COLUMNS).where(solitaire.c.id == listing_id)).one())


def lines(conn: Connection, listing_id: int) -> list[Line]:
    """The lines of a list, in order."""
    query = sa.select(*LINE).where(solitaire_entry.c.solitaire_id == listing_id)
    return [Line(*row) for row in conn.execute(query.order_by(solitaire_entry.c.position))]
