"""阵地预约: a week of the venues as a page, and as a feed that a phone's calendar subscribes to by a secret address.
Nobody's name is on either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, Clock, local
from bot.db import Db
from bot.domain import access, venues
from bot.domain.venues import Booking, Venue, bookings
from bot.web import ical
from bot.web.rendered import VISITOR, page
from bot.web.visitors import MEMBERS, of_person

WEEK = timedelta(days=7)
FEED = timedelta(days=90)
FARTHEST = 26
"""Weeks before and after the present one that can be looked at."""
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking as others may see it, placed on the day in percent of the opening hours."""

    text: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Day:
    """One room on one day."""

    day: date
    taken: Sequence[Taken]
    free: str


def routes(db: Db, clock: Clock, public_url: str) -> list[web.RouteDef]:
    """Seven days from today at `/venues` (`?week=1`: the next seven); `/venues/feed`: the address of a subscription."""

    async def week(request: web.Request) -> web.Response:
        offset = _offset(request.query.get("week", "0"))
        now = clock.now()
        today = local(now).date()
        first = today + offset * WEEK
        rooms = await db.run(_week, first, now)
        days = [first + timedelta(days=n) for n in range(7)]
        values = {"rooms": rooms, "days": days, "weekdays": WEEKDAYS, "today": today}
        return page(request, "venues.html", {**values, "offset": offset, "farthest": FARTHEST})

    async def subscribe(request: web.Request) -> web.Response:
        visitor = request.get(VISITOR)
        if visitor is None:
            raise web.HTTPNotFound
        secret = await db.run(_subscribe, visitor.person_id, clock.now())
        base = public_url.rstrip("/") or request.url.origin()
        return page(request, "feed.html", {"address": f"{base}/feeds/{secret}/venues.ics"})

    return [web.get("/venues", week), web.post("/venues/feed", subscribe)]


def feeds(db: Db, clock: Clock) -> list[web.RouteDef]:
    """`/feeds/<secret>/venues.ics`: a calendar program cannot log in, so the address itself is the key."""

    async def feed(request: web.Request) -> web.Response:
        now = clock.now()
        events = await db.run(_feed, request.match_info["secret"], now)
        if events is None:
            raise web.HTTPNotFound(text="订阅地址无效，请在阵地预约页面重新取一个。")
        return ical.feed("阵地预约", events, now)

    return [web.get("/feeds/{secret}/venues.ics", feed)]


def _subscribe(conn: Connection, person_id: int, now: datetime) -> str:
    """A new address; the one that somebody had before is good for nothing any more."""
    access.revoke(conn, person_id, access.FEED)
    return access.issue(conn, person_id, access.FEED, now)


def _feed(conn: Connection, secret: str, now: datetime) -> list[ical.Event] | None:
    person_id = access.holder(conn, secret, access.FEED, now)
    if person_id is None or of_person(conn, person_id).role not in MEMBERS:
        return None
    return _events(conn, now)


def _offset(text: str) -> int:
    """Weeks from now; what is no number, or too far away, is the present one."""
    number = int(text) if text.lstrip("-").isdecimal() and len(text) <= 3 else 0
    return number if abs(number) <= FARTHEST else 0


def _week(conn: Connection, first: date, now: datetime) -> list[tuple[Venue, list[Day]]]:
    """Each room with its seven days."""
    midnight = datetime.combine(first, datetime.min.time(), SHANGHAI)
    held = bookings.between(conn, midnight, midnight + WEEK)
    return [
        (room, [_day(conn, room, first + timedelta(days=n), held, now) for n in range(7)])
        for room in venues.rooms.everything(conn)
    ]


def _day(conn: Connection, room: Venue, day: date, held: Iterable[Booking], now: datetime) -> Day:
    opens, closes = room.hours(day)
    taken = [
        Taken(
            f"{local(one.start):%H:%M}–{local(one.end):%H:%M}",
            100 * (max(one.start, opens) - opens) / (closes - opens),
            100 * (min(one.end, closes) - max(one.start, opens)) / (closes - opens),
        )
        for one in held
        if one.venue_id == room.id and local(one.start).date() == day
    ]
    gaps = bookings.free(conn, room, day, now) if closes > now else []
    return Day(day, taken, "、".join(f"{local(gap.start):%H:%M}–{local(gap.end):%H:%M}" for gap in gaps))


def _events(conn: Connection, now: datetime) -> list[ical.Event]:
    rooms = {room.id: room.name for room in venues.rooms.everything(conn)}
    held = bookings.between(conn, now - WEEK, now + FEED)
    return [
        ical.Event(f"booking-{one.id}", one.start, one.end, f"{rooms[one.venue_id]} 已预约", rooms[one.venue_id])
        for one in held
    ]
