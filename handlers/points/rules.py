"""积分规则: points by hand, versions of the rules, and the reconciliation for staff."""

from datetime import datetime, timedelta

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import people, points
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.points import account_of
from knowledge import times


@handler(
    "grant_points",
    commands=(
        r"(?:给|为)\s*(?P<name>[^\s,，加扣补奖]{1,16})\s*(?P<verb>加|补|奖励?|扣)(?:上)?\s*(?P<amount>\d{1,4})\s*(?:个)?(?:积?分)[,，:：。\s]*(?P<note>.*)",
    ),
    roles=(STAFF,),
    title="加减积分",
    examples=("给林晓加20分，协助组织主题党日",),
)
def grant_points(ctx: Context) -> str:
    """Points that no activity gives, by staff, with the reason; the person is told."""
    assert ctx.command is not None
    said = ctx.command
    found = people.find_people(ctx.conn, said["name"], ctx.channel)
    if len(found) != 1:
        why = f"有{len(found)}位叫「{said['name']}」的" if found else f"没有找到「{said['name']}」"
        raise Refusal(f"{why}，没有改积分。")
    amount = int(said["amount"]) * (-1 if said["verb"] == "扣" else 1)
    if points.balance(ctx.conn, found[0]) + amount < 0:
        raise Refusal(f"「{said['name']}」的积分不够扣，没有改积分。")
    note = said["note"] or "工作人员调整"
    points.grant(ctx.conn, found[0], amount, key=f"grant:{ctx.message.id}", note=note, at=ctx.now, by_id=ctx.person.id)
    total = points.balance(ctx.conn, found[0])
    ctx.tell_person(found[0], f"您的积分{amount:+d}（{note}），现有{total}积分。")
    return f"已给{said['name']}{'扣' if amount < 0 else '加'}{abs(amount)}分（{note}）。"


_CAUSE = {name: cause for cause, name in points.CAUSES.items()}


@handler(
    "set_point_rule",
    commands=(
        rf"(?P<cause>{'|'.join(_CAUSE)})(?:的)?积分(?:规则)?(?:改|调|设|定)?(?:成|为|到|整为)\s*(?P<points>\d{{1,3}})\s*(?:积?分)?"
        r"[,，。\s]*(?P<since>[^,，。]*?)(?:起|开始)?[。\s]*",
    ),
    roles=(STAFF,),
    title="改积分规则",
    examples=("签到积分改为3分，8月1日起",),
)
def set_point_rule(ctx: Context) -> str:
    """A new version from a day on, today where none is said; what was earned stays."""
    assert ctx.command is not None
    said = ctx.command
    since = _since(ctx, said["since"])
    points.set_rule(ctx.conn, _CAUSE[said["cause"]], int(said["points"]), since, ctx.person.id)
    day = local(since)
    return f"{said['cause']}积分从{day.month}月{day.day}日起为{int(said['points'])}分，此前的积分不变。"


def _since(ctx: Context, words: str) -> datetime:
    today = local(ctx.now).replace(hour=0, minute=0, second=0, microsecond=0)
    if not words.strip():
        return today
    named = times.when(words, ctx.now)
    if named is None:
        raise Refusal(f"没看懂从哪天起（{words.strip()[:12]}），规则没有改。")
    return max(today, local(named.start).replace(hour=0, minute=0, second=0, microsecond=0))


@handler(
    "reconcile_points",
    commands=(r"(?P<last>上个?月)?(?:的)?积分对账(?P<month>\d{1,2}月)?", r"对账积分"),
    roles=(STAFF,),
    title="积分对账",
    examples=("积分对账", "上月积分对账"),
)
def reconcile_points(ctx: Context) -> str:
    """The month's account: given, redeemed, expired, held; and whether the books agree."""
    assert ctx.command is not None
    first = local(ctx.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if ctx.command.groupdict().get("last"):
        return account_of(ctx.conn, (first - timedelta(days=1)).replace(day=1), first)
    return account_of(ctx.conn, first, ctx.now + timedelta(seconds=1))


HANDLERS: tuple[Handler, ...] = (grant_points, set_point_rule, reconcile_points)
