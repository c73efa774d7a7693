"""A booking on its way: what is known so far, and the next step towards it, be it a question, an offer or the booking.

A question leaves the draft in the open question, so that 那就4点到6点 is read with the room and day said before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot import questions
from bot.capability import Context
from bot.domain import crowds, talk
from bot.domain.people import STRANGER
from bot.domain.venues import Venue, bookings, rooms
from bot.domain.venues.bookings import Span
from bot.errors import Refusal
from bot.notices import venues as wording
from bot.notices.activities import when
from handlers.venues import times
from handlers.venues.times import NOTHING, Asked
from knowledge.times.nonexistent import no_such_day

FOLLOW_UP = "booking_answer"
WITHIN = timedelta(minutes=30)
DEFAULTED = "没说几点结束，先留2小时，要改请说「改成几点到几点」。"
REPEATS = re.compile(r"每(?:个|逢)?(?:周|星期|礼拜|天|日|月|两周|隔)|逢周")
ONCE = "只订了这一次，以后的每次请另订。"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a booking. `booking` is the number of the one that is to be changed."""

    text: str
    room: int | None = None
    asked: Asked = NOTHING
    people: int | None = None
    booking: int | None = None
    length: timedelta = times.USUAL


Choice = tuple[int, Span | None]
"""A room, and a span in it, that a digit stands for."""


def to_args(draft: Draft, choices: Sequence[Choice]) -> dict[str, Any]:
    """The draft as an open question's arguments."""
    return {
        "text": draft.text,
        "room": draft.room,
        "day": draft.asked.day and draft.asked.day.isoformat(),
        "start": draft.asked.start and draft.asked.start.isoformat(),
        "end": draft.asked.end and draft.asked.end.isoformat(),
        "loose": draft.asked.loose,
        "whole_day": draft.asked.whole_day,
        "people": draft.people,
        "booking": draft.booking,
        "minutes": int(draft.length.total_seconds() // 60),
        "choices": [[room, *((one.start.isoformat(), one.end.isoformat()) if one else ())] for room, one in choices],
    }


def from_args(args: Mapping[str, Any]) -> Draft:
    """The draft in an open question."""
    start, end = (datetime.fromisoformat(args[key]) if args[key] else None for key in ("start", "end"))
    day = date.fromisoformat(args["day"]) if args["day"] else None
    return Draft(
        args["text"],
        args["room"],
        Asked(day, start, end, whole_day=args["whole_day"], loose=args["loose"]),
        args["people"],
        args["booking"],
        timedelta(minutes=args["minutes"]),
    )


def choices(args: Mapping[str, Any]) -> list[Choice]:
    """What the digits of an open question stand for."""
    return [
        (room, Span(*map(datetime.fromisoformat, between)) if between else None) for room, *between in args["choices"]
    ]


def ask(ctx: Context, draft: Draft, options: Sequence[Choice] = ()) -> None:
    """Wait for what is missing."""
    ctx.ask(FOLLOW_UP, "answer", to_args(draft, options), within=WITHIN)


def left_behind(ctx: Context) -> bool:
    """Whether the sender has had another reply here since the question that their message may answer."""
    return talk.replied_since(ctx.conn, ctx.message, ctx.args.get("asked_by"), ctx.voice.unwritten)


def drop(ctx: Context) -> None:
    """Forget the sender's drafts in this chat: another booking was settled since."""
    for question in questions.open_for(ctx.conn, ctx.chat.id, ctx.person.id, ctx.now):
        if question.capability == FOLLOW_UP:
            questions.close(ctx.conn, question.id)


def proceed(ctx: Context, draft: Draft) -> str:
    """The next step: ask for the room or the hours, offer others, or book."""
    if ctx.role == STRANGER:
        raise Refusal("预约场地请先登记：发「我是某某单位的某某」，再说要订哪天几点。")
    if none := no_such_day(draft.text) or no_such_day(ctx.text):
        raise Refusal(f"没有{none}这一天，没有预约，请核对日期后再发。")
    if draft.room is None:
        return ask_room(ctx, draft, rooms.everything(ctx.conn))
    room = rooms.get(ctx.conn, draft.room)
    span = times.span(draft.asked, room, draft.length)
    if span is None:
        return ask_hours(ctx, draft, room)
    obstacle = _obstacle(ctx, draft, room, span)
    return obstacle or _settle(ctx, draft, room, span)


def ask_room(ctx: Context, draft: Draft, options: Sequence[Venue], why: str = "") -> str:
    """Which room? with digits, those where the people fit before all others."""
    fitting = [one for one in options if one.seats(draft.people)] or list(options)
    if not fitting:
        raise Refusal("现在没有可以预约的场地。")
    ask(ctx, draft, [(one.id, None) for one in fitting])
    lines = [f"{at}. {wording.room(one)}" for at, one in enumerate(fitting, 1)]
    return f"{why or '请问订哪个场地？'}请回复编号：\n" + "\n".join(lines)


def ask_hours(ctx: Context, draft: Draft, room: Venue) -> str:
    """From when to when? with the times that are free on that day."""
    ask(ctx, draft)
    if draft.asked.day is None:
        return f"请问{room.name}订哪天、几点到几点？"
    return f"{free_times(ctx, room, draft.asked, draft.booking)}请问几点到几点？"


def free_times(ctx: Context, room: Venue, asked: Asked, but: int | None = None) -> str:
    """二楼会议室11月20日（周四）空闲：8:30–14:00、16:00–21:00。"""
    assert asked.day is not None
    opening = Span(*room.hours(asked.day))
    found = bookings.free(ctx.conn, room, asked.day, ctx.now, but)
    if asked.part:
        inside = [Span(max(one.start, asked.part.start), min(one.end, asked.part.end)) for one in found]
        found = [one for one in inside if one.length >= bookings.QUARTER]
    times_left = f"空闲：{wording.hours(found)}" if found else "没有空闲"
    return f"{room.name}{wording.day(opening)}{times_left}。"


def _obstacle(ctx: Context, draft: Draft, room: Venue, span: Span) -> str | None:
    """Why it cannot be booked like this, with what can; None where nothing stands in the way."""
    opens, closes = room.hours(span.day)
    if span.start + bookings.QUARTER <= ctx.now:
        ask(ctx, replace(draft, asked=NOTHING))
        return f"{when(span.start, span.end)}已经过了，请问订哪天、几点到几点？"
    if span.start < opens or span.end > closes:
        ask(ctx, replace(draft, asked=Asked(span.day)))
        return f"{room.name}的开放时间是{opens:%H:%M}–{closes:%H:%M}，请换个时间。"
    if not room.seats(draft.people):
        return _offer(ctx, draft, span, f"{wording.room(room)}坐不下{draft.people}人。")
    taken = bookings.clashes(ctx.conn, room, span, draft.booking)
    if taken and all(one.person_id == ctx.person.id for one in taken):
        mine = "、".join(wording.booked(ctx.conn, one) for one in taken)
        return f"您已经预约了{mine}，不用重复。要改请说「改成几点到几点」。"
    if taken:
        held = wording.hours(Span(one.start, one.end) for one in taken)
        return _offer(ctx, draft, span, f"{room.name}{wording.day(span)}{held}已有人预约。", room)
    return None


def _offer(ctx: Context, draft: Draft, span: Span, why: str, room: Venue | None = None) -> str:
    """Another time in the room, and other rooms at the same time, with digits."""
    options: list[Choice] = []
    other = bookings.next_free(ctx.conn, room, span, ctx.now, draft.booking) if room else None
    if room and other:
        options.append((room.id, other))
    for one in rooms.everything(ctx.conn):
        opens, closes = one.hours(span.day)
        open_then = opens <= span.start and span.end <= closes
        if one.id != draft.room and one.seats(draft.people) and open_then and not bookings.clashes(ctx.conn, one, span):
            options.append((one.id, span))
    options = options[:3]
    ask(ctx, replace(draft, asked=Asked(span.day, span.start, span.end)), options)
    if not options:
        return f"{why}当天没有别的空场地，请换个日子。"
    lines = [_option(ctx, at, *one) for at, one in enumerate(options, 1)]
    return "\n".join((f"{why}可以换（回复编号，或直接说别的时间）：", *lines))


def _option(ctx: Context, at: int, room_id: int, span: Span | None) -> str:
    return f"{at}. {wording.room(rooms.get(ctx.conn, room_id))}{wording.hours([span]) if span else ''}"


def _settle(ctx: Context, draft: Draft, room: Venue, span: Span) -> str:
    drop(ctx)
    if draft.booking is not None:
        held = bookings.change(ctx.conn, bookings.get(ctx.conn, draft.booking), room, span, ctx.now, draft.people)
        heads = f"，{draft.people}人" if crowds.crowd(draft.text) else ""
        return f"已改预约{wording.booked(ctx.conn, held)}{heads}。"
    details: dict[str, object] = {"people": draft.people, "text": draft.text, "touched_at": ctx.now}
    held = bookings.book(ctx.conn, room, span, person_id=ctx.person.id, chat_id=ctx.chat.id, **details)
    note = "" if draft.asked.end or draft.asked.whole_day else DEFAULTED
    once = ONCE if REPEATS.search(draft.text) else ""
    return f"已预约{wording.booked(ctx.conn, held)}。{note}{once}"
