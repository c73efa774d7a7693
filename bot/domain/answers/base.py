"""The knowledge base: entries as the database holds them, taught, imported, corrected and checked again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.db import insert_new
from bot.domain import people
from bot.domain.answers.queue import asked_for
from bot.domain.answers.tables import faq_entry
from knowledge.faq import Entry, Source
from knowledge.private import mask

LOCAL = "本地答复"
CHECK_EVERY = timedelta(days=180)
WARNING = timedelta(days=30)
"""How long before its end of validity an entry is to be looked at."""


_NEWEST = sa.select(sa.func.max(faq_entry.c.revision))


def version(conn: Connection) -> int:
    """The revision of the newest change; 0 for an empty base."""
    return conn.scalar(_NEWEST) or 0


def changed_since(conn: Connection, known: int) -> tuple[int, list[Entry]] | None:
    """The version and all entries, where they are newer than the version known."""
    current = version(conn)
    return None if current == known else (current, entries(conn))


def entries(conn: Connection) -> list[Entry]:
    """The whole knowledge base."""
    return [_entry(body) for body in conn.scalars(sa.select(faq_entry.c.body).order_by(faq_entry.c.id))]


def load(conn: Connection, base: Iterable[Entry], now: datetime) -> int:
    """Add the entries that are not there yet; returns how many. What staff changed stays as it is."""
    revision = version(conn) + 1
    rows = [{"id": e.id, "revision": revision, "body": _body(e), "changed_at": now} for e in base]
    return len(insert_new(conn, faq_entry, rows, unique=("id",)))


def has_all(conn: Connection, ids: Collection[str]) -> bool:
    """Whether entries of all these ids are there."""
    return not set(ids).difference(conn.scalars(sa.select(faq_entry.c.id)))


def teach(conn: Connection, entry: Entry, author_id: int | None, now: datetime) -> None:
    """Add an entry, or replace the one of that id."""
    values = {"revision": version(conn) + 1, "body": _body(entry), "author_id": author_id, "changed_at": now}
    if not insert_new(conn, faq_entry, [{"id": entry.id, **values}], unique=("id",)):
        conn.execute(sa.update(faq_entry).where(faq_entry.c.id == entry.id).values(**values))


def new_entry(
    conn: Connection,
    *,
    question: str,
    answer: str,
    category: str,
    author: people.Person,
    today: date,
    until: date | None = None,
    source: str = "",
) -> Entry:
    """An entry of a person's making, dated today; a question that was taught before keeps its id."""
    others = (mask(queued.text) for queued in asked_for(conn, question, answer))
    return Entry(
        id=_id_for(conn, question),
        category=category,
        topic=LOCAL,
        question=question,
        similar=tuple(dict.fromkeys(text for text in others if text != question)),
        answer=answer,
        source=_local_source(conn, author, today, source),
        effective_from=today,
        effective_to=until,
        confidence="high",
        local_varies=False,  # it is the local rule
        keywords=(),
        checked_on=today,
        author=author.name or "工作人员",
    )


def _local_source(conn: Connection, author: people.Person, today: date, title: str = "") -> Source:
    unit = author.company or people.organisation_name(conn, author.organisation_id)
    unit = unit or people.organisation_name(conn, people.district_id(conn)) or author.name
    return Source(title or LOCAL, "", unit, today.isoformat())


def _id_for(conn: Connection, question: str) -> str:
    query = sa.select(faq_entry.c.id, faq_entry.c.body).where(faq_entry.c.id.like("local-%"))
    taught = {id: body["question"] for id, body in conn.execute(query)}
    same = next((id for id, known in taught.items() if known == question), None)
    return same or next(f"local-{number}" for number in count(1) if f"local-{number}" not in taught)


def correct(
    conn: Connection,
    entry: Entry,
    answer: str,
    author: people.Person,
    now: datetime,
    today: date,
    *,
    until: date | None = None,
    source: str = "",
) -> Entry:
    """A new wording of an entry's answer, vouched for by its author from today on; it ends when the old one did, if
    that is still to come and no other day is stated.
    """
    still = entry.effective_to if entry.effective_to and entry.effective_to >= today else None
    changed = replace(
        entry,
        answer=answer,
        source=_local_source(conn, author, today, source),
        effective_from=today,
        effective_to=until or still,
        confidence="high",
        checked_on=today,
        author=author.name or "工作人员",
    )
    teach(conn, changed, author.id, now)
    return changed


def mark_checked(conn: Connection, ids: Sequence[str], author_id: int, now: datetime) -> list[str]:
    """Note that staff compared entries with their originals today; returns the ids that are not there."""
    query = sa.select(faq_entry.c.id, faq_entry.c.body).where(faq_entry.c.id.in_(ids))
    known = {id: _entry(body) for id, body in conn.execute(query)}
    for entry in known.values():
        teach(conn, replace(entry, checked_on=local(now).date()), author_id, now)
    return [id for id in ids if id not in known]


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry to be looked at, since when, and why."""

    entry: Entry
    since: date
    why: str


def stale(conn: Connection, today: date) -> list[Stale]:
    """The entries that nobody checked for too long or that end soon, the most recent first.

    An entry without a date of check counts from the day it came into the base.
    """
    query = sa.select(faq_entry.c.body, faq_entry.c.changed_at).order_by(faq_entry.c.id)
    found = [
        reason for body, changed_at in conn.execute(query) if (reason := _stale(_entry(body), local(changed_at).date()))
    ]
    return sorted((one for one in found if one.since <= today), key=lambda one: one.since, reverse=True)


def unchecked(conn: Connection) -> int:
    """How many entries nobody ever compared with their original."""
    bodies = conn.scalars(sa.select(faq_entry.c.body))
    return sum(_entry(body).checked_on is None for body in bodies)


def _stale(entry: Entry, came: date) -> Stale:
    due = Stale(entry, (entry.checked_on or came) + CHECK_EVERY, "半年没有核对")
    if entry.effective_to is None or entry.effective_to - WARNING > due.since:
        return due
    return Stale(entry, entry.effective_to - WARNING, f"有效期至 {entry.effective_to}")


def _body(entry: Entry) -> dict[str, Any]:
    body = asdict(entry)
    for name in ("effective_from", "effective_to", "checked_on"):
        body[name] = body[name].isoformat() if body[name] else None
    return body


def _entry(body: dict[str, Any]) -> Entry:
    values = dict(body)
    for name in ("effective_from", "effective_to", "checked_on"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("similar", "keywords"):
        values[name] = tuple(values[name])
    values["source"] = Source(**values["source"]) if values["source"] else None
    return Entry(**values)
