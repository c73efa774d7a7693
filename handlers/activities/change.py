"""活动取消、延期、改期、变更: by secretary or staff; the groups that know of it and all who signed up are told."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import people
from bot.domain.activities import Activity, organisers, plan, rooms, sign_ups
from bot.errors import Refusal
from bot.notices.activities import moment, tell_change, tell_promoted, when
from handlers.activities import which
from handlers.activities.organising import ORGANISERS, beyond, leads_club
from handlers.activities.wording import edits, new_time

_NUMBERED = r"#?\s*活动\s*[#A第]?\s*\d{1,6}\s*号?|#\d{1,6}|\d{1,6}\s*号活动"
FIELD = "(?:活动|报名|开始|结束|截止)*(?:时间|日期|地点|场地|名额|人数|截止|积分|对象|联系人|主办)"
_TITLED = r"[「《“\"][^」》”\"]{2,30}[」》”\"]|(?!(?:我|大家|报名|不|先|已))[^,，。:：\n]{2,20}?"


_WHY = r"(?:[,，。:：;；(（\s]+(?P<reason>.*)|[。!！]*)"
"""Set off by punctuation: 活动12取消报名 takes back a sign-up, 取消名额限制 is a change."""


def find_named(ctx: Context) -> Activity | None:
    """The activity that the command names by number or title."""
    assert ctx.command is not None
    found = which.named(ctx, which.ahead(ctx))
    return found[0] if len(found) == 1 else None


def ask_named(ctx: Context) -> str | None:
    """Which one is to be changed? Asked only of whoever addresses the bot."""
    if not ctx.addressed:
        return None
    known = which.ahead(ctx)
    if not known:
        raise Refusal("没有找到要改的活动，请写上编号，如「活动12取消」。")
    return which.ask_text(known, "改")


NAMED = Slot("activity", which.read_activity, ask_named, find_named)


@handler(
    "cancel_activity",
    commands=(
        rf"(?:请|麻烦)?(?:把)?(?P<which>{_NUMBERED})\s*(?:先|就)?(?:取消|不办了|停办|作废)(?:了|吧|掉)?{_WHY}",
        rf"(?:请|麻烦)?取消(?:活动)?[:：\s]*(?P<which>{_NUMBERED})(?:了|吧)?{_WHY}",
        rf"(?:请|麻烦)?(?:取消活动|活动取消)[:：\s]*(?![^,，。]*(?:报名|签到|请假|名额))(?P<which>{_TITLED})(?:[,，。:：]+(?P<reason>.*))?",
    ),
    slots=(NAMED,),
    roles=ORGANISERS,
    also=leads_club,
    overhear=True,
    title="取消活动",
    examples=("@小红 活动3取消，场地停电",),
)
def cancel_activity(ctx: Context, activity: Activity) -> str | None:
    """Call an activity off; no reminder goes out any more."""
    if not organisers.decides(ctx.conn, activity, ctx.person.id, ctx.role):
        return _not_theirs(ctx, activity)
    reason = _reason(ctx)
    called_off = plan.cancel(ctx.conn, activity.id, ctx.now, reason)
    rooms.release(ctx.conn, activity.id, ctx.now)
    why = f"（{reason}）" if reason else ""
    day = f"（原定{when(called_off.begins, None)}）" if called_off.start else ""
    text = f"【活动取消】{called_off.title}{day}取消了{why}，请相互转告。"
    told = _tell(ctx, called_off, text)
    return f"活动{activity.id}号「{activity.title}」{day}已取消{why}，已逐一通知报名的{told}人。"


@handler(
    "postpone_activity",
    commands=(
        rf"(?:请|麻烦)?(?:把)?(?P<which>{_NUMBERED})\s*(?:先|就)?(?:延期|推迟|暂缓|缓办|顺延)(?:了|吧|举行|举办)?"
        r"(?:[,，:：\s]*(?:(?:具体)?时间)?(?:待定|另行通知|再定|另定))?(?:[,，:：]\s*(?P<reason>[^\d]*))?\W*",
    ),
    slots=(NAMED,),
    roles=ORGANISERS,
    also=leads_club,
    overhear=True,
    title="活动延期",
    examples=("@小红 活动3延期，时间另行通知",),
)
def postpone_activity(ctx: Context, activity: Activity) -> str | None:
    """Put an activity off to a day that is not known yet; those signed up keep their places."""
    if not organisers.decides(ctx.conn, activity, ctx.person.id, ctx.role):
        return _not_theirs(ctx, activity)
    reason = _reason(ctx)
    put_off = plan.postpone(ctx.conn, activity.id, ctx.now)
    rooms.release(ctx.conn, activity.id, ctx.now)
    why = f"（{reason}）" if reason else ""
    text = f"【活动延期】{put_off.title}（原定{when(put_off.begins, None)}）延期{why}，时间另行通知。已报名的继续有效。"
    told = _tell(ctx, put_off, text)
    return (
        f"活动{activity.id}号「{activity.title}」已延期{why}，已逐一通知报名的{told}人。"
        f"定下时间请说「活动{activity.id}改到…」。"
    )


@handler(
    "change_activity",
    commands=(
        rf"(?:请|麻烦)?(?:把)?(?P<which>{_NUMBERED})\s*(?:的)?[,，:：]?\s*(?P<to>.*(?:改|换|调|推迟|延|提前|限|设为|变成).*)",
        rf"(?:请|麻烦)?(?:把)?(?P<which>{_TITLED})的?(?P<to>(?:{FIELD})(?:也|要)?(?:改|换|调|推迟|提前|延).+)",
        rf"(?:请|麻烦)?(?:把)?(?P<which>(?:这|那)?(?:个|场|次)?活动)的?(?P<to>(?:{FIELD})?(?:改|换|推迟|提前).+)",
        rf"(?:请|麻烦)?(?:活动改期|改期)[:：\s]*(?P<which>{_NUMBERED}|{_TITLED})\s*(?P<to>(?:改?[到至为成在]|[,，:：]).+)",
    ),
    slots=(NAMED,),
    roles=ORGANISERS,
    also=leads_club,
    overhear=True,
    title="改活动",
    examples=("@小红 活动3改到下周四下午3点", "@小红 活动3地点改成一楼大厅"),
)
def change_activity(ctx: Context, activity: Activity) -> str | None:
    """Change time, place, seats or anything else of what was published; those signed up keep their seats."""
    if not organisers.decides(ctx.conn, activity, ctx.person.id, ctx.role):
        return _not_theirs(ctx, activity)
    to = ctx.command["to"] if ctx.command else ctx.said
    values = edits(f"改{to}" if to[:1] in "到至为成在" else to, activity, local(ctx.now))
    values = values or new_time(to, activity, local(ctx.now))
    if not values:
        raise Refusal("没有看懂要改什么，请写具体，如「活动3改到10月23日下午3点」「活动3地点改成一楼大厅」。")
    if why := beyond(ctx, values):
        raise Refusal(f"{why}没有改。")
    changed = plan.change(ctx.conn, activity.id, ctx.now, **values)
    if values.keys() & {"start", "end", "place"}:
        if taken := rooms.in_the_way(ctx.conn, changed):
            raise Refusal(f"{changed.place}{when(taken[0].start, taken[0].end)}已有人预约，没有改。请换个时间或地点。")
        rooms.hold(ctx.conn, changed, ctx.chat.id, ctx.now)
    if "capacity" in values:
        tell_promoted(ctx.conn, ctx.voice, changed, sign_ups.promote(ctx.conn, changed.id))
    what = _in_words(changed, values)
    head = "活动改期" if "start" in values else "活动变更"
    text = f"【{head}】{changed.title}{what}。已报名的继续有效，来不了请回复「{changed.title}请假」。"
    told = _tell(ctx, changed, text)
    done = f"已{what}" if what.startswith("改到") else f"：{what}"
    return f"活动{changed.id}号「{changed.title}」{done}，已逐一通知报名的{told}人，报名继续有效。"


def _in_words(changed: Activity, values: Mapping[str, Any]) -> str:
    """改到8月1日（周五）15:00–17:00，地点改成一楼大厅."""
    said: Mapping[str, Callable[[], str]] = {
        "start": lambda: f"改到{when(changed.begins, changed.end)}",
        "end": lambda: "" if "start" in values else f"时间改为{when(changed.begins, changed.end)}",
        "place": lambda: f"地点改成{changed.place}",
        "capacity": lambda: f"名额改为{changed.capacity}人",
        "title": lambda: f"名称改为「{changed.title}」",
        "points": lambda: f"积分改为{changed.points}分",
        "deadline": lambda: f"报名截止改为{moment(changed.deadline)}" if changed.deadline else "",
        "audience": lambda: f"对象改为{changed.audience}",
        "contact": lambda: f"联系人改为{changed.contact}",
        "series": lambda: f"系列改为{changed.series}",
        "organiser": lambda: f"主办改为{changed.organiser}",
        "required": lambda: f"改为{'必选' if changed.required else '自选'}",
    }
    return "，".join(words for name, word in said.items() if name in values and (words := word()))


def _not_theirs(ctx: Context, activity: Activity) -> str | None:
    """Another organisation's activity: said only to who addressed the bot."""
    if not ctx.addressed:
        return None
    owner = people.organisation_name(ctx.conn, activity.organisation_id)
    return f"活动{activity.id}号「{activity.title}」是{owner}的，请由发布人、该组织的书记或工作人员来改。"


def _reason(ctx: Context) -> str:
    return ((ctx.command and ctx.command["reason"]) or "").strip("（）() 。")


def _tell(ctx: Context, what: Activity, text: str) -> int:
    return tell_change(ctx.conn, ctx.voice, what, text, ctx.person.id, ctx.chat.id, ctx.now)


HANDLERS: tuple[Handler, ...] = (cancel_activity, postpone_activity, change_activity)
