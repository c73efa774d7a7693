"""Policy butlers (政策管家): whose turn it is to sit in at the service centre.

A shift is held every week on a weekday, or on one date; what is set for a date replaces that weekday's shifts.
On days off by the State Council's calendar nobody sits in unless a date says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, insert_new, metadata
from bot.domain.words import count, words
from knowledge.companies import Gazetteer
from knowledge.workdays import is_workday

PLACE, HOURS = "一楼大厅", "9:00–11:30 14:00–17:00"
LOOK_AHEAD = 60
_SURELY = 95.0

duty_shift = sa.Table(
    "duty_shift",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("weekday", sa.Integer, index=True),  # 1 Monday … 7 Sunday; None: on one date
    sa.Column("day", sa.Date, index=True),
    sa.Column("field", sa.String(32), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(64), nullable=False),
    sa.Column("place", sa.String(64), nullable=False),
    sa.Column("hours", sa.String(64), nullable=False),
)

duty_absence = sa.Table(
    "duty_absence",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("person", sa.String(32), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody's turn, on every such weekday or on one date."""

    weekday: int | None
    day: date | None
    field: str
    person: str
    unit: str
    place: str
    hours: str


SHIFT = [duty_shift.c[name] for name in Shift.__slots__]
_DAYS = (
    sa.select(duty_shift.c.weekday, duty_shift.c.day)
    .where(
        duty_shift.c.weekday.is_not(None)
        | duty_shift.c.day.between(sa.bindparam("first", type_=sa.Date), sa.bindparam("last", type_=sa.Date))
    )
    .distinct()
)


def load(conn: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put shifts on the roster: weekday or day, field, person, unit, and place and hours where not the usual."""
    usual = {"weekday": None, "day": None, "place": PLACE, "hours": HOURS}
    conn.execute(sa.insert(duty_shift), [usual | dict(row) for row in rows])


def weekly(conn: Connection) -> list[Shift]:
    """The shifts of an ordinary week, Monday first."""
    return _select(conn, duty_shift.c.weekday.is_not(None))


def on(conn: Connection, day: date, fields: Sequence[str] = ()) -> list[Shift]:
    """Who sits in on a day; of some fields only, where they are given."""
    away = set(conn.scalars(sa.select(duty_absence.c.person).where(duty_absence.c.day == day)))
    return [shift for shift in planned(conn, day) if shift.person not in away and (not fields or shift.field in fields)]


def planned(conn: Connection, day: date) -> list[Shift]:
    """Whose turn it is on a day, whether they can come or not."""
    found = _select(conn, duty_shift.c.day == day)
    if not found and is_workday(day):
        found = _select(conn, duty_shift.c.weekday == day.isoweekday())
    return found


def days_with_turns(conn: Connection, first: date, last: date) -> list[date]:
    """The days from one to another, both included, on which somebody's turn is planned."""
    planned_for = conn.execute(_DAYS, {"first": first, "last": last}).all()
    weekdays, dated = {weekday for weekday, _ in planned_for}, {day for _, day in planned_for}
    span = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1 if planned_for else 0))
    return [day for day in span if day in dated or (day.isoweekday() in weekdays and is_workday(day))]


def missing(conn: Connection, day: date) -> list[Shift]:
    """The turns of a day that nobody takes: who should have them is away, and no one of that field comes."""
    covered = {shift.field for shift in on(conn, day)}
    return [shift for shift in planned(conn, day) if shift.field not in covered]


def be_away(conn: Connection, day: date, person: str) -> None:
    """Somebody cannot come on a day."""
    insert_new(conn, duty_absence, [{"day": day, "person": person}], unique=("day", "person"))


def set_day(conn: Connection, day: date, shifts: Iterable[Shift]) -> None:
    """Whose turn it is on one date, in place of what that weekday says."""
    conn.execute(sa.delete(duty_shift).where(duty_shift.c.day == day))
    rows = [{**asdict(shift), "weekday": None, "day": day} for shift in shifts]
    if rows:
        conn.execute(sa.insert(duty_shift), rows)


def first_from(conn: Connection, day: date, fields: Sequence[str] = ()) -> tuple[date, list[Shift]] | None:
    """The first day from `day` on that somebody sits in, with the shifts; None where there is none in 60 days."""
    for ahead in range(LOOK_AHEAD):
        there = day + timedelta(days=ahead)
        if found := on(conn, there, fields):
            return there, found
    return None


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Shift]:
    query = sa.select(*SHIFT).where(*conditions).order_by(duty_shift.c.weekday, duty_shift.c.day, duty_shift.c.id)
    return [Shift(*row) for row in conn.execute(query)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The field that a text asks for: how it is called, and the roster's fields that belong to it (none: nobody)."""

    name: str
    fields: tuple[str, ...]


def asked_field(conn: Connection, text: str) -> Asked | None:
    """Which field a text asks for, by the roster's own names, by synonyms, or by sound; None for none."""
    roster = _select(conn)
    if named := sorted({shift.field for shift in roster if shift.field in text or shift.unit in text}):
        return Asked(named[0], tuple(named))
    topic = _topic(text)
    if topic is None:
        return None
    fields = {shift.field for shift in roster if topic in count("butler_fields", shift.field + shift.unit)}
    return Asked(topic, tuple(sorted(fields)))


def _topic(text: str) -> str | None:
    found = count("butler_fields", text)
    if found:
        return max(found, key=lambda topic: found[topic])
    # By sound only words of two characters or more: 谁 sounds like 税.
    fields = words("butler_fields").items()
    spoken = {topic: [topic, *(word for word in meant if len(word) > 1)] for topic, meant in fields}
    heard = Gazetteer(spoken.items()).find(text, limit=1)
    return heard[0].key if heard and heard[0].score >= _SURELY else None
