"""工单: importing a batch, and what is said before and after."""

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from bot.domain import work_orders
from bot.domain.needs import By
from bot.domain.work_orders import Arrived
from bot.notices.needs import dispatch
from bot.voice import Voice
from knowledge.work_orders import Batch, WorkOrder

SHOWN = 10


def import_all(conn: Connection, voice: Voice, by: By, chat_id: int, orders: Iterable[WorkOrder]) -> list[Arrived]:
    """Report and dispatch every order that is not a need yet."""
    arrived = [work_orders.take_in(conn, by, chat_id, order) for order in orders]
    for one in arrived:
        if one.new:
            dispatch(conn, voice, one.need, by)
    return arrived


def preview(conn: Connection, by: By, batch: Batch) -> str:
    """What an import would do."""
    known = work_orders.known_among(conn, by, batch.orders)
    again = f"，其中{len(known)}条以前登记过，不会重复登记" if known else ""
    lines = [f"读到{len(batch.orders)}条工单{again}。", *rejects(batch)]
    return "\n".join(line for line in lines if line)


def outcome(arrived: Sequence[Arrived]) -> str:
    """What an import did: 新登记3件：诉求103、104、105号。已有1件：WH01就是诉求101号。"""
    new, known = [one for one in arrived if one.new], [one for one in arrived if not one.new]
    text = ""
    if new:
        text += f"新登记{len(new)}件：诉求{_numbers(new)}号，已派到各服务组。"
    if known:
        named = "、".join(f"{one.order.number}就是诉求{one.need.id}号" for one in known[:SHOWN])
        text += f"已有{len(known)}件，没有重复登记：{named}{'等' if len(known) > SHOWN else ''}。"
    return text or "没有可以登记的。"


def _numbers(new: Sequence[Arrived]) -> str:
    numbers = [one.need.id for one in new]
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}至{numbers[-1]}"
    return "、".join(str(number) for number in numbers)


def rejects(batch: Batch) -> list[str]:
    """The lines that cannot be imported, and why."""
    if not batch.rejected:
        return []
    shown = [f"第{line}行：{why}" for line, why in batch.rejected[:SHOWN]]
    more = len(batch.rejected) - len(shown)
    return [f"有{len(batch.rejected)}行不能导入：", *shown, *([f"另有{more}行。"] if more > 0 else [])]
