"""The booking that a published activity holds: where it takes place in a room of ours, nobody else gets that room."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, metadata
from bot.domain import venues
from bot.domain.activities import plan
from bot.domain.activities.plan import Activity
from bot.domain.venues import Booking, Venue, bookings
from bot.domain.venues.bookings import Span

activity_booking = sa.Table(
    "activity_booking",
    metadata,
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), primary_key=True),
    sa.Column("booking_id", Id, sa.ForeignKey("booking.id"), nullable=False),
)


def room_of(conn: Connection, what: Activity) -> Venue | None:
    """The room of ours that an activity's place names in full."""
    if not what.place:
        return None
    room = venues.rooms.named(conn, what.place).one
    return room if room and room.name in what.place else None


def span_of(what: Activity) -> Span:
    """The whole quarter-hours that an activity takes."""
    return Span(what.begins, what.ends).rounded()


def in_the_way(conn: Connection, what: Activity) -> list[Booking]:
    """Bookings of others for the room and time of an activity."""
    room = room_of(conn, what)
    if room is None or what.start is None:
        return []
    return [one for one in bookings.clashes(conn, room, span_of(what)) if not _own(conn, what, one)]


def _own(conn: Connection, what: Activity, one: Booking) -> bool:
    """Its own booking; or one that its organiser made for it beforehand."""
    return one.id == _held(conn, what.id) or (one.person_id == what.drafter_id and not _taken(conn, one.id))


def _taken(conn: Connection, booking_id: int) -> int | None:
    return conn.scalar(sa.select(activity_booking.c.activity_id).where(activity_booking.c.booking_id == booking_id))


def _held(conn: Connection, activity_id: int) -> int | None:
    return conn.scalar(sa.select(activity_booking.c.booking_id).where(activity_booking.c.activity_id == activity_id))


def hold(conn: Connection, what: Activity, chat_id: int, now: datetime, person_id: int | None = None) -> Booking | None:
    """Book the room of an activity, or move its booking after a change. Raises Refusal where somebody else has it.

    `person_id` answers for the room where the activity has no drafter. None where it takes place in no room of ours,
    or nobody answers for it.
    """
    room, known, span = room_of(conn, what), held(conn, what.id), span_of(what)
    if room and known:
        return bookings.change(conn, known, room, span, now)
    who = what.drafter_id or person_id
    if room is None or who is None:
        release(conn, what.id, now)
        return None
    mine = [one for one in bookings.clashes(conn, room, span) if one.person_id == who]
    if len(mine) == 1 and not _taken(conn, mine[0].id):
        made = bookings.change(conn, mine[0], room, span, now)
    else:
        details = {"people": what.capacity, "text": f"活动{what.id}号「{what.title}」", "touched_at": now}
        made = bookings.book(conn, room, span, person_id=who, chat_id=chat_id, **details)
    conn.execute(sa.insert(activity_booking).values(activity_id=what.id, booking_id=made.id))
    return made


def held(conn: Connection, activity_id: int) -> Booking | None:
    """The booking that an activity holds; None where it was cancelled meanwhile."""
    number = _held(conn, activity_id)
    found = bookings.find(conn, number) if number else None
    return found if found and found.state == bookings.BOOKED else None


def activity_of(conn: Connection, booking_id: int) -> Activity | None:
    """The activity that holds a booking."""
    number = _taken(conn, booking_id)
    return plan.find(conn, number) if number else None


def release(conn: Connection, activity_id: int, now: datetime) -> None:
    """Give the room of an activity back."""
    known = held(conn, activity_id)
    if known:
        bookings.cancel(conn, known, now)
    conn.execute(sa.delete(activity_booking).where(activity_booking.c.activity_id == activity_id))
