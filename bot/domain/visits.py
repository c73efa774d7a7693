"""Visits (走访): who went to which company on which day, and what was found there."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain import people
from bot.domain.words import count
from knowledge.companies import Gazetteer

VISITED = ("company", "branch")
"""Kinds of organisations that are visited."""
_LIKELY, _SURELY = 88.0, 95.0

visit = sa.Table(
    "visit",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("instructor_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), index=True),
    sa.Column("company", sa.String(64), nullable=False),  # as the record calls it
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("need_id", Id, sa.ForeignKey("need.id")),  # what was reported because of it
    sa.Column("inbox_id", Id),
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One record of a visit."""

    id: int
    instructor_id: int
    organisation_id: int | None
    company: str
    day: date
    text: str
    chat_id: int
    need_id: int | None
    inbox_id: int | None
    at: datetime


VISIT = [visit.c[name] for name in Visit.__slots__]


def record(
    conn: Connection, instructor_id: int, company: str, day: date, text: str, chat_id: int, now: datetime, inbox_id: int
) -> Visit:
    """Record a visit; the same words of the same person about the same day are the same visit."""
    same = sa.select(*VISIT).where(visit.c.instructor_id == instructor_id, visit.c.day == day, visit.c.text == text)
    same = same.where(visit.c.company == company[:64])
    if known := conn.execute(same).first():
        return Visit(*known)
    matched = organisation_called(conn, company)
    row = {
        "instructor_id": instructor_id,
        "organisation_id": matched.id if matched else None,
        "company": company[:64],
        "day": day,
        "text": text,
        "chat_id": chat_id,
        "inbox_id": inbox_id,
        "at": now,
    }
    number = conn.scalar(sa.insert(visit).values(**row).returning(visit.c.id))
    assert number is not None
    return get(conn, number)


def get(conn: Connection, number: int) -> Visit:
    """The visit of that number."""
    return Visit(*conn.execute(sa.select(*VISIT).where(visit.c.id == number)).one())


def led_to(conn: Connection, number: int, need_id: int) -> None:
    """Note the need that was reported because of a visit."""
    conn.execute(sa.update(visit).where(visit.c.id == number).values(need_id=need_id))


def organisation_called(conn: Connection, name: str) -> people.Organisation | None:
    """The company or branch that goes by a name, short or not quite right."""
    return _match(conn, name, _LIKELY)


def organisation_in(conn: Connection, text: str) -> people.Organisation | None:
    """The company or branch that a text surely names."""
    return _match(conn, text, _SURELY)


def organisations_in(conn: Connection, text: str) -> list[people.Organisation]:
    """All companies and branches that a text names word for word, in its order."""
    known = [one for kind in VISITED for one in people.organisations(conn, kind)]
    at = {one.id: min(found) for one in known if (found := [text.find(name) for name in _names(one) if name in text])}
    return sorted((one for one in known if one.id in at), key=lambda one: at[one.id])


def _names(one: people.Organisation) -> list[str]:
    return [one.name, one.short_name] if one.short_name else [one.name]


def _match(conn: Connection, text: str, least: float) -> people.Organisation | None:
    known = {one.id: one for kind in VISITED for one in people.organisations(conn, kind)}
    names = [(one.id, _names(one)) for one in known.values()]
    found = Gazetteer(names).find(text, limit=1) if names else []
    return known[found[0].key] if found and found[0].score >= least else None


@dataclass(frozen=True, slots=True)
class Tally:
    """The visits of one person: how many, to how many different companies."""

    name: str
    visits: int
    companies: int


def tallies(conn: Connection, first: date, last: date) -> list[Tally]:
    """Who made how many visits in those days, both counted; most first."""
    different = sa.func.count(sa.distinct(sa.func.coalesce(people.organisation.c.name, visit.c.company)))
    query = (
        sa.select(people.person.c.name, sa.func.count(), different)
        .select_from(visit)
        .join(people.person, people.person.c.id == visit.c.instructor_id)
        .join(people.organisation, people.organisation.c.id == visit.c.organisation_id, isouter=True)
        .where(visit.c.day.between(first, last))
        .group_by(people.person.c.id, people.person.c.name)
        .order_by(sa.func.count().desc(), people.person.c.id)
    )
    return [Tally(*row) for row in conn.execute(query)]


def unvisited(conn: Connection, first: date, last: date) -> list[str]:
    """The companies that nobody visited in those days."""
    seen = sa.select(visit.c.organisation_id).where(
        visit.c.day.between(first, last), visit.c.organisation_id.is_not(None)
    )
    there = set(conn.scalars(seen))
    return [one.short_name or one.name for one in people.organisations(conn, "company") if one.id not in there]


def category_of(problem: str) -> str | None:
    """The service group that a problem's words belong to; None where they say nothing."""
    found = count("service_groups", problem)
    return max(found, key=lambda category: found[category]) if found else None
