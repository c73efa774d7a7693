"""Points (诚信积分): a ledger in which every movement has a source and a target, and goods to exchange them for.

A balance is never stored; it is what came in less what went out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain.people import find_person, person
from bot.errors import Refusal

ISSUED, REDEEMED = "issued", "redeemed"
"""The accounts that points of people come from and go to."""
FALLBACK_POINTS = 2
"""What a cause without a rule of its own earns."""

movement = sa.Table(
    "point_movement",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.String(96), nullable=False, unique=True),  # the same cause moves points once
    sa.Column("source", sa.String(32), nullable=False, index=True),
    sa.Column("target", sa.String(32), nullable=False, index=True),
    sa.Column("amount", sa.Integer, sa.CheckConstraint("amount > 0", name="positive"), nullable=False),
    sa.Column("note", sa.String(128), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("person.id")),
)

point_rule = sa.Table(
    "point_rule",
    metadata,
    sa.Column("cause", sa.String(32), primary_key=True),
    sa.Column("points", sa.Integer, nullable=False),
)

goods = sa.Table(
    "goods",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(32), nullable=False, unique=True),
    sa.Column("cost", sa.Integer, nullable=False),
    sa.Column("stock", sa.Integer, sa.CheckConstraint("stock >= 0", name="in_stock"), nullable=False),
    sa.Column("place", sa.String(64), nullable=False),  # where they are picked up
)

redemption = sa.Table(
    "redemption",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.String(8), nullable=False, unique=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("goods_id", Id, sa.ForeignKey("goods.id"), nullable=False),
    sa.Column("cost", sa.Integer, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # open, picked_up
    sa.Column("picked_up_at", UTCDateTime),
    sa.Column("verified_by", Id, sa.ForeignKey("person.id")),
)


@dataclass(frozen=True, slots=True)
class Goods:
    """Something that points are exchanged for."""

    id: int
    name: str
    cost: int
    stock: int
    place: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an account: what was added (negative: taken), why and when."""

    amount: int
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Redemption:
    """An exchange; the code is shown at the pick-up."""

    id: int
    code: str
    person_id: int
    goods: str
    cost: int
    state: str
    picked_up_at: datetime | None


def account(person_id: int) -> str:
    """The account of a person."""
    return f"person:{person_id}"


def rule(conn: Connection, cause: str) -> int:
    """What a cause (`check_in`, …) earns where nothing else is said."""
    found = conn.scalar(sa.select(point_rule.c.points).where(point_rule.c.cause == cause))
    return FALLBACK_POINTS if found is None else int(found)


def grant(
    conn: Connection, person_id: int, amount: int, *, key: str, note: str, at: datetime, by_id: int | None = None
) -> bool:
    """Give points, or take them where `amount` is negative; False when that key moved points before, or for none."""
    ends = (ISSUED, account(person_id)) if amount > 0 else (account(person_id), ISSUED)
    return bool(amount) and _move(conn, ends, abs(amount), key=key, note=note, at=at, by_id=by_id)


def _move(conn: Connection, ends: tuple[str, str], amount: int, **details: Any) -> bool:
    row = {"source": ends[0], "target": ends[1], "amount": amount, "by_id": None, **details}
    row["note"] = str(row["note"])[:128]
    return bool(insert_new(conn, movement, [row], unique=("key",)))


def balance(conn: Connection, person_id: int) -> int:
    """The points that somebody has."""
    mine = account(person_id)
    signed = sa.case((movement.c.target == mine, movement.c.amount), else_=-movement.c.amount)
    total = conn.scalar(sa.select(sa.func.sum(signed)).where(_touches(mine)))
    return int(total or 0)


def last_entries(conn: Connection, person_id: int, limit: int = 5) -> list[Entry]:
    """The last lines of somebody's account, newest first."""
    mine = account(person_id)
    signed = sa.case((movement.c.target == mine, movement.c.amount), else_=-movement.c.amount)
    query = sa.select(signed, movement.c.note, movement.c.at).where(_touches(mine))
    return [
        Entry(*row) for row in conn.execute(query.order_by(movement.c.at.desc(), movement.c.id.desc()).limit(limit))
    ]


def _touches(mine: str) -> sa.ColumnElement[bool]:
    return sa.or_(movement.c.target == mine, movement.c.source == mine)


def find_people(conn: Connection, name: str, channel: str) -> list[int]:
    """The registered people of that name, or whom a channel calls so."""
    named = sa.select(person.c.id).where(person.c.name == name, person.c.registered_at.isnot(None))
    found = [int(one) for one in conn.scalars(named)]
    known = None if found else find_person(conn, channel, name)
    return found or ([known] if known else [])


def ranking(conn: Connection, first: datetime, after: datetime) -> list[tuple[int, int]]:
    """Who earned most from `first` on and before `after`: person and points, best first; exchanges do not count."""
    earned = (
        sa.select(movement.c.target, sa.func.sum(movement.c.amount).label("total"))
        .where(movement.c.source == ISSUED, movement.c.at >= first, movement.c.at < after)
        .group_by(movement.c.target)
        .subquery()
    )
    mine = sa.literal("person:") + sa.cast(person.c.id, sa.String)
    query = sa.select(person.c.id, earned.c.total).join(earned, earned.c.target == mine)
    return [(row[0], int(row[1])) for row in conn.execute(query.order_by(earned.c.total.desc(), person.c.id))]


def all_goods(conn: Connection) -> list[Goods]:
    """What can be exchanged, the cheapest first."""
    columns = (goods.c.id, goods.c.name, goods.c.cost, goods.c.stock, goods.c.place)
    return [Goods(*row) for row in conn.execute(sa.select(*columns).order_by(goods.c.cost, goods.c.id))]


def get_goods(conn: Connection, goods_id: int) -> Goods:
    """One kind of goods."""
    return next(one for one in all_goods(conn) if one.id == goods_id)


def check(conn: Connection, person_id: int, wanted: Goods) -> int:
    """The balance that an exchange would leave. Raises Refusal where points or stock do not suffice."""
    left = balance(conn, person_id) - wanted.cost
    if left < 0:
        raise Refusal(f"「{wanted.name}」需要{wanted.cost}积分，您的积分还不够，没有扣分。")
    if wanted.stock <= 0:
        raise Refusal(f"「{wanted.name}」已经兑完了，没有扣分。")
    return left


def redeem(conn: Connection, person_id: int, goods_id: int, now: datetime) -> Redemption:
    """Exchange points for goods: deducted once, with a pick-up code. Raises Refusal as `check` does."""
    conn.execute(sa.select(person.c.id).where(person.c.id == person_id).with_for_update())
    wanted = get_goods(conn, goods_id)
    check(conn, person_id, wanted)
    taken = sa.update(goods).where(goods.c.id == goods_id, goods.c.stock > 0).values(stock=goods.c.stock - 1)
    if not conn.execute(taken).rowcount:
        raise Refusal(f"「{wanted.name}」刚刚兑完了，没有扣分。")
    code = _code(conn, person_id, now)
    row = {"code": code, "person_id": person_id, "goods_id": goods_id, "cost": wanted.cost, "at": now, "state": "open"}
    number = conn.scalar(sa.insert(redemption).values(**row).returning(redemption.c.id))
    ends = (account(person_id), REDEEMED)
    _move(conn, ends, wanted.cost, key=f"redeem:{number}", note=f"兑换{wanted.name}", at=now)
    return find_redemption(conn, code)


def _code(conn: Connection, person_id: int, now: datetime) -> str:
    """Six digits that nobody reads off another one's code; the same in every replay."""
    for attempt in range(1000):
        digest = hashlib.sha256(f"{person_id}:{now.isoformat()}:{attempt}".encode()).hexdigest()
        code = str(100_000 + int(digest, 16) % 900_000)
        if conn.scalar(sa.select(redemption.c.id).where(redemption.c.code == code)) is None:
            return code
    raise Refusal("取货码暂时用完了，请联系工作人员。")


def find_redemption(conn: Connection, code: str) -> Redemption:
    """The exchange with that code. Raises Refusal for an unknown one."""
    columns = (
        redemption.c.id,
        redemption.c.code,
        redemption.c.person_id,
        goods.c.name,
        redemption.c.cost,
        redemption.c.state,
        redemption.c.picked_up_at,
    )
    query = sa.select(*columns).join(goods, goods.c.id == redemption.c.goods_id).where(redemption.c.code == code)
    row = conn.execute(query).first()
    if row is None:
        raise Refusal(f"没有找到取货码{code}，请核对。")
    return Redemption(*row)


def pick_up(conn: Connection, code: str, verifier_id: int, now: datetime) -> Redemption:
    """The goods were handed over, once. Returns the exchange as it was before when the code was used already."""
    before = find_redemption(conn, code)
    used = sa.update(redemption).where(redemption.c.code == code, redemption.c.state == "open")
    conn.execute(used.values(state="picked_up", picked_up_at=now, verified_by=verifier_id))
    return before


def load(conn: Connection, wares: Sequence[Mapping[str, Any]], rules: Mapping[str, int]) -> None:
    """The example district's goods and rules."""
    insert_new(conn, goods, wares, unique=("name",))
    insert_new(conn, point_rule, [{"cause": cause, "points": n} for cause, n in rules.items()], unique=("cause",))
