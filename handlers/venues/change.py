"""Moving a booking to another time or room."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import activities, crowds
from bot.domain.venues import Booking, rooms
from bot.domain.venues.bookings import Span
from bot.errors import Refusal
from handlers.venues import draft, held, times
from handlers.venues.draft import Draft

CHANGE = re.compile(r"改(?!造|革|善|进|装)|换(?:成|到|个|为|一)|[挪调移]到|推迟|延[后到长]|提前到")
_NUMBERED = r"预[约定订]\s*[#第]?\d{1,9}\s*号?|[#第]?\d{1,9}\s*号?(?:的)?预[约定订]"


@handler(
    "change_booking",
    commands=(
        rf"(?:请|麻烦|帮我|帮忙)?(?:把)?(?:{_NUMBERED})\s*(?:时间)?(?:改|换|挪|推|延|调|提前).{{1,30}}",
        rf"(?:请|麻烦|帮我|帮忙)?(?:改|换|调整?)\s*(?:{_NUMBERED})\W*.{{1,30}}",
    ),
    slots=(held.NUMBER,),
    title="改预约",
    examples=("@小红 预约12改到周五下午2点到4点",),
)
def change_booking(ctx: Context, number: int | None) -> str | None:
    """Move the booking of that number."""
    number = number or held.number_in(ctx.said)
    return move(ctx, held.numbered(ctx, number)) if number is not None else carry_out(ctx)


def carry_out(ctx: Context) -> str | None:
    """Move the one booking of the sender that is meant; None where there is none, or overheard, no plain one."""
    number = held.number_in(ctx.said)
    if number is not None:
        return move(ctx, held.numbered(ctx, number))
    options = [one for one in held.meant(ctx, exact=False) if not activities.rooms.activity_of(ctx.conn, one.id)]
    if not ctx.addressed:
        fresh = [one for one in options if one.chat_id == ctx.chat.id and ctx.now - one.touched_at <= held.LATELY]
        named = rooms.named(ctx.conn, ctx.said)
        options = fresh or (options if named.sure and len(options) == 1 else [])
    if len(options) > 1:
        return held.ask_which(ctx, "change_booking", "改", options)
    return move(ctx, options[0]) if options else None


def move(ctx: Context, one: Booking) -> str:
    """Move a booking to the time or the room that the message says. Raises Refusal for what an activity holds."""
    if what := activities.rooms.activity_of(ctx.conn, one.id):
        raise Refusal(f"{one.id}号预约是活动{what.id}号「{what.title}」的场地，要改请说「活动{what.id}改到…」。")
    span = Span(one.start, one.end)
    named = rooms.named(ctx.conn, ctx.said)
    room = named.one.id if named.one else one.venue_id
    asked = times.read(ctx.said, ctx.now, span.day)
    people = crowds.crowd(ctx.said)
    if asked.start is None and not asked.whole_day:
        if not (asked.words or people) and room == one.venue_id:
            raise Refusal(f"请说改到什么时间，比如「预约{one.id}改成2点到4点」。")
        asked = times.on(times.exactly(span), asked)
    plan = Draft(ctx.said, room, asked, people or one.people, one.id, span.length)
    return draft.proceed(ctx, plan)


HANDLERS: tuple[Handler, ...] = (change_booking,)
