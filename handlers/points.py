"""积分: balance and last entries, ranking, exchange for goods, verification at the pick-up."""

import re
from datetime import datetime, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import people, points
from bot.domain.people import SECRETARY, STAFF
from bot.domain.points import Goods
from bot.errors import Refusal
from knowledge import slots

_RANKING = re.compile(r"排行|排名|排第几|名次|积分榜|榜单|前十")
TOP = 10


@handler(
    "query_points",
    intents=("query_points",),
    commands=(r"(?:查(?:一下|看|询)?)?(?:我的?)?积分(?:余额|明细|查询)?",),
    overhear=True,
    title="查积分",
    examples=("@小红 我还有多少积分", "积分排行榜"),
)
def query_points(ctx: Context) -> str | None:
    """The sender's own points. What nobody asked the bot for in public is answered privately."""
    text = _ranking(ctx) if _RANKING.search(ctx.text) else _balance(ctx)
    if ctx.addressed:
        return text
    ctx.tell_person(ctx.person.id, text)
    return None


def _balance(ctx: Context) -> str:
    total = points.balance(ctx.conn, ctx.person.id)
    if not ctx.chat.private:
        return f"您现有{total}积分。明细和兑换请私聊我。" if ctx.addressed else f"您现有{total}积分。"
    entries = points.last_entries(ctx.conn, ctx.person.id)
    lines = [f"{local(entry.at):%m-%d} {entry.amount:+d} {entry.note}" for entry in entries]
    return "\n".join([f"您现有{total}积分。", *(["最近记录："] if lines else []), *lines])


def _ranking(ctx: Context) -> str:
    """This month's first ten by name, without their points; the asker's own place and points."""
    first = local(ctx.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ranked = points.ranking(ctx.conn, first, ctx.now + timedelta(seconds=1))
    if not ranked:
        return "本月还没有积分记录，参加活动签到就有积分。"
    names = [people.display_name(people.get_person(ctx.conn, person_id)) for person_id, _ in ranked[:TOP]]
    text = f"{first.month}月积分榜：" + "、".join(f"{at}.{name}" for at, name in enumerate(names, 1))
    place = next((at for at, (person_id, _) in enumerate(ranked, 1) if person_id == ctx.person.id), None)
    return f"{text}。" + (f"您排第{place}。" if place else "您本月还没有积分。")


# exchange


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


def ask_goods(ctx: Context) -> str:
    """What there is, to choose from."""
    known = points.all_goods(ctx.conn)
    if not known:
        raise Refusal("现在还没有可以兑换的物品。")
    wanted = ctx.slots.get("goods")
    head = f"没有「{wanted}」可以兑换。" if wanted else ""
    lines = [f"{at}. {one.name} {one.cost}积分{'' if one.stock else '（已兑完）'}" for at, one in enumerate(known, 1)]
    return f"{head}可以兑换：\n" + "\n".join(lines) + "\n请回复编号或名称。"


@handler(
    "redeem_points",
    intents=("redeem_points",),
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
    roles=(STAFF, SECRETARY),
    title="核销取货码",
    examples=("核销 483920",),
)
def verify_redemption(ctx: Context) -> str:
    """The goods are handed over: once for each code."""
    assert ctx.command is not None
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
    found = points.find_people(ctx.conn, said["name"], ctx.channel)
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


HANDLERS: tuple[Handler, ...] = (query_points, redeem_points, confirm_redeem, verify_redemption, grant_points)
