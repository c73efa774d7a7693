"""Bookings: a room for somebody from a quarter-hour to another, and never for two at once.

Each quarter-hour that a booking holds is a row, unique by room and time: the database itself refuses the second
holder, whatever the code above it does. A cancelled booking holds none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain.venues.rooms import Venue, lock
from bot.errors import Refusal

QUARTER = timedelta(minutes=15)
LATELY = timedelta(days=90)
BOOKED, CANCELLED, UNUSED = "booked", "cancelled", "unused"

booking = sa.Table(
    "booking",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("venue_id", Id, sa.ForeignKey("venue.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("start", UTCDateTime, nullable=False, index=True),
    sa.Column("end", UTCDateTime, nullable=False),
    sa.Column("people", sa.Integer),
    sa.Column("text", sa.Text, nullable=False),  # as it was asked for
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("touched_at", UTCDateTime, nullable=False),
)

booked_quarter = sa.Table(
    "booked_quarter",
    metadata,
    sa.Column("venue_id", Id, sa.ForeignKey("venue.id"), primary_key=True),
    sa.Column("at", UTCDateTime, primary_key=True),
    sa.Column("booking_id", Id, sa.ForeignKey("booking.id"), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking as it stands."""

    id: int
    venue_id: int
    person_id: int
    chat_id: int
    start: datetime
    end: datetime
    people: int | None
    state: str
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; `end` is not part of it, so that touching spans do not clash."""

    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        """The day it begins, in Shanghai."""
        return local(self.start).date()

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def rounded(self) -> "Span":
        """The whole quarter-hours that it touches."""
        return Span(_floor(self.start), _ceiling(self.end))


COLUMNS = [booking.c[name] for name in Booking.__slots__]
_BETWEEN = (
    sa.select(*COLUMNS)
    .where(booking.c.state == sa.literal(BOOKED), booking.c.start >= sa.bindparam("first", type_=UTCDateTime))
    .where(booking.c.start < sa.bindparam("end", type_=UTCDateTime))
    .order_by(booking.c.start, booking.c.id)
)


def book(conn: Connection, room: Venue, span: Span, *, person_id: int, chat_id: int, **details: object) -> Booking:
    """Book a room for a span of whole quarters. `details`: people, text, touched_at. Raises Refusal if it is taken."""
    values = {"venue_id": room.id, "person_id": person_id, "chat_id": chat_id, "state": BOOKED, **details}
    insert = sa.insert(booking).values(start=span.start, end=span.end, **values).returning(booking.c.id)
    number = int(conn.scalar(insert) or 0)
    _hold(conn, number, room, span)
    return get(conn, number)


def change(
    conn: Connection, held: Booking, room: Venue, span: Span, now: datetime, people: int | None = None
) -> Booking:
    """Move a booking to another span or room, or for more people. Raises Refusal, with the old one kept, if taken."""
    _release(conn, held.id)
    _hold(conn, held.id, room, span)
    values = {
        "venue_id": room.id,
        "start": span.start,
        "end": span.end,
        "people": people or held.people,
        "touched_at": now,
    }
    conn.execute(sa.update(booking).where(booking.c.id == held.id).values(**values))
    return get(conn, held.id)


def cancel(conn: Connection, held: Booking, now: datetime) -> None:
    """Give the room back."""
    _release(conn, held.id)
    conn.execute(sa.update(booking).where(booking.c.id == held.id).values(state=CANCELLED, touched_at=now))


def release(conn: Connection, held: Booking, now: datetime) -> int:
    """Nobody came: the room is free again. How many bookings of that person stayed unused in the last 90 days."""
    _release(conn, held.id)
    conn.execute(sa.update(booking).where(booking.c.id == held.id).values(state=UNUSED, touched_at=now))
    lately = (booking.c.person_id == held.person_id) & (booking.c.start > now - LATELY)
    query = sa.select(sa.func.count()).where(lately, booking.c.state == UNUSED)
    return int(conn.scalar(query) or 0)


def _hold(conn: Connection, number: int, room: Venue, span: Span) -> None:
    rows = [{"venue_id": room.id, "at": at, "booking_id": number} for at in _quarters(span)]
    if len(insert_new(conn, booked_quarter, rows, unique=("venue_id", "at"))) < len(rows):
        raise Refusal(f"{room.name}这个时间刚刚被别人预约了，请换个时间。")


def _release(conn: Connection, number: int) -> None:
    conn.execute(sa.delete(booked_quarter).where(booked_quarter.c.booking_id == number))


def _quarters(span: Span) -> Iterable[datetime]:
    at = span.start
    while at < span.end:
        yield at
        at += QUARTER


def _floor(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _ceiling(at: datetime) -> datetime:
    floor = _floor(at)
    return floor if floor == at else floor + QUARTER


def clashes(conn: Connection, room: Venue, span: Span, but: int | None = None) -> list[Booking]:
    """What stands in the way of a span, by time; `but` is a booking that is about to move.

    The room stays locked until the transaction ends: what is free now is still free when it is booked.
    """
    lock(conn, room.id)
    query = sa.select(*COLUMNS).where(
        booking.c.venue_id == room.id,
        booking.c.state == BOOKED,
        booking.c.start < span.end,
        booking.c.end > span.start,
    )
    if but is not None:
        query = query.where(booking.c.id != but)
    return [Booking(*row) for row in conn.execute(query.order_by(booking.c.start))]


def free(conn: Connection, room: Venue, day: date, now: datetime, but: int | None = None) -> list[Span]:
    """When a room is free on a day: within the opening hours, from now on."""
    opens, closes = room.hours(day)
    at = max(opens, _ceiling(local(now)))
    found = []
    for taken in clashes(conn, room, Span(opens, closes), but):
        found.append(Span(at, local(taken.start)))
        at = max(at, local(taken.end))
    found.append(Span(at, closes))
    return [span for span in found if span.length >= QUARTER]


def next_free(conn: Connection, room: Venue, wanted: Span, now: datetime, but: int | None = None) -> Span | None:
    """The span of the same length on the same day that is free: the next one, else the last one before."""
    gaps = [gap for gap in free(conn, room, wanted.day, now, but) if gap.length >= wanted.length]
    for gap in gaps:
        start = max(gap.start, local(wanted.start))
        if start + wanted.length <= gap.end:
            return Span(start, start + wanted.length)
    return Span(gaps[-1].end - wanted.length, gaps[-1].end) if gaps else None


def find(conn: Connection, number: int) -> Booking | None:
    """The booking of that number, if there is one."""
    if not 0 < number < 2**31:
        return None
    row = conn.execute(sa.select(*COLUMNS).where(booking.c.id == number)).first()
    return Booking(*row) if row else None


def get(conn: Connection, number: int) -> Booking:
    """The booking of that number. Raises Refusal for an unknown one."""
    found = find(conn, number)
    if found is None:
        raise Refusal(f"没有找到{number}号预约，请核对编号。")
    return found


def of_person(conn: Connection, person_id: int, now: datetime) -> list[Booking]:
    """What somebody has booked and is not over, by time."""
    return _select(conn, booking.c.person_id == person_id, booking.c.end > now)


def between(conn: Connection, start: datetime, end: datetime) -> list[Booking]:
    """The bookings that begin from the first moment on and before the second, by time."""
    return [Booking(*row) for row in conn.execute(_BETWEEN, {"first": start, "end": end})]


def of_day(conn: Connection, day: date) -> list[Booking]:
    """The bookings that begin on a day, by time."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return between(conn, midnight, midnight + timedelta(days=1))


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Booking]:
    query = sa.select(*COLUMNS).where(booking.c.state == BOOKED, *conditions)
    return [Booking(*row) for row in conn.execute(query.order_by(booking.c.start, booking.c.id))]
