"""阵地: how a booking and free times are written."""

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain.venues import Booking, Venue, rooms
from bot.domain.venues.bookings import Span
from bot.notices.activities import when


def booked(conn: Connection, held: Booking) -> str:
    """12号：二楼会议室，11月20日（周四）14:00–16:00."""
    return f"{held.id}号：{rooms.get(conn, held.venue_id).name}，{when(held.start, held.end)}"


def hours(spans: Iterable[Span]) -> str:
    """8:30–14:00、16:00–21:00."""
    return "、".join(f"{local(one.start):%H:%M}–{local(one.end):%H:%M}" for one in spans)


def day(span: Span) -> str:
    """11月20日（周四）."""
    return when(span.start, None).rpartition("）")[0] + "）"


def room(one: Venue) -> str:
    """二楼会议室（可坐30人）."""
    return f"{one.name}（可坐{one.capacity}人）" if one.capacity else one.name


def reminder(conn: Connection, mine: Sequence[Booking]) -> str:
    """What somebody has booked for tomorrow."""
    lines = [f"预约{booked(conn, one)}" for one in mine]
    return "提醒：您明天预约了场地。\n" + "\n".join(lines) + f"\n不用了请回复「取消预约 {mine[0].id}」，好让别人用。"
