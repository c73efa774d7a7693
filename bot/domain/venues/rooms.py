"""The rooms: name, capacity, opening hours, and which of them a text means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import Id, metadata
from knowledge.companies import Gazetteer
from knowledge.numbers import NUMERAL, number

venue = sa.Table(
    "venue",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("capacity", sa.Integer),  # None: not known
    sa.Column("opens", sa.Time, nullable=False),  # Shanghai time, every day
    sa.Column("closes", sa.Time, nullable=False),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
    sa.Column("equipment", sa.String(128), nullable=False, server_default=""),  # 投影、话筒
)

SURE = 85.0
"""Gazetteer score from which a name is taken without asking; homophones reach it, mere likeness does not."""
_FLOOR = re.compile(
    r"(\d{1,2}|[二三四五]?十[一二三四五六七八九]?|[一二三四五六七八九])\s*[楼层]|(?<!\d)(\d)(?=0\d(?!\d))"
)
_LEADING = re.compile(rf"^(?:{NUMERAL}\s*[楼层]|党群服务中心|服务中心)")
_ANY = re.compile(r"场地|地方|房间|阵地|哪个室|哪间")


@dataclass(frozen=True, slots=True)
class Venue:
    """A room that can be booked."""

    id: int
    name: str
    capacity: int | None
    opens: time
    closes: time
    equipment: str

    def hours(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing on a day."""
        return datetime.combine(day, self.opens, SHANGHAI), datetime.combine(day, self.closes, SHANGHAI)

    def seats(self, people: int | None) -> bool:
        """Whether so many people fit, as far as is known."""
        return people is None or self.capacity is None or people <= self.capacity


COLUMNS = [venue.c[name] for name in Venue.__slots__]


def load(conn: Connection, centre: Mapping[str, Any], organisation_id: int | None) -> None:
    """Record the rooms of a service centre: its opening hours, and name and capacity of each venue."""
    rows = [
        {
            "name": row["name"],
            "capacity": row.get("capacity"),
            "opens": time.fromisoformat(row.get("opens", centre["opens"])),
            "closes": time.fromisoformat(row.get("closes", centre["closes"])),
            "organisation_id": organisation_id,
            "equipment": row.get("equipment", ""),
        }
        for row in centre["venues"]
    ]
    conn.execute(sa.insert(venue), rows)


def get(conn: Connection, venue_id: int) -> Venue:
    """The room with that id."""
    return Venue(*conn.execute(sa.select(*COLUMNS).where(venue.c.id == venue_id)).one())


def lock(conn: Connection, venue_id: int) -> None:
    """Keep other transactions from changing this room's bookings until this one ends (SQLite has one writer)."""
    conn.execute(sa.select(venue.c.id).where(venue.c.id == venue_id).with_for_update())


def everything(conn: Connection) -> list[Venue]:
    """All rooms, the smallest first."""
    query = sa.select(*COLUMNS).order_by(sa.func.coalesce(venue.c.capacity, 0), venue.c.id)
    return [Venue(*row) for row in conn.execute(query)]


@dataclass(frozen=True, slots=True)
class Named:
    """The rooms that a text can mean; `sure` where they fit so well that one alone needs no question."""

    rooms: Sequence[Venue]
    sure: bool

    @property
    def one(self) -> Venue | None:
        """The room, where there is no doubt."""
        return self.rooms[0] if self.sure and len(self.rooms) == 1 else None


def named(conn: Connection, text: str) -> Named:
    """Which rooms a text names: in full or without the floor, with slips and homophones; never another floor's."""
    rooms = everything(conn)
    floor = _floor(text)
    possible = [room for room in rooms if floor is None or _floor(room.name) in (None, floor)]
    by_id = {room.id: room for room in possible}
    found = Gazetteer((room.id, spoken(room)) for room in possible).find(text, limit=len(possible) or 1)
    best = found[0].score if found else 0.0
    near = [by_id[match.key] for match in found if match.score >= min(best, SURE)]
    whole = [room for room in near if room.name in text]
    return Named(whole or near, best >= SURE)


def means_any(text: str) -> bool:
    """Whether a text speaks of a place without saying which."""
    return bool(_ANY.search(text))


def spoken(room: Venue) -> list[str]:
    """What people call it: 二楼会议室 and 会议室."""
    return list(dict.fromkeys((room.name, _LEADING.sub("", room.name) or room.name)))


def _floor(text: str) -> int | None:
    found = _FLOOR.search(text)
    return number(found[1] or found[2]) if found else None
