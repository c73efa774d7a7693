"""发错了、说错了，是3点到5点: the sender's last booking is cancelled or moved."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import retractions
from bot.domain.needs import By
from bot.domain.talk import BOOKING, Item
from bot.domain.venues import bookings, rooms
from bot.notices.undo import undo
from handlers.venues import change, held, times
from knowledge.numbers import NUMERAL
from knowledge.slips import Slip


def _slip(ctx: Context) -> tuple[Slip, Item] | None:
    """The slip, and the booking that it is about."""
    if ctx.reading.quote:
        return None
    who = ctx.person.id, ctx.chat.id
    found = retractions.slip_about(ctx.conn, BOOKING, ctx.message, ctx.text, who, addressed=ctx.addressed)
    return found if found and (found[0].retracts or _says_when_or_where(ctx, found[0].new or "")) else None


def _says_when_or_where(ctx: Context, text: str) -> bool:
    asked = times.read(text, ctx.now)
    return bool(asked.words or asked.whole_day or rooms.named(ctx.conn, text).one)


@handler("amend_booking", when=lambda ctx: _slip(ctx) is not None, overhear=True, title="改刚订的场地")
def amend_booking(ctx: Context) -> str:
    """Give the room back, or move the booking."""
    found = _slip(ctx)
    assert found is not None
    slip, item = found
    if slip.new is None:
        by = By(ctx.person.id, ctx.now, ctx.message.id, ctx.role)
        return undo(ctx.conn, ctx.voice, item, by, "说发错了", here=ctx.chat.id) + "。"
    return change.move(ctx, bookings.get(ctx.conn, item.id))


_HEADS = re.compile(
    rf"(?:我们|大概|大约|差不多|一?共|总共|有|是|来)*\s*{NUMERAL}(?:来|多)?\s*(?:个?人|位|名)(?:左右|开会|参加|参会|来|用|[吧的哈,，。!\s])*"
)


def says_how_many(ctx: Context) -> bool:
    """20个人开会, said to the bot after one's booking."""
    return ctx.addressed and _HEADS.fullmatch(ctx.text) is not None and held.booked_last(ctx) is not None


@handler("people_of_booking", when=says_how_many, title="补充预约人数")
def people_of_booking(ctx: Context) -> str:
    """Note it, or offer a room in which they fit."""
    number = held.booked_last(ctx)
    assert number is not None
    return change.move(ctx, bookings.get(ctx.conn, number))


HANDLERS: tuple[Handler, ...] = (amend_booking, people_of_booking)
