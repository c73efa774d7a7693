"""Duties of organisations (职责): what an area, its chair or the district owes in a period, and the evidence for it.

What is owed is data (obligations.yaml); what was done is read from the activities, or recorded by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people
from bot.domain.activities.plan import PUBLISHED, activity
from bot.domain.people import Organisation, organisation
from knowledge.yaml_files import parse

DATA = Path(__file__).parents[1] / "data" / "obligations.yaml"
CHAIR, AREA, DISTRICT = "chair", "area", "district"
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}

chair_turn = sa.Table(  # whose turn was set by hand; the others follow the order of the areas
    "chair_turn",
    metadata,
    sa.Column("month", sa.String(7), primary_key=True),  # YYYY-MM
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
)

obligation_record = sa.Table(
    "obligation_record",
    metadata,
    sa.Column("code", sa.String(32), primary_key=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("period", sa.Date, primary_key=True),  # its first day
    sa.Column("note", sa.String(256), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something owed once in a period."""

    code: str
    name: str
    who: str
    every: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From a first day to the day before `after`."""

    first: date
    after: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.after - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """What one organisation owes in a period, and how it was done: an activity's number or a note; empty: not yet.

    `planned`: by an activity that lies ahead.
    """

    obligation: Obligation
    organisation_id: int
    period: Period
    evidence: str
    planned: bool


@cache
def catalogue() -> tuple[Obligation, ...]:
    """All that is owed."""
    rows = parse(DATA.read_bytes())
    return tuple(Obligation(**{**row, "evidence": tuple(row["evidence"])}) for row in rows)


def period(every: str, day: date) -> Period:
    """The month, quarter, half-year or year that a day lies in."""
    length = MONTHS[every]
    first = day.replace(month=(day.month - 1) // length * length + 1, day=1)
    year, month = divmod(first.year * 12 + first.month - 1 + length, 12)
    return Period(first, date(year, month + 1, 1))


def areas(conn: Connection) -> list[Organisation]:
    """Those who take turns in the chair, in their order."""
    return people.organisations(conn, AREA)


def chair(conn: Connection, day: date) -> int | None:
    """The organisation that has the chair in a day's month; None where there are no areas."""
    known = conn.scalar(sa.select(chair_turn.c.organisation_id).where(chair_turn.c.month == f"{day:%Y-%m}"))
    order = areas(conn)
    if known is not None or not order:
        return known
    return order[(day.year * 12 + day.month - 1) % len(order)].id


def set_chair(conn: Connection, day: date, organisation_id: int) -> None:
    """Give the chair of a day's month to an organisation."""
    conn.execute(sa.delete(chair_turn).where(chair_turn.c.month == f"{day:%Y-%m}"))
    conn.execute(sa.insert(chair_turn).values(month=f"{day:%Y-%m}", organisation_id=organisation_id))


def owed(conn: Connection, day: date, every: Sequence[str] = tuple(MONTHS)) -> list[Owed]:
    """All that is owed in the periods of these lengths that a day lies in, with the evidence there is."""
    found = []
    for one in catalogue():
        if one.every not in every:
            continue
        span = period(one.every, day)
        for debtor in _debtors(conn, one, span):
            evidence, held = _evidence(conn, one, debtor, span)
            found.append(Owed(one, debtor, span, evidence, planned=held is not None and local(held).date() > day))
    return found


def _debtors(conn: Connection, one: Obligation, span: Period) -> list[int]:
    if one.who == CHAIR:
        # Over more than a month several have the chair: the last of them answers for the whole.
        holder = chair(conn, span.last)
        return [holder] if holder is not None else []
    if one.who == AREA:
        return [area.id for area in areas(conn)]
    root = people.district_id(conn)
    return [root] if root is not None else []


def _evidence(conn: Connection, one: Obligation, debtor: int, span: Period) -> tuple[str, datetime | None]:
    """What shows that it was done, and the day of the activity that does."""
    mine = (obligation_record.c.code == one.code) & (obligation_record.c.organisation_id == debtor)
    note = conn.scalar(sa.select(obligation_record.c.note).where(mine, obligation_record.c.period == span.first))
    if note is not None:
        return str(note), None
    named = [activity.c.title.contains(word) | activity.c.series.contains(word) for word in one.evidence]
    held: sa.ColumnElement[bool] = activity.c.organisation_id.in_(_below(conn, debtor))
    if one.who == CHAIR:  # a joint activity is often published by the district
        held |= activity.c.organisation_id == people.district_id(conn)
    query = (
        sa.select(activity.c.id, activity.c.start)
        .where(activity.c.state == PUBLISHED, activity.c.start >= _midnight(span.first))
        .where(activity.c.start < _midnight(span.after), sa.or_(*named), held)
        .order_by(activity.c.start)
    )
    found = conn.execute(query.limit(1)).first()
    return (f"活动{found.id}号", found.start) if found else ("", None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _below(conn: Connection, organisation_id: int) -> list[int]:
    """An organisation and those directly and indirectly under it."""
    children: dict[int | None, list[int]] = {}
    for row in conn.execute(sa.select(organisation.c.id, organisation.c.parent_id)):
        children.setdefault(row.parent_id, []).append(row.id)
    found, todo = [], [organisation_id]
    while todo:
        found.append(todo.pop())
        todo += [child for child in children.get(found[-1], []) if child not in found]
    return found


def record(conn: Connection, what: Owed, note: str, now: datetime, by_id: int) -> bool:
    """Put down that it was done, other than by an activity; False when that was put down before."""
    row = {
        "code": what.obligation.code,
        "organisation_id": what.organisation_id,
        "period": what.period.first,
        "note": note[:256],
        "at": now,
        "by_id": by_id,
    }
    return bool(insert_new(conn, obligation_record, [row], unique=("code", "organisation_id", "period")))


def answerable(conn: Connection, organisation_id: int) -> list[int]:
    """Who answers for an organisation: its secretaries, else those of what is above it."""
    above: int | None = organisation_id
    while above is not None:
        if found := people.holders(conn, people.SECRETARY, organisation_id=above):
            return found
        above = conn.scalar(sa.select(organisation.c.parent_id).where(organisation.c.id == above))
    return []


def today(now: datetime) -> date:
    """The day it is in Shanghai."""
    return local(now).date()
