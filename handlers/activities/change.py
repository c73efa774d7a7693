"""活动取消、改期: by secretary or staff; the groups that know of it and all who signed up are told."""

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain.activities import Activity, plan
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.activities import tell_change, when
from handlers.activities import which
from handlers.activities.wording import new_time

_NUMBERED = r"#?\s*活动\s*[#A第]?\s*\d{1,6}\s*号?|#\d{1,6}|\d{1,6}\s*号活动"
_TITLED = r"[「《“\"][^」》”\"]{2,30}[」》”\"]|(?!(?:我|大家|报名|不|先|已))[^,，。:：\n]{2,20}?"


def find_named(ctx: Context) -> Activity | None:
    """The activity that the command names by number or title."""
    assert ctx.command is not None
    found = which.named(ctx, which.ahead(ctx))
    return found[0] if len(found) == 1 else None


def ask_named(ctx: Context) -> str:
    """Which one is to be changed?"""
    known = which.ahead(ctx)
    if not known:
        raise Refusal("没有找到要改的活动，请写上编号，如「活动12取消」。")
    return which.ask_text(known, "改")


NAMED = Slot("activity", which.read_activity, ask_named, find_named)


@handler(
    "cancel_activity",
    commands=(
        rf"(?:请|麻烦)?(?:把)?(?P<which>{_NUMBERED})\s*(?:先|就)?(?:取消|不办了|停办|作废)(?:了|吧|掉)?[,，。:：\s]*(?P<reason>.*)",
        rf"(?:请|麻烦)?取消(?:活动)?[:：\s]*(?P<which>{_NUMBERED})\s*[,，。:：]*(?P<reason>.*)",
        rf"(?:请|麻烦)?(?:取消活动|活动取消)[:：\s]*(?P<which>{_TITLED})(?:[,，。:：]+(?P<reason>.*))?",
    ),
    slots=(NAMED,),
    roles=(SECRETARY, STAFF),
    overhear=True,
    title="取消活动",
    examples=("@小红 活动3取消，场地停电",),
)
def cancel_activity(ctx: Context, activity: Activity) -> str:
    """Call an activity off; no reminder goes out any more."""
    reason = ((ctx.command and ctx.command["reason"]) or "").strip("（）() 。")
    called_off = plan.cancel(ctx.conn, activity.id, ctx.now, reason)
    why = f"（{reason}）" if reason else ""
    day = when(called_off.begins, None)
    text = f"【活动取消】{called_off.title}（原定{day}）取消了{why}，请相互转告。"
    told = tell_change(ctx.conn, ctx.voice, called_off, text, ctx.person.id, ctx.chat.id)
    return f"活动{activity.id}号「{activity.title}」（原定{day}）已取消{why}，已逐一通知报名的{told}人。"


@handler(
    "reschedule_activity",
    commands=(
        rf"(?:请|麻烦)?(?:把)?(?P<which>{_NUMBERED})\s*(?:的?时间)?(?:改期|改时间|改在|改到|改成|改为|推迟|延期|提前|调整)[到至为成在]?[:：,，\s]*(?P<to>.+)",
        rf"(?:请|麻烦)?(?:活动改期|改期)[:：\s]*(?P<which>{_NUMBERED}|{_TITLED})\s*(?:改?[到至为成在]|[,，:：])\s*(?P<to>.+)",
    ),
    slots=(NAMED,),
    roles=(SECRETARY, STAFF),
    overhear=True,
    title="活动改期",
    examples=("@小红 活动3改到下周四下午3点",),
)
def reschedule_activity(ctx: Context, activity: Activity) -> str:
    """Put an activity at another time; those signed up keep their seats and are told."""
    to = ctx.command["to"] if ctx.command else ctx.said
    changed = new_time(to, activity, local(ctx.now))
    if not changed:
        raise Refusal("没有看懂新的时间，请写具体日期和钟点，如「活动3改到10月23日下午3点」。")
    moved = plan.reschedule(ctx.conn, activity.id, ctx.now, changed["start"], changed["end"])
    new = when(moved.begins, moved.end)
    place = f"，{moved.place}" if moved.place else ""
    text = f"【活动改期】{moved.title}改到{new}{place}。已报名的继续有效，来不了请回复「{moved.title}请假」。"
    told = tell_change(ctx.conn, ctx.voice, moved, text, ctx.person.id, ctx.chat.id)
    return f"活动{moved.id}号「{moved.title}」已改到{new}，已逐一通知报名的{told}人，报名继续有效。"


HANDLERS: tuple[Handler, ...] = (cancel_activity, reschedule_activity)
