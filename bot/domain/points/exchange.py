"""What points are exchanged for: goods and services with stock, and one-time codes that whoever gives them verifies."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import insert_new
from bot.domain.people import person
from bot.domain.points.ledger import account, balance, move
from bot.domain.points.tables import GOODS, REDEEMED, Goods, Redemption, goods, point_rule, redemption
from bot.errors import Refusal

OFFERED, PROPOSED, WITHDRAWN = "offered", "proposed", "withdrawn"


def all_goods(conn: Connection) -> list[Goods]:
    """What can be exchanged, the cheapest first."""
    query = sa.select(*GOODS).where(goods.c.state == OFFERED).order_by(goods.c.cost, goods.c.id)
    return [Goods(*row) for row in conn.execute(query)]


def proposed(conn: Connection) -> list[Goods]:
    """What waits for a word of the staff, in the order of proposal."""
    query = sa.select(*GOODS).where(goods.c.state == PROPOSED).order_by(goods.c.id)
    return [Goods(*row) for row in conn.execute(query)]


def get_goods(conn: Connection, goods_id: int) -> Goods:
    """One kind of goods. Raises Refusal for a number that nobody has."""
    row = conn.execute(sa.select(*GOODS).where(goods.c.id == goods_id)).first()
    if row is None:
        raise Refusal(f"没有{goods_id}号兑换物品。")
    return Goods(*row)


def find_goods(conn: Connection, name: str) -> Goods | None:
    """The goods of exactly that name, whatever their state."""
    row = conn.execute(sa.select(*GOODS).where(goods.c.name == name)).first()
    return Goods(*row) if row else None


def offer(conn: Connection, **values: Any) -> Goods:
    """Goods of that name, new or changed: name, cost, stock, place, organisation_id, state, proposed_by."""
    known = find_goods(conn, values["name"])
    if known:
        conn.execute(sa.update(goods).where(goods.c.id == known.id).values(**values))
        return get_goods(conn, known.id)
    number = conn.scalar(sa.insert(goods).values(**values).returning(goods.c.id))
    return get_goods(conn, int(number or 0))


def set_state(conn: Connection, goods_id: int, state: str) -> Goods:
    """Approve, or withdraw: codes that are out stay valid."""
    conn.execute(sa.update(goods).where(goods.c.id == goods_id).values(state=state))
    return get_goods(conn, goods_id)


def check(conn: Connection, person_id: int, wanted: Goods) -> int:
    """The balance that an exchange would leave. Raises Refusal where points or stock do not suffice."""
    left = balance(conn, person_id) - wanted.cost
    if wanted.state != OFFERED:
        raise Refusal(f"「{wanted.name}」现在不能兑换，没有扣分。")
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
    move(conn, ends, wanted.cost, key=f"redeem:{number}", note=f"兑换{wanted.name}", at=now)
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
    row = conn.execute(_redemptions().where(redemption.c.code == code)).first()
    if row is None:
        raise Refusal(f"没有找到取货码{code}，请核对。")
    return Redemption(*row)


def open_redemptions(conn: Connection, person_id: int) -> list[Redemption]:
    """What somebody has yet to pick up, oldest first."""
    mine = _redemptions().where(redemption.c.person_id == person_id, redemption.c.state == "open")
    return [Redemption(*row) for row in conn.execute(mine.order_by(redemption.c.id))]


def _redemptions() -> sa.Select[Any]:
    columns = (
        redemption.c.id,
        redemption.c.code,
        redemption.c.person_id,
        redemption.c.goods_id,
        goods.c.name,
        goods.c.organisation_id,
        redemption.c.cost,
        redemption.c.state,
        redemption.c.picked_up_at,
    )
    return sa.select(*columns).join(goods, goods.c.id == redemption.c.goods_id)


def pick_up(conn: Connection, code: str, verifier_id: int, now: datetime) -> Redemption:
    """The goods were handed over, once. Returns the exchange as it was before when the code was used already."""
    before = find_redemption(conn, code)
    used = sa.update(redemption).where(redemption.c.code == code, redemption.c.state == "open")
    conn.execute(used.values(state="picked_up", picked_up_at=now, verified_by=verifier_id))
    return before


def cancel(conn: Connection, done: Redemption, now: datetime) -> None:
    """Give the points back and the goods to the shelf. Raises Refusal for what was picked up or cancelled."""
    mine = sa.update(redemption).where(redemption.c.id == done.id, redemption.c.state == "open")
    if not conn.execute(mine.values(state="cancelled")).rowcount:
        raise Refusal(f"取货码{done.code}已经用过或退过了，不能再退。")
    conn.execute(sa.update(goods).where(goods.c.id == done.goods_id).values(stock=goods.c.stock + 1))
    ends = (REDEEMED, account(done.person_id))
    move(conn, ends, done.cost, key=f"refund:{done.id}", note=f"退回{done.goods}", at=now)


def load(conn: Connection, wares: Sequence[Mapping[str, Any]], rules: Mapping[str, int]) -> None:
    """The example district's goods and rules."""
    insert_new(conn, goods, wares, unique=("name",))
    insert_new(conn, point_rule, [{"cause": cause, "points": n} for cause, n in rules.items()], unique=("cause",))
