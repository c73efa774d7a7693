"""The knowledge base in the database, and the questions that it could not answer."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from rapidfuzz.fuzz import ratio
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people
from bot.errors import Refusal
from knowledge.faq import Entry, Source

LOCAL = "本地答复"
RECENT = 200
SAME = 75
"""From this likeness (of 100) on, two texts say the same."""

faq_entry = sa.Table(
    "faq_entry",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False, index=True),  # grows with every change of the base
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("author_id", Id, sa.ForeignKey("person.id")),
    sa.Column("changed_at", UTCDateTime, nullable=False),
)

policy_question = sa.Table(
    "policy_question",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("category", sa.String(16), nullable=False),
    sa.Column("asker_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("asked_at", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # open, answered
    sa.Column("answer", sa.Text),
    sa.Column("answered_by", Id, sa.ForeignKey("person.id")),
    sa.Column("answered_at", UTCDateTime),
    sa.Column("stored_as", sa.String(64)),  # the entry made of the answer; PROPOSED while staff have not agreed
)

PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for a person, or was answered by one."""

    id: int
    text: str
    category: str
    asker_id: int
    chat_id: int
    asked_at: datetime
    state: str
    answer: str | None
    answered_by: int | None
    stored_as: str | None


QUESTION = [policy_question.c[name] for name in Question.__slots__]


def version(conn: Connection) -> int:
    """The revision of the newest change; 0 for an empty base."""
    return conn.scalar(sa.select(sa.func.max(faq_entry.c.revision))) or 0


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


def teach(conn: Connection, entry: Entry, author_id: int, now: datetime) -> None:
    """Add an entry, or replace the one of that id."""
    values = {"revision": version(conn) + 1, "body": _body(entry), "author_id": author_id, "changed_at": now}
    if not insert_new(conn, faq_entry, [{"id": entry.id, **values}], unique=("id",)):
        conn.execute(sa.update(faq_entry).where(faq_entry.c.id == entry.id).values(**values))


def new_entry(
    conn: Connection, *, question: str, answer: str, category: str, author: people.Person, today: date
) -> Entry:
    """An entry of a person's making, dated today; a question that was taught before keeps its id."""
    return Entry(
        id=_id_for(conn, question),
        category=category,
        topic=LOCAL,
        question=question,
        similar=tuple(queued.text for queued in asked_for(conn, question, answer) if queued.text != question),
        answer=answer,
        source=_local_source(conn, author, today),
        effective_from=today,
        effective_to=None,
        confidence="high",
        local_varies=False,  # it is the local rule
        keywords=(),
        checked_on=today,
        author=author.name or "工作人员",
    )


def _local_source(conn: Connection, author: people.Person, today: date) -> Source:
    unit = author.company or people.organisation_name(conn, author.organisation_id)
    unit = unit or people.organisation_name(conn, people.district_id(conn)) or author.name
    return Source(LOCAL, "", unit, today.isoformat())


def _id_for(conn: Connection, question: str) -> str:
    query = sa.select(faq_entry.c.id, faq_entry.c.body).where(faq_entry.c.id.like("local-%"))
    taught = {id: body["question"] for id, body in conn.execute(query)}
    same = next((id for id, known in taught.items() if known == question), None)
    return same or next(f"local-{number}" for number in count(1) if f"local-{number}" not in taught)


def asked_for(conn: Connection, question: str, answer: str) -> list[Question]:
    """The queued questions that this settles: the same question in other words, or given nearly this answer."""
    query = sa.select(*QUESTION).order_by(policy_question.c.id.desc()).limit(RECENT)
    return [
        queued
        for queued in (Question(*row) for row in conn.execute(query))
        if ratio(queued.answer or "", answer) >= SAME or ratio(queued.text, question) >= SAME
    ]


def correct(conn: Connection, entry: Entry, answer: str, author: people.Person, now: datetime, today: date) -> Entry:
    """A new wording of an entry's answer, vouched for by its author from today on."""
    changed = replace(
        entry,
        answer=answer,
        source=_local_source(conn, author, today),
        effective_from=today,
        effective_to=None,
        confidence="high",
        checked_on=today,
        author=author.name or "工作人员",
    )
    teach(conn, changed, author.id, now)
    return changed


def queue(
    conn: Connection, *, text: str, category: str, asker_id: int, chat_id: int, now: datetime
) -> tuple[Question, bool]:
    """Record a question for a person; the same words by the same asker that still wait are the same question."""
    same = sa.select(*QUESTION).where(
        policy_question.c.asker_id == asker_id,
        policy_question.c.text == text,
        policy_question.c.state == "open",
    )
    row = conn.execute(same).first()
    if row:
        return Question(*row), False
    values = {"text": text, "category": category, "asker_id": asker_id, "chat_id": chat_id, "asked_at": now}
    number = conn.scalar(sa.insert(policy_question).values(state="open", **values).returning(policy_question.c.id))
    assert number is not None
    return get(conn, number), True


def find(conn: Connection, number: int) -> Question | None:
    """The question of that number, if there is one."""
    if not 0 < number < 2**31:
        return None
    row = conn.execute(sa.select(*QUESTION).where(policy_question.c.id == number)).first()
    return Question(*row) if row else None


def get(conn: Connection, number: int) -> Question:
    """The question of that number. Raises Refusal for an unknown one."""
    found = find(conn, number)
    if found is None:
        raise Refusal(f"没有找到问题{number}号，请核对编号。")
    return found


def answer(conn: Connection, number: int, text: str, author_id: int, now: datetime) -> Question:
    """A person's answer to a queued question; the first one counts."""
    current = get(conn, number)
    if current.state == "answered":
        who = people.display_name(people.get_person(conn, current.answered_by)) if current.answered_by else "别人"
        raise Refusal(f"问题{number}号已由{who}答复过，没有重复发送。")
    conn.execute(
        sa.update(policy_question)
        .where(policy_question.c.id == number)
        .values(state="answered", answer=text, answered_by=author_id, answered_at=now)
    )
    return get(conn, number)


def store(conn: Connection, number: int, stored_as: str) -> None:
    """Note what became of an answer in the knowledge base."""
    conn.execute(sa.update(policy_question).where(policy_question.c.id == number).values(stored_as=stored_as))


def waiting(conn: Connection) -> Sequence[Question]:
    """The questions without an answer, oldest first."""
    query = sa.select(*QUESTION).where(policy_question.c.state == "open").order_by(policy_question.c.id)
    return [Question(*row) for row in conn.execute(query)]


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
