"""Swaps of turns: two people exchange their days when both, or who answers for them, have agreed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.duty.roster import Shift, planned, set_day
from bot.errors import Refusal

ASKED, DONE, REFUSED = "asked", "done", "refused"

duty_swap = sa.Table(
    "duty_swap",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("first", sa.String(32), nullable=False),  # whose turn it is on the first day
    sa.Column("second_day", sa.Date, nullable=False),
    sa.Column("second", sa.String(32), nullable=False),
    sa.Column("asked_by", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("asked_at", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
)

duty_swap_answer = sa.Table(  # who is yet to agree: the row goes when they do
    "duty_swap_answer",
    metadata,
    sa.Column("swap_id", Id, sa.ForeignKey("duty_swap.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Swap:
    """An exchange of two days."""

    id: int
    first_day: date
    first: str
    second_day: date
    second: str
    asked_by: int
    state: str


SWAP = [duty_swap.c[name] for name in Swap.__slots__]


def turn(conn: Connection, day: date, names: Collection[str] = ()) -> Shift:
    """The turn of a day, of one of these people where they are given. Raises Refusal for none or several."""
    found = [shift for shift in planned(conn, day) if not names or shift.person in names]
    if len(found) == 1:
        return found[0]
    said = f"{day.month}月{day.day}日"
    raise Refusal(f"{said}{'有几位坐班，请写明姓名' if found else '没有这样的坐班安排'}，没有换班。")


def ask(conn: Connection, swap: dict[str, object], of: Collection[int]) -> Swap:
    """A swap that these people have yet to agree to; `swap` holds the columns but id and state."""
    number = int(conn.scalar(sa.insert(duty_swap).values(state=ASKED, **swap).returning(duty_swap.c.id)) or 0)
    if of:
        conn.execute(sa.insert(duty_swap_answer), [{"swap_id": number, "person_id": one} for one in of])
    return get(conn, number)


def get(conn: Connection, number: int) -> Swap:
    """The swap of that number."""
    return Swap(*conn.execute(sa.select(*SWAP).where(duty_swap.c.id == number)).one())


def answer(conn: Connection, number: int, person_id: int, *, agreed: bool) -> Swap:
    """What one of them says. When all have agreed the days are exchanged. Raises Refusal once it is settled."""
    swap = get(conn, number)
    if swap.state != ASKED:
        raise Refusal("这次换班已经有结果了。")
    mine = (duty_swap_answer.c.swap_id == number) & (duty_swap_answer.c.person_id == person_id)
    conn.execute(sa.delete(duty_swap_answer).where(mine))
    waiting = sa.select(sa.func.count()).where(duty_swap_answer.c.swap_id == number)
    if not agreed:
        _settle(conn, number, REFUSED)
    elif not conn.scalar(waiting):
        exchange(conn, swap)
    return get(conn, number)


def exchange(conn: Connection, swap: Swap) -> None:
    """Each takes the other's day. Raises Refusal when the roster has changed meanwhile."""
    first, second = turn(conn, swap.first_day, (swap.first,)), turn(conn, swap.second_day, (swap.second,))
    for day, leaves, comes in ((swap.first_day, first, second), (swap.second_day, second, first)):
        others = [shift for shift in planned(conn, day) if shift != leaves]
        set_day(conn, day, [*others, comes])
    _settle(conn, swap.id, DONE)


def _settle(conn: Connection, number: int, state: str) -> None:
    conn.execute(sa.update(duty_swap).where(duty_swap.c.id == number).values(state=state))
