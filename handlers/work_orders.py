"""工单、电话记录: pasted 12345 orders, tables of them and telephone notes become needs, each once."""

import re
from dataclasses import replace

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import work_orders
from bot.domain.needs import By
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.domain.work_orders import Arrived
from bot.errors import Refusal
from bot.notices.needs import dispatch, moment, service_group
from bot.notices.work_orders import import_all, outcome, rejects
from knowledge import work_orders as reader
from knowledge.private import mask
from knowledge.wording import readable
from knowledge.work_orders import WorkOrder

CLERKS = (STAFF, SECRETARY, HANDLER)
"""Who takes in what comes from elsewhere."""
PHONE_NOTE = r"(?:来电|电话|接听|热线)(?:诉求)?(?:记录|登记|接听记录)\s*[:：].{4,}"


def by(ctx: Context) -> By:
    """The sender as the one who acts."""
    return By(ctx.person.id, ctx.now, ctx.message.id, ctx.role)


@handler(
    "work_orders",
    when=lambda ctx: ctx.role in CLERKS and reader.parse(ctx.message.text, local(ctx.message.at)) is not None,
    roles=CLERKS,
    overhear=True,
    title="登记 12345 工单",
    examples=(
        "12345工单\n工单编号：WH2025072100123\n诉求人：王先生\n电话：13900007781\n诉求内容：3号楼货梯停运\n办理时限：5个工作日",
    ),
)
def take_orders(ctx: Context) -> str:
    """Register and dispatch the orders of a message; the same order again is the need that exists."""
    batch = reader.parse(ctx.message.text, local(ctx.message.at))
    assert batch is not None
    arrived = import_all(ctx.conn, ctx.voice, by(ctx), ctx.chat.id, batch.orders)
    text = _receipt(arrived[0]) if len(arrived) == 1 else outcome(arrived)
    return "\n".join((text, *rejects(batch)))


def _receipt(one: Arrived) -> str:
    need = one.need
    if not one.new:
        return f"工单{one.order.number}已经登记为诉求{need.id}号，没有重复登记。"
    number = f"工单{one.order.number}" if one.order.number else "电话记录"
    until = f"，要求{moment(need.resolve_by)}前办结" if one.order.deadline and need.resolve_by else ""
    return f"{number}已登记为诉求{need.id}号（{need.category}），已派给{service_group(need)}{until}。"


@handler(
    "phone_note",
    commands=(PHONE_NOTE,),
    roles=CLERKS,
    overhear=True,
    title="电话记录",
    examples=("电话记录：福记面馆王老板来电，反映后厨下水道堵了，电话13900007783",),
)
def phone_note(ctx: Context) -> str | None:
    """A note of a call: a need with the caller as the contact."""
    order = reader.phone_note(ctx.message.text) or reader.phone_note(ctx.text)
    if order is None:
        return None
    order = replace(order, text=readable(order.text))
    arrived = work_orders.take_in(ctx.conn, by(ctx), ctx.chat.id, order, _category(ctx))
    if arrived.new:
        dispatch(ctx.conn, ctx.voice, arrived.need, by(ctx))
        return _receipt(arrived) + ("" if order.phone else "没有读到来电号码，经办人会问您。")
    return f"这个电话已经登记为诉求{arrived.need.id}号，没有重复登记。"


def _category(ctx: Context) -> str | None:
    found = ctx.slots.get("category")
    return str(found) if found else None


def _drop(ctx: Context) -> str:
    work_orders.drop(ctx.conn, int(str(ctx.args["draft"])))
    return "好的，没有导入。"


@handler(
    "import_orders",
    roles=CLERKS,
    slots=(
        Slot(
            "decision",
            lambda _, text: True if re.fullmatch(r"(?:确认|确定|好的?)?导入[吧。]?|确认|确定", text) else None,
            on_cancel=_drop,
        ),
        Slot("draft", lambda _, text: int(text)),
    ),
)
def import_orders(ctx: Context, decision: bool, draft: int) -> str:
    """确认导入: every order that is not a need yet becomes one."""
    orders: list[WorkOrder] = work_orders.drafted(ctx.conn, draft)
    if not decision or not orders:
        raise Refusal("这张表已经处理过了。")
    work_orders.drop(ctx.conn, draft)
    return mask(outcome(import_all(ctx.conn, ctx.voice, by(ctx), ctx.chat.id, orders)))


HANDLERS: tuple[Handler, ...] = (take_orders, phone_note, import_orders)
