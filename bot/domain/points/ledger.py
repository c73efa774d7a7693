"""The ledger: every movement has a source and a target, so that all accounts together are always zero.

A balance is never stored; it is what came in less what went out.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import insert_new
from bot.domain.people import person
from bot.domain.points.tables import ISSUED, Entry, movement, unlisted


def account(person_id: int) -> str:
    """The account of a person."""
    return f"person:{person_id}"


def grant(
    conn: Connection, person_id: int, amount: int, *, key: str, note: str, at: datetime, by_id: int | None = None
) -> bool:
    """Give points, or take them where `amount` is negative; False when that key moved points before, or for none."""
    ends = (ISSUED, account(person_id)) if amount > 0 else (account(person_id), ISSUED)
    return bool(amount) and move(conn, ends, abs(amount), key=key, note=note, at=at, by_id=by_id)


def move(conn: Connection, ends: tuple[str, str], amount: int, **details: Any) -> bool:
    """Move points from one account to another, once for each key; `details`: key, note, at, by_id."""
    row = {"source": ends[0], "target": ends[1], "amount": amount, "by_id": None, **details}
    row["note"] = str(row["note"])[:128]
    return bool(insert_new(conn, movement, [row], unique=("key",)))


def given(conn: Connection, key: str) -> int:
    """The points that were credited under a key."""
    return conn.scalar(sa.select(movement.c.amount).where(movement.c.key == key)) or 0


def balance(conn: Connection, person_id: int) -> int:
    """The points that somebody has."""
    mine = account(person_id)
    total = conn.scalar(sa.select(sa.func.sum(_signed(mine))).where(_touches(mine)))
    return int(total or 0)


def last_entries(conn: Connection, person_id: int, limit: int = 5) -> list[Entry]:
    """The last lines of somebody's account, newest first."""
    mine = account(person_id)
    query = sa.select(_signed(mine), movement.c.note, movement.c.at).where(_touches(mine))
    return [
        Entry(*row) for row in conn.execute(query.order_by(movement.c.at.desc(), movement.c.id.desc()).limit(limit))
    ]


def _signed(mine: str) -> sa.ColumnElement[int]:
    return sa.case((movement.c.target == mine, movement.c.amount), else_=-movement.c.amount)


def _touches(mine: str) -> sa.ColumnElement[bool]:
    return sa.or_(movement.c.target == mine, movement.c.source == mine)


def ranking(conn: Connection, first: datetime, after: datetime) -> list[tuple[int, int]]:
    """Who earned most from `first` on and before `after`: person and points, best first.

    Exchanges do not count; those who do not want to be listed are left out.
    """
    earned = (
        sa.select(movement.c.target, sa.func.sum(movement.c.amount).label("total"))
        .where(movement.c.source == ISSUED, movement.c.at >= first, movement.c.at < after)
        .group_by(movement.c.target)
        .subquery()
    )
    mine = sa.literal("person:") + sa.cast(person.c.id, sa.String)
    query = (
        sa.select(person.c.id, earned.c.total)
        .join(earned, earned.c.target == mine)
        .where(person.c.id.not_in(sa.select(unlisted.c.person_id)))
    )
    return [(row[0], int(row[1])) for row in conn.execute(query.order_by(earned.c.total.desc(), person.c.id))]


def list_in_ranking(conn: Connection, person_id: int, *, listed: bool) -> None:
    """Stand in the ranking, or not."""
    conn.execute(sa.delete(unlisted).where(unlisted.c.person_id == person_id))
    if not listed:
        conn.execute(sa.insert(unlisted).values(person_id=person_id))
