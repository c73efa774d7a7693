"""The end of points: what expires, the oldest first, and the monthly reconciliation."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.points.ledger import account, move
from bot.domain.points.tables import EXPIRED, ISSUED, REDEEMED, movement, redemption


def expiring(conn: Connection, earned_before: datetime) -> dict[int, int]:
    """Person → points earned before a moment and not spent since. What is spent is the oldest first."""
    mine = movement.c.target.like("person:%")
    came = (
        sa.select(movement.c.target.label("who"), sa.func.sum(movement.c.amount).label("total"))
        .where(mine, movement.c.at < earned_before)
        .group_by(movement.c.target)
        .subquery()
    )
    went = (
        sa.select(movement.c.source.label("who"), sa.func.sum(movement.c.amount).label("total"))
        .where(movement.c.source.like("person:%"))
        .group_by(movement.c.source)
        .subquery()
    )
    left = came.c.total - sa.func.coalesce(went.c.total, 0)
    query = sa.select(came.c.who, left).outerjoin(went, went.c.who == came.c.who).where(left > 0)
    return {int(who.removeprefix("person:")): int(amount) for who, amount in conn.execute(query.order_by(came.c.who))}


def expire(conn: Connection, earned_before: datetime, at: datetime) -> dict[int, int]:
    """Take what has expired, once for each day; person → points."""
    gone = expiring(conn, earned_before)
    for person_id, amount in gone.items():
        key = f"expire:{person_id}:{at:%Y-%m-%d}"
        move(conn, (account(person_id), EXPIRED), amount, key=key, note="积分到期", at=at)
    return gone


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A month of the ledger: what was given (less what was taken back), redeemed (less what was given back), expired.

    `wrong` names what does not agree: it must be empty.
    """

    issued: int
    redeemed: int
    expired: int
    held: int  # by everybody, at the end
    wrong: tuple[str, ...]


def reconcile(conn: Connection, first: datetime, after: datetime) -> Reconciliation:
    """The movements from `first` on and before `after`, and whether balances and exchanges agree with the ledger."""
    flows = {name: _net(conn, name, first, after) for name in (ISSUED, REDEEMED, EXPIRED)}
    held = _sum(conn, movement.c.target.like("person:%"), after) - _sum(conn, movement.c.source.like("person:%"), after)
    return Reconciliation(-flows[ISSUED], flows[REDEEMED], flows[EXPIRED], held, _disagreements(conn, after))


def _net(conn: Connection, name: str, first: datetime, after: datetime) -> int:
    came = _sum(conn, movement.c.target == name, after) - _sum(conn, movement.c.target == name, first)
    return came - (_sum(conn, movement.c.source == name, after) - _sum(conn, movement.c.source == name, first))


def _sum(conn: Connection, which: sa.ColumnElement[bool], before: datetime) -> int:
    total = conn.scalar(sa.select(sa.func.sum(movement.c.amount)).where(which, movement.c.at < before))
    return int(total or 0)


def _disagreements(conn: Connection, before: datetime) -> tuple[str, ...]:
    """Two books are kept, movements and exchanges: each exchange needs its movement, and nobody owes points."""
    kept = sa.select(sa.func.sum(redemption.c.cost)).where(redemption.c.at < before)
    by_codes = int(conn.scalar(kept) or 0)
    by_ledger = _sum(conn, movement.c.target == REDEEMED, before)
    wrong = [] if by_codes == by_ledger else [f"兑换记录{by_codes}分、流水{by_ledger}分"]
    debtors = [who for who, total in _totals(conn, before) if total < 0]
    return (*wrong, *(f"{len(debtors)}人余额为负" for _ in debtors[:1]))


def _totals(conn: Connection, before: datetime) -> list[tuple[str, int]]:
    plus = sa.select(movement.c.target.label("who"), movement.c.amount.label("amount")).where(movement.c.at < before)
    minus = sa.select(movement.c.source, -movement.c.amount).where(movement.c.at < before)
    lines = sa.union_all(plus, minus).subquery()
    query = sa.select(lines.c.who, sa.func.sum(lines.c.amount)).where(lines.c.who.like("person:%"))
    return [(row[0], int(row[1])) for row in conn.execute(query.group_by(lines.c.who))]
