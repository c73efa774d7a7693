"""Looking for a resource: recorded, matched, and the owner is asked; nothing is promised."""

import re
from datetime import date, datetime, timedelta

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import crowds
from bot.domain.resources import Request, fit, offers, requests, terms
from bot.domain.resources.fit import Fit
from bot.domain.venues import bookings, rooms
from bot.domain.venues.bookings import Span
from bot.notices.activities import when
from bot.notices.resources import ask_owner, proposal, unit_of, wish
from knowledge import times

SHOWN = 3
SAME_WITHIN = timedelta(days=3)
_PART = re.compile(r"早上|上午|中午|下午|傍晚|晚上|[早晚](?!\w*点)")
_HOUR = re.compile(r"[点:]|\d\s*时")


@handler(
    "seek_resource",
    intents=("seek_resource",),
    commands=(
        r"(?!.*(?:活动|讲座|报名|诉求)).{0,60}(?:谁家|哪家|哪[个位]?(?:单位|公司|企业|支部|商户)).{0,12}有.{1,30}(?:借|共享|用[一几]?[下用天]).{0,60}",
        r"(?:请问)?[谁哪]家(?!.*免费)[^,，。]{2,14}(?:空着|空闲|闲着|有空).{0,20}",
    ),
    overhear=True,
    title="找资源",
    examples=("我们下周三下午要给四十来个新员工做安全培训，谁家有场地能借用一下",),
)
def seek_resource(ctx: Context) -> str | None:
    """Record the request, show what suits, and ask the owner of the best whether it is free."""
    said = ctx.slots.get("resource")
    read = terms.read(ctx.said, said if isinstance(said, str) else None)
    if len(read.name) < 2:
        return "请说说要找什么，比如「下周三下午想借个能坐40人的场地」。" if ctx.addressed else None
    known = requests.same(ctx.conn, ctx.person.id, ctx.said, ctx.now - SAME_WITHIN)
    if known:
        return f"已经登记为求助{known.id}号了，有合适的马上告诉您。"
    wanted = requests.seek(
        ctx.conn,
        ctx.now,
        name=read.name[:64],
        kind=read.kind,
        text=ctx.said,
        people=crowds.crowd(ctx.said) or read.seats,
        seeker_id=ctx.person.id,
        company=unit_of(ctx.conn, ctx.person),
        chat_id=ctx.chat.id,
        **_time(ctx.said, ctx.now),
    )
    found = fit.matches(wanted, offers.available(ctx.conn, ctx.now))[:SHOWN]
    return _propose(ctx, wanted, found) if found else _nothing_yet(ctx, wanted)


def _time(text: str, now: datetime) -> dict[str, date | datetime | str | None]:
    """The day, the hours where they were said, and how to show them."""
    found = times.event_time(text, now)
    if found is None or found.repeats or (found.granularity == "day" and found.end and found.end > found.start):
        return {"day": None, "start": None, "end": None, "when_said": ""}
    day = local(found.start).date()
    if found.granularity == "day":
        return {"day": day, "start": None, "end": None, "when_said": _day(found.start)}
    words = text[found.span[0] : found.span[1]]
    part = _PART.search(words)
    shown = when(found.start, found.end) if _HOUR.search(words) or not part else _day(found.start) + part[0]
    return {"day": day, "start": found.start, "end": found.end, "when_said": shown[:32]}


def _day(at: datetime) -> str:
    return when(at, None).rpartition("）")[0] + "）"


def _propose(ctx: Context, wanted: Request, found: list[Fit]) -> str:
    best = found[0].resource
    ask_owner(ctx.conn, ctx.voice, wanted, best, ctx.now)
    asked = f"已请资源{best.id}号的提供方确认" if len(found) > 1 else "已请对方确认"
    return f"已登记求助{wanted.id}号：{wish(wanted)}。可以看看：\n{proposal(found)}\n{asked}，有答复马上告诉您。"


def _nothing_yet(ctx: Context, wanted: Request) -> str:
    return f"已登记求助{wanted.id}号，有合适的马上告诉您。{_own_room(ctx, wanted)}"


def _own_room(ctx: Context, wanted: Request) -> str:
    """A room of the service centre, where one is wanted and free at that time."""
    if wanted.kind != terms.ROOM or wanted.start is None or wanted.end is None:
        return ""
    span = Span(wanted.start, wanted.end).rounded()
    for room in rooms.everything(ctx.conn):
        opens, closes = room.hours(span.day)
        within = opens <= span.start and span.end <= closes
        if within and room.seats(wanted.people) and not bookings.clashes(ctx.conn, room, span):
            seats = f"（可坐{room.capacity}人）" if room.capacity else ""
            return f"党群服务中心的{room.name}{seats}那时空着，要用可以说「预约{room.name}」和时间。"
    return ""


HANDLERS: tuple[Handler, ...] = (seek_resource,)
