"""上架、下架: what there is for points. A member company proposes its own, staff approve."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import people, points
from bot.domain.people import COMPANY, STAFF
from bot.domain.points import OFFERED, PROPOSED, WITHDRAWN, Goods
from bot.errors import Refusal
from knowledge import slots

WAIT = timedelta(days=7)
MAX_COST, MAX_STOCK = 100_000, 10_000
_COST = re.compile(r"(\d{1,6})\s*(?:个)?积?分")
_STOCK = re.compile(r"(\d{1,5})\s*(?:份|件|个|张|瓶|盒|名|人次|次)")
_PLACE = re.compile(r"(?:领取地点|地点|在)[:：]?\s*([^,，。;；\s]{2,40}?)(?:领取|兑换|使用)?(?=[,，。;；\s]|$)")


@handler(
    "offer_goods",
    commands=(r"(?:积分)?上架[:：\s]*(?P<what>[^\n]{2,120})",),
    roles=(STAFF, COMPANY),
    title="上架兑换物品",
    examples=("上架 咖啡八折券，50积分，20份，在福记面馆使用",),
)
def offer_goods(ctx: Context) -> str:
    """Name, points, number and place in one sentence. A company's own goes to staff first."""
    assert ctx.command is not None
    what = ctx.command["what"].strip()
    name = re.split(r"[,，;；\s]", what)[0][:32]
    cost, stock = _number(_COST, what, MAX_COST), _number(_STOCK, what, MAX_STOCK)
    if not cost or not stock:
        raise Refusal("请写明名称、积分和数量，例如：上架 咖啡八折券，50积分，20份，在福记面馆使用。")
    ours = ctx.role == COMPANY
    giver = ctx.person.organisation_id if ours else None
    if ours and giver is None:
        raise Refusal("我还不知道您是哪个单位的，请先说「我是××公司的某某」。")
    known = points.find_goods(ctx.conn, name)
    if known and ours and known.organisation_id != giver:
        raise Refusal(f"「{name}」已经有了，请换一个名称。")
    place = _PLACE.search(what)
    where = place[1] if place else people.organisation_name(ctx.conn, giver) or "党群服务中心"
    values = {"name": name, "cost": cost, "stock": stock, "place": where, "organisation_id": giver}
    goods = points.offer(ctx.conn, **values, state=PROPOSED if ours else OFFERED, proposed_by=ctx.person.id)
    if not ours:
        return f"已上架{_words(goods)}。"
    _ask_staff(ctx, goods)
    return f"已收到{_words(goods)}，工作人员同意后上架，会告诉您。"


def _number(pattern: re.Pattern[str], text: str, most: int) -> int:
    found = pattern.search(text)
    return min(int(found[1]), most) if found else 0


def _words(goods: Goods) -> str:
    return f"「{goods.name}」：{goods.cost}积分，{goods.stock}份，{goods.place}"


def _ask_staff(ctx: Context, goods: Goods) -> None:
    giver = people.organisation_name(ctx.conn, goods.organisation_id)
    for person_id in people.holders(ctx.conn, STAFF)[:1]:
        text = f"{giver}想上架{_words(goods)}。同意请回复「同意」，不同意回复「不同意」。"
        if ctx.tell_person(person_id, text):
            where = ctx.private_chat_of(person_id)
            ctx.ask("approve_goods", "decision", {"goods": str(goods.id)}, person_id=person_id, chat=where, within=WAIT)


@handler(
    "approve_goods",
    slots=(
        # 撤回群发99, 取消活动203: with a number it is of something else
        Slot("decision", lambda _, text: None if any(sign.isdigit() for sign in text) else slots.yes_no(text)),
        Slot("goods", lambda ctx, text: points.get_goods(ctx.conn, int(text))),
    ),
    roles=(STAFF,),
)
def approve_goods(ctx: Context, decision: bool, goods: Goods) -> str:
    """Put it on the list, or not; the proposer is told."""
    points.set_state(ctx.conn, goods.id, OFFERED if decision else WITHDRAWN)
    if goods.proposed_by:
        ctx.tell_person(goods.proposed_by, f"「{goods.name}」{'已上架' if decision else '没有上架，请联系工作人员'}。")
    return f"「{goods.name}」{'已上架' if decision else '没有上架'}。"


@handler(
    "withdraw_goods",
    commands=(r"(?:积分)?下架[:：\s]*(?P<name>[^\s,，。]{1,32})",),
    roles=(STAFF, COMPANY),
    title="下架兑换物品",
    examples=("下架 咖啡八折券",),
)
def withdraw_goods(ctx: Context) -> str:
    """No longer offered; codes that are out stay valid."""
    assert ctx.command is not None
    goods = points.find_goods(ctx.conn, ctx.command["name"])
    if goods is None or (ctx.role == COMPANY and goods.organisation_id != ctx.person.organisation_id):
        raise Refusal(f"没有找到「{ctx.command['name']}」。")
    points.set_state(ctx.conn, goods.id, WITHDRAWN)
    return f"「{goods.name}」已下架，已发出的取货码仍可领取。"


HANDLERS: tuple[Handler, ...] = (offer_goods, approve_goods, withdraw_goods)
