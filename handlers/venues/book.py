"""Booking a room, and the answers to what the bot asked on the way."""

import re
from dataclasses import dataclass, replace

from bot.capability import Context, Handler, Slot, handler
from bot.domain import crowds
from bot.domain.venues import rooms
from bot.domain.venues.bookings import Span
from handlers.venues import change, draft, query, times
from handlers.venues.draft import Draft
from handlers.venues.times import NOTHING, Asked
from knowledge import slots

BOOK = re.compile(
    r"预[约药定订留]|(?:再|我|们|想|帮|就|先|能|给)?[订定占借约](?![期时金稿价束好了]|会儿)|留(?:一?下|着|给|个)|给(?:我们|我)留|用一?下|要用|使用"
)
_FILLER = re.compile(
    r"(?:那|就|还|是|再|改|换|成|到|至|为|用|预?[订定约]|要|借|选|我们?|咱们?|俺们?|给|留|一下|这个|一间|个|间|的|吧|呢|了|啊|哦|呗|哈|好|行|可以|也|都|在|吗|么|不"
    r"|请|麻烦|帮|时间|场地|回复|第|号|这样|先|小红|[\W_])*"
)
_PLACE = re.compile(r"[厅室堂房]")
_JOINS = re.compile(r"(?:\+|加)\s*[\d一二两三四五六七八九十]{1,2}\s*[个人位]?\W*")
"""Somebody joins what the group speaks of: no digit of a list."""
_LONGEST = 40
SURELY = 0.95
"""How sure the reader must be of an overheard booking of a place that is not ours."""


@handler(
    "book_venue",
    intents=("book_venue",),
    commands=(query.COMMAND, query.ANY_ROOM),
    overhear=True,
    title="阵地预约",
    examples=("@小红 预约二楼会议室，周四下午2点到4点，开支部大会", "订一下多功能厅，明天上午9点到11点"),
)
def book_venue(ctx: Context) -> str | None:
    """Book at once what is free; a question is answered with the free times, a change is made to what is held."""
    if change.CHANGE.search(ctx.said) and (changed := change.carry_out(ctx)) is not None:
        return changed
    named = rooms.named(ctx.conn, ctx.said)
    asked = times.read(ctx.said, ctx.now)
    asks = ctx.command is not None or query.is_question(ctx.said)
    if asks and not (BOOK.search(ctx.said) and asked.start):
        return query.answer(ctx, named, asked)
    if not ctx.addressed and not _plain_enough(ctx, named, asked):
        return None
    plan = Draft(ctx.said, asked=asked, people=crowds.crowd(ctx.said))
    if named.one:
        return draft.proceed(ctx, replace(plan, room=named.one.id))
    if named.rooms:
        return draft.ask_room(ctx, plan, named.rooms, "请问是哪个场地？")
    unknown = not rooms.means_any(ctx.said) and ctx.slots.get("place")
    why = f"这里没有「{unknown}」，请问订哪个场地？" if isinstance(unknown, str) and len(unknown) > 1 else ""
    return draft.ask_room(ctx, plan, rooms.everything(ctx.conn), why)


def _plain_enough(ctx: Context, named: rooms.Named, asked: Asked) -> bool:
    """Whether what was overheard is a booking: at some time, of a room of ours, or else wanted in so many words."""
    wanted = BOOK.search(ctx.said)
    if named.sure:
        return bool(asked.day and (asked.start or wanted))
    return bool(wanted and asked.start and ctx.slots.get("place") and ctx.reading.confidence >= SURELY)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer adds to a draft."""

    room: int | None = None
    asked: Asked = NOTHING
    span: Span | None = None


def read_answer(ctx: Context, text: str) -> Answer | None:
    """A digit, another time, another room; None for what is none of these or a whole new booking."""
    if len(text) > _LONGEST or _JOINS.fullmatch(text):
        return None
    options = draft.choices(ctx.args)
    picked = slots.choices(text)
    if len(picked) == 1 and 0 < picked[0] <= len(options):
        room, span = options[picked[0] - 1]
        return Answer(room, span=span)
    held = draft.from_args(ctx.args)
    named, asked = rooms.named(ctx.conn, text), times.read(text, ctx.now, held.asked.day)
    room_id = named.one.id if named.one else None
    if room_id is None and (_PLACE.search(text) or not (asked.words or asked.whole_day)):
        return None
    if room_id and query.is_question(text):
        return None
    whole = room_id and asked.start and times.read(text, ctx.now).day and BOOK.search(text)
    if whole and (_has_day(asked) or draft.left_behind(ctx)):
        return None  # says everything itself; 下午三点 is today where the question was left behind
    rest = text.replace(asked.words, "") if asked.words else text
    for name in rooms.spoken(named.one) if named.one else ():
        rest = rest.replace(name, "")
    books = ctx.reading.intent == "book_venue" and (ctx.addressed or room_id is not None or BOOK.search(text))
    return Answer(room_id, asked) if _FILLER.fullmatch(rest) or books else None


def _has_day(asked: Asked) -> bool:
    return bool(times.DAY.search(asked.words))


@handler(draft.FOLLOW_UP, slots=(Slot("answer", read_answer),))
def booking_answer(ctx: Context, answer: Answer) -> str:
    """Go on with the draft as the answer changes it."""
    before = draft.from_args(ctx.args)
    room = answer.room or before.room
    if answer.span:
        asked = Asked(answer.span.day, answer.span.start, answer.span.end)
        return draft.proceed(ctx, replace(before, room=room, asked=asked))
    asked = answer.asked if answer.asked.start or answer.asked.whole_day else times.on(before.asked, answer.asked)
    people = crowds.crowd(ctx.text) or before.people
    return draft.proceed(ctx, replace(before, room=room, asked=asked, people=people))


HANDLERS: tuple[Handler, ...] = (book_venue, booking_answer)
