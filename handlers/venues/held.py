"""Which of the sender's bookings a message means."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.capability import Context, Slot
from bot.domain import talk
from bot.domain.people import STAFF
from bot.domain.venues import Booking, bookings, rooms
from bot.domain.venues.bookings import BOOKED
from bot.errors import Refusal
from bot.notices import venues as wording
from handlers.venues import times

LATELY = timedelta(minutes=30)
_NUMBER = re.compile(
    r"预[约定订]\s*[#第]?(\d{1,9})(?!\s*[点:月楼])|[#第]?(\d{1,9})\s*号?(?:的)?(?:场地|会议室)?预[约定订]"
)
_PLAIN = re.compile(r"\D{0,4}?(\d{1,9})\s*号?\W*")


def number_in(text: str) -> int | None:
    """The number of a booking that a text names as such."""
    found = _NUMBER.search(text)
    return int(found[1] or found[2]) if found else None


def read_number(ctx: Context, text: str) -> int | None:
    """The number in an answer."""
    found = _PLAIN.fullmatch(text) if len(text) <= 12 else None
    return int(found[1]) if found else number_in(text)


NUMBER = Slot("number", read_number)


def numbered(ctx: Context, number: int) -> Booking:
    """The booking of that number. Raises Refusal unless it stands and is the sender's (or the sender is staff)."""
    held = bookings.get(ctx.conn, number)
    if held.person_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"{number}号预约不是您订的，只有预约人可以改动。")
    if held.state != BOOKED or held.end <= ctx.now:
        raise Refusal(f"{number}号预约已经取消或结束了。")
    return held


def booked_last(ctx: Context) -> int | None:
    """The sender's booking, where it is what they set going last here."""
    last = talk.last_item(ctx.conn, ctx.person.id, ctx.chat.id, ctx.now - LATELY, ctx.now)
    return last.id if last and last.kind == talk.BOOKING else None


def meant(ctx: Context, *, exact: bool) -> list[Booking]:
    """The sender's bookings that the message can mean.

    `exact`: room and time in the message say which, and one that fits neither is not meant; else they say where
    the booking is to move to.
    """
    mine = bookings.of_person(ctx.conn, ctx.person.id, ctx.now)
    if exact:
        return _fitting(ctx, mine)
    named = rooms.named(ctx.conn, ctx.said)
    there = [one for one in mine if named.sure and one.venue_id in {room.id for room in named.rooms}]
    mine = there or mine
    lately = [one for one in mine if one.chat_id == ctx.chat.id and ctx.now - one.touched_at <= LATELY]
    return lately if len(lately) == 1 else mine


def _fitting(ctx: Context, mine: Sequence[Booking]) -> list[Booking]:
    named, asked = rooms.named(ctx.conn, ctx.said), times.read(ctx.said, ctx.now)
    places = {room.id for room in named.rooms} if named.sure else None
    if places is None and not rooms.means_any(ctx.said) and "预" not in ctx.said:
        return []
    found = [one for one in mine if places is None or one.venue_id in places]
    if asked.day:
        found = [one for one in found if times.local_day(one.start) == asked.day]
    if asked.part or asked.start:
        start, end = (asked.part.start, asked.part.end) if asked.part else (asked.start, asked.end)
        found = [
            one for one in found if start and one.start < (end or start + timedelta(minutes=1)) and one.end > start
        ]
    return found


def ask_which(ctx: Context, capability: str, verb: str, options: Sequence[Booking]) -> str:
    """Which one? with the numbers."""
    ctx.ask(capability, "number", {"said": ctx.said, "slots": dict(ctx.slots)})
    return "\n".join((f"您要{verb}哪个预约？请回复编号：", *(wording.booked(ctx.conn, one) for one in options)))
