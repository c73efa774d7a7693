"""上架、下架: what there is for points. A member company proposes its own, staff approve."""

import re
from collections.abc import Sequence
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
    _ask_staff(ctx)
    return f"已收到{_words(goods)}，工作人员同意后上架，会告诉您。"


def _number(pattern: re.Pattern[str], text: str, most: int) -> int:
    found = pattern.search(text)
    return min(int(found[1]), most) if found else 0


def _words(goods: Goods) -> str:
    return f"「{goods.name}」：{goods.cost}积分，{goods.stock}份，{goods.place}"


def _ask_staff(ctx: Context) -> None:
    """Put all that waits before the first of the staff who can be reached."""
    for person_id in people.holders(ctx.conn, STAFF):
        where = ctx.private_chat_of(person_id)
        text, shown = _waiting(ctx)
        if where and ctx.tell_person(person_id, text):
            ctx.ask("approve_goods", "decision", {"goods": shown}, person_id=person_id, chat=where, within=WAIT)
            return


def _waiting(ctx: Context) -> tuple[str, str]:
    """What waits, numbered, and what the numbers stand for: the answer is about those, whatever comes later."""
    waiting = points.proposed(ctx.conn)
    lines = [
        f"{at}. {people.organisation_name(ctx.conn, one.organisation_id)}想上架{_words(one)}。"
        for at, one in enumerate(waiting, 1)
    ]
    some = "只同意一部分请回复序号如「1、3」，" if len(waiting) > 1 else ""
    text = "\n".join([*lines, f"同意请回复「同意」，{some}不同意回复「不同意」。"])
    return text, "、".join(str(one.id) for one in waiting)


Decision = bool | list[int]


def _read_decision(ctx: Context, text: str) -> Decision | None:
    if picked := slots.choices(text):
        return picked if min(picked) <= len(_numbers(ctx.args["goods"])) else None  # of another list
    # 撤回群发99, 取消活动203: with a number it is of something else
    return None if any(sign.isdigit() for sign in text) else slots.yes_no(text)


def _numbers(shown: object) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(shown))]


def _read_goods(ctx: Context, text: str) -> list[Goods]:
    return [points.get_goods(ctx.conn, number) for number in _numbers(text)]


@handler("approve_goods", slots=(Slot("decision", _read_decision), Slot("goods", _read_goods)), roles=(STAFF,))
def approve_goods(ctx: Context, decision: Decision, goods: list[Goods]) -> str:
    """Put them on the list, or those of these numbers alone, or none; the proposers are told."""
    wanted: Sequence[int] = range(1, len(goods) + 1) if decision is True else decision or []
    if any(number > len(goods) for number in wanted):
        ctx.ask("approve_goods", "decision", {"goods": ctx.args["goods"]}, within=WAIT)
        return f"序号只有1到{len(goods)}，还没有处理，请重新回复。"
    lines = [_settle(ctx, one, offered=at in wanted) for at, one in enumerate(goods, 1) if one.state == PROPOSED]
    return "\n".join(lines) or "没有等您同意上架的了。"


def _settle(ctx: Context, one: Goods, *, offered: bool) -> str:
    points.set_state(ctx.conn, one.id, OFFERED if offered else WITHDRAWN)
    if one.proposed_by:
        ctx.tell_person(one.proposed_by, f"「{one.name}」{'已上架' if offered else '没有上架，请联系工作人员'}。")
    return f"「{one.name}」{'已上架' if offered else '没有上架'}。"


@handler(
    "list_proposed",
    commands=(r"(?:查|看看?)?待上架(?:的)?(?:物品|商品|清单)?\W*",),
    roles=(STAFF,),
    title="待上架的物品",
    examples=("待上架",),
)
def list_proposed(ctx: Context) -> str:
    """What waits for a word of the staff."""
    text, shown = _waiting(ctx)
    if not shown:
        return "没有等着上架的物品。"
    ctx.ask("approve_goods", "decision", {"goods": shown}, within=WAIT)
    return text


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


HANDLERS: tuple[Handler, ...] = (offer_goods, approve_goods, list_proposed, withdraw_goods)
