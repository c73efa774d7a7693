"""取消报名、请假: give the seat back, in whole or in part; whoever waits and fits moves up."""

import re

from bot.capability import Context, Handler, handler
from bot.domain.activities import Activity, lookup, plan, sign_ups
from bot.domain.activities.sign_ups import Applicant, SignUp
from bot.notices.activities import listing, tell_promoted
from handlers.activities import which
from handlers.activities.organising import ORGANISERS
from knowledge.numbers import NUMERAL, number

_PART = re.compile(rf"(?:退|取消|减|少)(?:掉|去|来)?了?({NUMERAL})\s*(?:个|名|位|人)")
_EXCUSES = re.compile(
    r"[请倾]个?[假架]|[来去到参加]{1,2}不[了成上]|赶不|不能(?:来|去|到|参加)|无法|缺席|不来|不去|不参加"
)
_OFF_WORK = re.compile(r"半天|[一两二三四五几]天假?|上班|加班|下班|公司|单位|调休|年假|[病事产]假")
"""Leave from work, not from an activity."""


_GIVES_UP = re.compile(
    r"(?:我的?)?(?P<what>[^,，。?？吗]{2,16}?)的?(?:报名)?(?:取消|不去|退)(?:报名)?(?:了吧|吧|哈)?[~!！。]*"
)


def gives_up(ctx: Context) -> bool:
    """手工课取消, and nothing else, by who is signed up for it."""
    found = None if ctx.addressed or ctx.reading.quote else _GIVES_UP.fullmatch(ctx.text)
    if found is None:
        return False
    held = [what for what, _ in sign_ups.of_person(ctx.conn, ctx.person.id, ctx.now)]
    return bool(which.only_named(found["what"], held))


@handler(
    "cancel_sign_up",
    intents=("cancel_sign_up",),
    when=gives_up,
    commands=(rf".{{0,20}}(?:退|取消|减)(?:掉|去)?{NUMERAL}\s*(?:个|位|名)(?:人|名额)?(?:[,，吧。].{{0,30}})?",),
    slots=(which.ACTIVITY,),
    overhear=True,
    title="取消报名、请假",
    examples=("@小红 主题党日我请假，孩子发烧", "主题党日去不了了，取消报名"),
)
def cancel_sign_up(ctx: Context, activity: Activity | None) -> str | None:
    """Take a sign-up back, with the reason as said; without one, note the leave."""
    mine = sign_ups.of_person(ctx.conn, ctx.person.id, ctx.now) or _under_my_name(ctx)
    what = activity or _which(ctx, mine)
    if what is None or isinstance(what, str):
        return what
    held = _entry(ctx, [entry for one, entry in mine if one.id == what.id])
    if held is None:
        return _excuse(ctx, what)
    part = _PART.search(ctx.said)
    left, promoted = sign_ups.leave(
        ctx.conn, held, ctx.now, ctx.said, people=number(part[1]) if part and held.people > 1 else None
    )
    tell_promoted(ctx.conn, ctx.voice, what, promoted)
    note = "，空出的名额已顺延给候补并通知本人" if promoted else ""
    if left.state != sign_ups.CANCELLED:
        return f"已改：「{what.title}」保留{left.people}人{note}。"
    whom = "" if held.person_id or held.name == ctx.person.name else f"{held.name}的"
    return f"已取消{whom}「{what.title}」报名{note}。"


def _under_my_name(ctx: Context) -> list[tuple[Activity, SignUp]]:
    """What another put down here under the sender's name, as in a list that goes from hand to hand."""
    known = [] if ctx.chat.private or not ctx.person.name else which.ahead(ctx)
    listed = sign_ups.named_in_any(ctx.conn, [what.id for what in known], ctx.person.name, ctx.chat.id)
    return [(what, listed[what.id]) for what in known if what.id in listed]


def _which(ctx: Context, mine: list[tuple[Activity, SignUp]]) -> Activity | str | None:
    """By name first; then what the sender signed up for, in a group only what the group knows of."""
    held = list(dict.fromkeys(what for what, _ in mine))
    found = which.named(ctx, which.ahead(ctx)) or which.named(ctx, held)
    if not found and not ctx.addressed and _OFF_WORK.search(ctx.said):
        return None
    if not found and not which.of_another(ctx):
        found = lookup.talked_about(ctx.conn, ctx.chat.id, held, ctx.now)
        if not found and ctx.addressed:
            found = held
        if not found and _EXCUSES.search(ctx.said) and which.bare(ctx):
            found = _expected(ctx)
    if len(found) > 1:
        found = [one for one in found if one in held] or found
    return which.one(ctx, "cancel_sign_up", "取消", found, lambda: _nothing(ctx, held))


def _nothing(ctx: Context, held: list[Activity]) -> str | None:
    if not ctx.addressed:
        return None
    wanted = ctx.slots.get("activity")
    if not (held or wanted or "报名" in ctx.said) and which.bare(ctx):
        return "您没有报名活动，也没有要回答的问题。要取消什么，请说清楚，比如「取消预约」。"
    text = f"没有找到您在「{wanted}」的报名。" if wanted else "没有找到您的报名。"
    return text + (f"您报名的活动：\n{listing(held)}" if held else "")


def _expected(ctx: Context) -> list[Activity]:
    """Without a sign-up one asks leave of what everybody is expected at."""
    required = [what for what in which.ahead(ctx) if what.required]
    here = lookup.talked_about(ctx.conn, ctx.chat.id, required, ctx.now)
    return here or (required if ctx.addressed else [])


def _entry(ctx: Context, entries: list[SignUp]) -> SignUp | None:
    """The sender's own sign-up, unless another's name is said."""
    others = [entry for entry in entries if entry.person_id is None]
    by_name = next((entry for entry in others if entry.name.rpartition("的")[2] in ctx.said), None)
    own = next((entry for entry in entries if entry.person_id == ctx.person.id), None)
    return by_name or own or (others[0] if len(others) == 1 else None)


def _excuse(ctx: Context, what: Activity) -> str | None:
    if not _EXCUSES.search(ctx.said):
        whole = f"要取消整场活动，请发「活动{what.id}取消，原因」。" if ctx.role in ORGANISERS else ""
        return f"您没有报名「{what.title}」，不用取消。{whole}" if ctx.addressed else None
    if what.state != plan.PUBLISHED or what.ends <= ctx.now:
        return f"「{what.title}」已经结束或取消，不用请假了。"
    who = Applicant(ctx.person.id, ctx.person.name, ctx.person.id, ctx.chat.id, ctx.now)
    sign_ups.excuse(ctx.conn, what.id, who, ctx.said)
    return f"已记下，您不参加「{what.title}」。"


HANDLERS: tuple[Handler, ...] = (cancel_sign_up,)
