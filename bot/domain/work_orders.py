"""Needs that come from elsewhere: 12345 work orders, telephone notes. The same order twice is one need."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain import needs, visits
from bot.domain.needs import By, Need
from bot.domain.worktime import add_workdays, add_working_hours
from knowledge.work_orders import Deadline, WorkOrder

SAME_NOTE_WITHIN = timedelta(days=1)

work_order_draft = sa.Table(  # a table that was read and waits for the word to import it
    "work_order_draft",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("orders", sa.JSON, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An order and its need; `new`: it was not known before."""

    order: WorkOrder
    need: Need
    new: bool


def find(conn: Connection, by: By, order: WorkOrder) -> Need | None:
    """The need that an order is already."""
    if order.number:
        return needs.of_outside(conn, order.source, order.number)
    assert by.actor_id is not None
    return needs.same_again(conn, by.actor_id, order.text, by.at - SAME_NOTE_WITHIN)


def take_in(conn: Connection, by: By, chat_id: int, order: WorkOrder, category: str | None = None) -> Arrived:
    """Report an order as a need, once; whoever passes it on is its reporter, with the caller as the contact."""
    known = find(conn, by, order)
    if known:
        return Arrived(order, known, new=False)
    details: dict[str, Any] = {"source": order.source, "outside_no": order.number or None, "urgent": order.urgent}
    details |= {"place": order.place or None, "company": order.company or None}
    details |= {"phone": order.phone, "contact": order.person or None}
    if order.deadline:
        details["resolve_by"] = moment(order.deadline, by.at)
    kind = category or category_of(order)
    return Arrived(order, needs.report(conn, by, category=kind, text=order.text, chat_id=chat_id, **details), new=True)


def category_of(order: WorkOrder) -> str:
    """The service group: the one that the order names, else by its words."""
    named = next((one for one in needs.CATEGORIES if one[:2] in order.category), None)
    return named or visits.category_of(f"{order.category} {order.text}") or needs.FALLBACK


def moment(deadline: Deadline, start: datetime) -> datetime:
    """When a deadline ends that began to run at `start`."""
    if deadline.at:
        return deadline.at
    if deadline.unit == "working days":
        return add_workdays(start, deadline.amount)
    if deadline.unit == "working hours":
        return add_working_hours(start, deadline.amount)
    return start + timedelta(**{deadline.unit: deadline.amount})


def draft(conn: Connection, person_id: int, orders: Sequence[WorkOrder], now: datetime) -> int:
    """Keep orders until somebody says that they shall be imported."""
    rows = [asdict(order) for order in orders]
    for row in rows:
        limit = row["deadline"]
        if limit and limit["at"]:
            limit["at"] = limit["at"].isoformat()
    values = {"person_id": person_id, "orders": rows, "at": now}
    number = conn.scalar(sa.insert(work_order_draft).values(**values).returning(work_order_draft.c.id))
    assert number is not None
    return int(number)


def drafted(conn: Connection, number: int) -> list[WorkOrder]:
    """The orders that were kept."""
    rows = conn.scalar(sa.select(work_order_draft.c.orders).where(work_order_draft.c.id == number)) or []
    return [_order(row) for row in rows]


def drop(conn: Connection, number: int) -> None:
    """The draft is imported, or nobody wants it."""
    conn.execute(sa.delete(work_order_draft).where(work_order_draft.c.id == number))


def _order(row: dict[str, Any]) -> WorkOrder:
    limit = row["deadline"]
    if limit:
        at = datetime.fromisoformat(limit["at"]) if limit["at"] else None
        row = row | {"deadline": Deadline(at, limit["amount"], limit["unit"])}
    return WorkOrder(**row)


def known_among(conn: Connection, by: By, orders: Iterable[WorkOrder]) -> list[tuple[WorkOrder, Need]]:
    """Those that are needs already."""
    return [(order, need) for order in orders if (need := find(conn, by, order))]
