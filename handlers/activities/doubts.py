"""What a careful colleague would ask before an activity goes out: its plan, its place, its people, its day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.capability import Context
from bot.clock import local
from bot.domain.activities import Activity, clashes, rooms
from bot.domain.people import Chat
from bot.notices.activities import announcement, when
from bot.pacing import limits, split
from knowledge import notices
from knowledge.workdays import calendar_covers, holiday_around, is_workday

_DAYS = "一二三四五六日"


def of_draft(ctx: Context, draft: Activity, targets: Sequence[Chat], weekday: int | None = None) -> list[str]:
    """All doubts about a draft that is to be announced in these groups; `weekday` as written beside its date."""
    start = local(draft.start) if draft.start else None
    known = notices.Notice(
        draft.title,
        start,
        local(draft.end) if draft.end else None,
        draft.place,
        deadline=local(draft.deadline) if draft.deadline else None,
        weekday=weekday,
    )
    found = [doubt.rstrip("。").replace(",", "，") for doubt in notices.doubts(known, local(ctx.now))]
    if draft.deadline is None:
        found.append("没有写报名截止时间，到活动结束前都能报")
    if start:
        found += [*_day_off(draft, start), *_place(ctx, draft), *_people(ctx, draft, targets)]
    return [*found, *_audience(ctx, draft, targets), *_length(draft, targets)]


def _day_off(draft: Activity, start: datetime) -> Iterable[str]:
    """A holiday, a weekend that the title does not speak of, a Saturday on which people work."""
    day, named = start.date(), f"{start.month}月{start.day}日"
    off = not is_workday(day)
    first, last = holiday_around(day)
    if off and (last - first).days >= 2:
        yield f"{named}在放假期间（{first.month}月{first.day}日至{last.month}月{last.day}日）"
    elif off and not any(word in draft.title for word in ("周末", "周六", "周日", "双休")):
        yield f"{named}是周{_DAYS[day.weekday()]}，休息日"
    elif not off and day.weekday() > 4 and calendar_covers(day.year):
        yield f"{named}（周{_DAYS[day.weekday()]}）调休上班"


def _place(ctx: Context, draft: Activity) -> Iterable[str]:
    """Somebody else has the room, or it is too small or closed."""
    for held in rooms.in_the_way(ctx.conn, draft):
        yield f"{draft.place}{when(held.start, held.end)}已有人预约（预约{held.id}号）"
    for other in clashes.same_place(draft, clashes.at_the_time(ctx.conn, draft)):
        yield f"同一时间{other.place}还有活动{other.id}号「{other.title}」"
    room = rooms.room_of(ctx.conn, draft)
    if room is None:
        return
    if not room.seats(draft.capacity):
        yield f"{room.name}只能坐{room.capacity}人，名额写的是{draft.capacity}人"
    opens, closes = room.hours(local(draft.begins).date())
    if draft.begins < opens or draft.ends > closes + timedelta(minutes=1):
        yield f"{room.name}的开放时间是{opens:%H:%M}–{closes:%H:%M}"


def _people(ctx: Context, draft: Activity, targets: Sequence[Chat]) -> Iterable[str]:
    """The same people are wanted elsewhere at that time."""
    others = clashes.at_the_time(ctx.conn, draft)
    for other in clashes.same_people(ctx.conn, others, targets):
        if other.place != draft.place or not draft.place:
            yield f"与活动{other.id}号「{other.title}」（{when(other.begins, other.end)}）时间冲突，参加的人可能重叠"


def _audience(ctx: Context, draft: Activity, targets: Sequence[Chat]) -> Iterable[str]:
    """The groups that will read it are not those of whom it speaks; all are expected and few fit."""
    for name in clashes.not_reached(ctx.conn, draft.audience, targets):
        yield f"对象里有{name}，要发的群里没有{name}的群"
    heard = clashes.expected(ctx.conn, targets)
    if draft.required and draft.capacity and draft.capacity < heard:
        yield f"必选活动限{draft.capacity}人，群里发过言的就有{heard}人"


def _length(draft: Activity, targets: Sequence[Chat]) -> Iterable[str]:
    text = announcement(draft)
    for channel in sorted({chat.channel for chat in targets}):
        parts = len(split(text, limits(channel)))
        if parts > 1:
            yield f"公告共{len(text)}字，超过{channel}一条消息的上限，会分{parts}条发出"
