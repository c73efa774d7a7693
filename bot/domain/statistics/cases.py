"""Needs as their events tell them: when somebody responded, when it was done, how it was rated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.needs import need, need_event
from bot.domain.statistics.scope import Period, Scope

RESPONSES = frozenset({"accepted", "claimed", "progress", "resolved"})


@dataclass(slots=True)
class Case:
    """One need with what its events say happened to it."""

    id: int
    reported_at: datetime
    chat: str
    category: str
    place: str
    text: str
    unit: str
    state: str
    handler: str
    respond_by: datetime | None
    resolve_by: datetime | None
    rating: str | None
    level: int
    organisation: str
    responded_at: datetime | None = None
    resolved_at: datetime | None = None
    withdrawn: bool = False
    merged: bool = False

    @property
    def open(self) -> bool:
        """Whether work is left to do."""
        return self.resolved_at is None and self.counts

    @property
    def counts(self) -> bool:
        """Whether it is a need of its own: not taken back, and not gone on with under another number."""
        return not (self.withdrawn or self.merged)


def of_period(conn: Connection, period: Period, scope: Scope, category: str | None = None) -> list[Case]:
    """The needs reported in a period, oldest first."""
    inside = sa.and_(need.c.reported_at >= period.begins, need.c.reported_at < period.over)
    return _read(conn, inside, scope, category)


def carried_over(conn: Connection, period: Period, scope: Scope, category: str | None = None) -> list[Case]:
    """The needs reported before a period that are not done yet, oldest first."""
    older = _read(conn, need.c.reported_at < period.begins, scope, category)
    return [case for case in older if case.open]


def left_open(conn: Connection, period: Period, scope: Scope, category: str | None = None) -> list[Case]:
    """The needs reported in a period or before that are not done yet, oldest first."""
    found = _read(conn, need.c.reported_at < period.over, scope, category)
    return [case for case in found if case.open]


def _read(conn: Connection, when: sa.ColumnElement[bool], scope: Scope, category: str | None) -> list[Case]:
    conditions = [when, scope.covers_reported(need.c.chat_id, need.c.reporter_id)]
    if category:
        conditions.append(need.c.category == category)
    reporter, handler = people.person.alias("reporter"), people.person.alias("handler")
    query = (
        sa.select(
            need.c.id,
            need.c.reported_at,
            people.chat.c.title,
            people.chat.c.private,
            need.c.category,
            need.c.place,
            need.c.text,
            sa.func.coalesce(need.c.company, reporter.c.company, "").label("unit"),
            need.c.state,
            sa.func.coalesce(handler.c.name, "").label("handler"),
            need.c.respond_by,
            need.c.resolve_by,
            need.c.rating,
            need.c.level,
            sa.func.coalesce(people.organisation.c.name, "").label("organisation"),
        )
        .join(people.chat, people.chat.c.id == need.c.chat_id)
        .join(reporter, reporter.c.id == need.c.reporter_id)
        .join(handler, handler.c.id == need.c.handler_id, isouter=True)
        .join(people.organisation, people.organisation.c.id == people.chat.c.organisation_id, isouter=True)
        .where(*conditions)
        .order_by(need.c.reported_at, need.c.id)
    )
    found = [_case(row) for row in conn.execute(query).mappings()]
    _follow(found, _events(conn, sa.select(need.c.id).where(*conditions)))
    return found


def _case(row: sa.RowMapping) -> Case:
    values: dict[str, Any] = dict(row)
    title, private, place = (values.pop(name) for name in ("title", "private", "place"))
    return Case(chat="私聊" if private else title, place=place or "", **values)


def _events(conn: Connection, numbers: sa.Select[Any]) -> list[tuple[int, str, datetime]]:
    columns = (need_event.c.need_id, need_event.c.kind, need_event.c.at)
    query = sa.select(*columns).where(need_event.c.need_id.in_(numbers)).order_by(need_event.c.id)
    return [(row.need_id, row.kind, row.at) for row in conn.execute(query)]


def _follow(cases: Iterable[Case], events: Iterable[tuple[int, str, datetime]]) -> None:
    """Carry the events out on the cases, in order."""
    by_id = {case.id: case for case in cases}
    for number, kind, at in events:
        case = by_id[number]
        if kind in RESPONSES and case.responded_at is None:
            case.responded_at = at
        if kind == "resolved":
            case.resolved_at = at
        elif kind == "reopened":
            case.resolved_at = None
        elif kind == "withdrawn":
            case.withdrawn = True
        elif kind in ("merged", "unmerged"):
            case.merged = kind == "merged"
