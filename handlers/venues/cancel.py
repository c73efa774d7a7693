"""Giving a room back."""

from bot.capability import Context, Handler, handler
from bot.domain import people
from bot.domain.venues import bookings
from bot.errors import Refusal
from bot.notices import venues as wording
from handlers.venues import draft, held

_NUMBER = r"(?:[#第]?\s*\d{1,9}\s*号?)"
_ROOM = r"(?:会议室|会义室|会客厅|[厅室堂](?!友)|礼堂|大厅|教室|书吧|球场|场地|预[约定订])"
_OTHER = r"(?:报名|活动|参加|请假|签到|接龙|通知|大会|例会|讲座|培训会|党课|诉求|工单|报修|维修|[修坏漏]|积分|兑换)"
_OFF = r"(?:取消|不用了|不要了|用不上了|用不着了|不[订定约借]了|退掉|退了|退订|不用留)"


@handler(
    "cancel_booking",
    commands=(
        rf"(?:请|麻烦|帮我|帮忙|把)?\s*取消\s*{_NUMBER}?\s*(?:的)?(?:场地|会议室)?预[约定订]\s*{_NUMBER}?[吧了]?\W*",
        rf"(?:请|麻烦|帮我|帮忙|把)?\s*(?:我的|我们的)?{_NUMBER}?\s*(?:的)?(?:场地|会议室)?预[约定订]\s*{_NUMBER}?\s*{_OFF}.{{0,10}}",
        rf"(?!.*{_OTHER})(?=.{{0,40}}{_ROOM}).{{0,60}}{_OFF}.{{0,12}}",
    ),
    slots=(held.NUMBER,),
    overhear=True,
    title="取消预约",
    examples=("@小红 取消预约12", "@小红 周四下午的会议室不用了，取消"),
)
def cancel_booking(ctx: Context, number: int | None) -> str | None:
    """Cancel the sender's own booking; overheard, only one that room and time in the message point to."""
    number = number or held.number_in(ctx.said)
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
    draft.drop(ctx)
    bookings.cancel(ctx.conn, one, ctx.now)
    text = wording.booked(ctx.conn, one)
    if one.person_id != ctx.person.id:
        ctx.tell_person(one.person_id, f"您的预约{text}已由{people.display_name(ctx.person)}取消。")
    return f"已取消预约{text}。"


HANDLERS: tuple[Handler, ...] = (cancel_booking,)
