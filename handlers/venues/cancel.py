"""Giving a room back."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import activities, people
from bot.domain.people import SECRETARY, STAFF
from bot.domain.venues import bookings
from bot.errors import Refusal
from bot.notices import venues as wording
from handlers.venues import draft, held

GRACE = timedelta(minutes=20)
_NUMBER = r"(?:[#第]?\s*\d{1,9}\s*号?)"
_ROOM = r"(?:会议室|会义室|会客厅|[厅室堂](?!友)|礼堂|大厅|教室|书吧|球场|场地|预[约定订])"
_OTHER = r"(?:报名|活动|参加|请假|签到|接龙|通知|大会|例会|讲座|培训会|党课|诉求|工单|报修|维修|[修坏漏]|积分|兑换)"
_OFF = r"(?:取消|不用了|不要了|用不上了|用不着了|不[订定约借]了|退掉|退了|退订|不用留)"
_ONLY_OFF = re.compile(rf"(?:撤[回销]|这个|那个|我们?|就|先|都|请|帮我|麻烦|退|{_OFF}|[吧了啊,，。!\s])+")


def takes_back(ctx: Context) -> bool:
    """不用了，退掉, said to the bot after one's booking: what one set going last here."""
    if not ctx.addressed or ctx.reading.quote or not _ONLY_OFF.fullmatch(ctx.text):
        return False
    return held.booked_last(ctx) is not None


@handler(
    "cancel_booking",
    commands=(
        rf"(?:请|麻烦|帮我|帮忙|把)?\s*取消\s*{_NUMBER}?\s*(?:的)?(?:场地|会议室)?预[约定订]\s*{_NUMBER}?[吧了]?\W*",
        rf"(?:请|麻烦|帮我|帮忙|把)?\s*(?:我的|我们的)?{_NUMBER}?\s*(?:的)?(?:场地|会议室)?预[约定订]\s*{_NUMBER}?\s*{_OFF}.{{0,10}}",
        rf"(?!.*{_OTHER})(?=.{{0,40}}{_ROOM}).{{0,60}}{_OFF}.{{0,12}}",
    ),
    slots=(held.NUMBER,),
    when=takes_back,
    overhear=True,
    title="取消预约",
    examples=("@小红 取消预约12", "@小红 周四下午的会议室不用了，取消"),
)
def cancel_booking(ctx: Context, number: int | None) -> str | None:
    """Cancel the sender's own booking; overheard, only one that room and time in the message point to."""
    number = number or held.number_in(ctx.said) or (held.booked_last(ctx) if takes_back(ctx) else None)
    if number is not None:
        return _cancel(ctx, number)
    options = held.meant(ctx, exact=True)
    if len(options) == 1:
        return _cancel(ctx, options[0].id)
    if options:
        return held.ask_which(ctx, "cancel_booking", "取消", options)
    if not ctx.addressed:
        return None
    mine = bookings.of_person(ctx.conn, ctx.person.id, ctx.now)
    if mine:
        return held.ask_which(ctx, "cancel_booking", "取消", mine)
    raise Refusal("没有找到您的场地预约。")


def _cancel(ctx: Context, number: int) -> str:
    one = held.numbered(ctx, number)
    if what := activities.rooms.activity_of(ctx.conn, one.id):
        raise Refusal(f"{one.id}号预约是活动{what.id}号「{what.title}」的场地，要退请说「活动{what.id}取消」或改地点。")
    draft.drop(ctx)
    bookings.cancel(ctx.conn, one, ctx.now)
    text = wording.booked(ctx.conn, one)
    if one.person_id != ctx.person.id:
        ctx.tell_person(one.person_id, f"您的预约{text}已由{people.display_name(ctx.person)}取消。")
    return f"已取消预约{text}。"


@handler(
    "release_booking",
    commands=(
        r"(?:场地)?预[约定订]\s*[#第]?(?P<number>\d{1,9})\s*号?\s*(?:的)?(?:人)?(?:没人?来|没人用|未到|没到|爽约|释放)了?\W*",
        r"释放(?:场地)?预[约定订]\s*[#第]?(?P<number>\d{1,9})\s*号?\W*",
    ),
    roles=(STAFF, SECRETARY),
    title="释放没人用的场地",
    examples=("预约12没人来",),
)
def release_booking(ctx: Context) -> str:
    """Nobody came: the rest of the time is free again, and the holder is told privately."""
    assert ctx.command is not None
    one = bookings.get(ctx.conn, int(ctx.command["number"]))
    if one.state != bookings.BOOKED or one.end <= ctx.now:
        raise Refusal(f"{one.id}号预约已经取消或结束了。")
    if what := activities.rooms.activity_of(ctx.conn, one.id):
        raise Refusal(f"{one.id}号预约是活动{what.id}号「{what.title}」的场地，活动取消或改地点时自动退。")
    if ctx.now < one.start + GRACE:
        raise Refusal(f"{one.id}号预约{local(one.start):%H:%M}开始，开始{GRACE.seconds // 60}分钟后没人来才能释放。")
    times = bookings.release(ctx.conn, one, ctx.now)
    text = wording.booked(ctx.conn, one)
    ctx.tell_person(one.person_id, f"您的预约{text}到点没人使用，场地已释放。下次用不上请提前说「取消预约」。")
    often = f"该预约人近90天已有{times}次没来。" if times > 1 else ""
    return f"预约{text}已释放，已私下告知预约人。{often}"


HANDLERS: tuple[Handler, ...] = (release_booking, cancel_booking)
