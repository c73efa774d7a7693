"""积分兑换: goods and services for points, the code that stands for them, and its verification."""

import re
from datetime import datetime

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import people, points
from bot.domain.people import COMPANY, SECRETARY, STAFF
from bot.domain.points import Goods, Redemption
from bot.errors import Refusal
from knowledge import slots

CANCELLED = "cancelled"


_ANY = re.compile(r"什么|啥|哪|东西|礼[品物]|奖品|物品|点")
"""Goods of no name."""


def find_goods(ctx: Context) -> Goods | None:
    """The goods that the message names."""
    wanted = str(ctx.slots.get("goods") or "")
    known = points.all_goods(ctx.conn)
    return _named(ctx.said, known) or (_named(wanted, known) if wanted else None)


def _named(text: str, known: list[Goods]) -> Goods | None:
    whole = [one for one in known if one.name in text]
    if not whole and len(text) >= 2:
        whole = [one for one in known if text in one.name]
    return whole[0] if len(whole) == 1 else None


def read_goods(ctx: Context, text: str) -> Goods | None:
    """Goods by name, or by their place in the list that was shown; our own id when read again."""
    known = points.all_goods(ctx.conn)
    if text.startswith("goods:"):
        return points.get_goods(ctx.conn, int(text[6:]))
    picked = slots.choices(text) if len(text) <= 6 else []
    if len(picked) == 1 and picked[0] <= len(known):
        return known[picked[0] - 1]
    return _named(text, known) if len(text) <= 20 else None


def ask_goods(ctx: Context) -> str | None:
    """What there is, to choose from; 能换啥 among others may be of anything."""
    if ctx.command and not (ctx.addressed or ctx.command["points"]):
        return None
    known = points.all_goods(ctx.conn)
    if not known:
        raise Refusal("现在还没有可以兑换的物品。")
    wanted = str(ctx.slots.get("goods") or "")
    head = f"没有「{wanted}」可以兑换。" if wanted and not _ANY.search(wanted) else ""
    lines = [f"{at}. {one.name} {one.cost}积分{'' if one.stock else '（已兑完）'}" for at, one in enumerate(known, 1)]
    return f"{head}可以兑换：\n" + "\n".join(lines) + "\n请回复编号或名称。"


@handler(
    "redeem_points",
    intents=("redeem_points",),
    commands=(
        r"(?:我的?)?(?P<points>积分|分数?)?(?:现在|都|还)*(?:能|可以)(?:用来)?(?:兑换?|换)(?:些|点)?(?:啥|什么|哪些)(?:东西|礼品|物品|奖品)?(?:呢|啊|呀)?\W*",
        r"(?P<points>积分)?(?:现在|都)?有(?:些)?(?:啥|什么|哪些)(?:东西|礼品|物品|奖品)?(?:可以|能)(?:兑换?|换)(?:的)?(?:呢|啊|呀)?\W*",
    ),
    slots=(Slot("goods", read_goods, ask_goods, find_goods),),
    overhear=True,
    title="积分兑换",
    examples=("@小红 用积分换洗衣液",),
)
def redeem_points(ctx: Context, goods: Goods) -> str:
    """Show what it costs and what would be left; nothing is deducted before a yes."""
    left = points.check(ctx.conn, ctx.person.id, goods)
    ctx.ask("confirm_redeem", "decision", {"goods": f"goods:{goods.id}"})
    rest = f"，兑换后剩{left}积分" if ctx.chat.private else ""
    price = f"兑换「{goods.name}」1件：{goods.cost}积分{rest}，领取地点：{goods.place}。"
    return f"{price}确认请回复「确认」，不换回复「取消」。"


@handler(
    "confirm_redeem",
    slots=(Slot("decision", lambda _, text: slots.yes_no(text)), Slot("goods", read_goods)),
)
def confirm_redeem(ctx: Context, decision: bool, goods: Goods) -> str:
    """Deduct once and give the pick-up code: in private, since whoever reads it could use it."""
    if not decision:
        return "好的，没有兑换，积分不变。"
    done = points.redeem(ctx.conn, ctx.person.id, goods.id, ctx.now)
    left = points.balance(ctx.conn, ctx.person.id)
    text = f"兑换成功，取货码{done.code}：{done.goods}1件，扣{done.cost}积分，剩{left}积分。凭码到{goods.place}领取。"
    if ctx.chat.private:
        return text
    ctx.tell_person(ctx.person.id, text)
    return f"「{done.goods}」兑换成功，取货码已私发给您。"


@handler(
    "verify_redemption",
    commands=(r"核销(?:取货码|兑换码)?[:：#\s]*(?P<code>\d{4,8})\W*", r"(?P<code>\d{4,8})\s*核销\W*"),
    roles=(STAFF, SECRETARY, COMPANY),
    title="核销取货码",
    examples=("核销 483920",),
)
def verify_redemption(ctx: Context) -> str:
    """The goods are handed over: once for each code."""
    assert ctx.command is not None
    wanted = points.find_redemption(ctx.conn, ctx.command["code"])
    if ctx.role == COMPANY and (wanted.organisation_id is None or wanted.organisation_id != ctx.person.organisation_id):
        raise Refusal(f"取货码{wanted.code}兑换的不是贵单位的项目，不能由您核销。")
    if wanted.state == CANCELLED:
        raise Refusal(f"取货码{wanted.code}已经退掉了，不能领取。")
    before = points.pick_up(ctx.conn, ctx.command["code"], ctx.person.id, ctx.now)
    who = people.display_name(people.get_person(ctx.conn, before.person_id))
    if before.picked_up_at is not None:
        raise Refusal(f"取货码{before.code}已在{_moment(before.picked_up_at)}核销过，不能重复领取。")
    ctx.tell_person(before.person_id, f"您兑换的「{before.goods}」已领取（取货码{before.code}）。")
    return f"核销成功：{before.code}，{who}的「{before.goods}」1件，请交给本人。"


def _moment(at: datetime) -> str:
    at = local(at)
    return f"{at.month}月{at.day}日{at:%H:%M}"


@handler(
    "cancel_redemption",
    commands=(r"(?:取消|退掉?|不要)(?:积分)?兑换(?:的)?(?:取货码)?[:：#\s]*(?P<code>\d{4,8})?\W*", r"退兑换.*"),
    title="取消兑换",
    examples=("取消兑换 483920",),
)
def cancel_redemption(ctx: Context) -> str:
    """Before the pick-up: points back, goods back."""
    done = _mine(ctx)
    points.cancel(ctx.conn, done, ctx.now)
    left = points.balance(ctx.conn, ctx.person.id)
    text = f"「{done.goods}」的兑换已取消，{done.cost}积分已退回，现有{left}积分。"
    if ctx.chat.private:
        return text
    ctx.tell_person(ctx.person.id, text)
    return f"「{done.goods}」的兑换已取消，积分已退回。"


def _mine(ctx: Context) -> Redemption:
    """The exchange that the code names, or the only one that waits."""
    assert ctx.command is not None
    waiting = points.open_redemptions(ctx.conn, ctx.person.id)
    code = ctx.command.groupdict().get("code")
    found = [one for one in waiting if code in (None, one.code)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal("没有找到您还没领取的这笔兑换。")
    raise Refusal("您有几笔没领取的兑换，请写明取货码：" + "、".join(f"{one.goods} {one.code}" for one in found))


HANDLERS: tuple[Handler, ...] = (cancel_redemption, redeem_points, confirm_redeem, verify_redemption)
