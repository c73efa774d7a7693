"""Open questions: what the bot asked a person in a chat and still waits for. Rows with an expiry, no loops."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.people import chat, person
from bot.inbox import inbox

open_question = sa.Table(
    "open_question",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("capability", sa.String(64), nullable=False),
    sa.Column("slot", sa.String(32), nullable=False),
    sa.Column("args", sa.JSON, nullable=False),  # slot name → text, read again when the answer comes
    sa.Column("asked_at", UTCDateTime, nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False),
    sa.Index("ix_open_question_who", "chat_id", "person_id"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question that waits for an answer."""

    id: int
    capability: str
    slot: str
    args: Mapping[str, Any]
    asked_at: datetime


COLUMNS = [open_question.c[name] for name in Question.__slots__]

_WHO = (
    open_question.c.chat_id == sa.bindparam("chat"),
    open_question.c.person_id == sa.bindparam("person"),
)
_FORGET = sa.delete(open_question).where(*_WHO, open_question.c.capability == sa.bindparam("capability"))
_CLOSE = sa.delete(open_question).where(open_question.c.id == sa.bindparam("question"))
_WAITING_FOR = (
    sa.select(*COLUMNS)
    .where(*_WHO, open_question.c.expires_at > sa.bindparam("now", type_=UTCDateTime))
    .order_by(open_question.c.id.desc())
)


def ask(
    conn: Connection,
    *,
    chat_id: int,
    person_id: int,
    capability: str,
    slot: str,
    args: Mapping[str, Any],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Open a question; the same capability's older question to this person in this chat is replaced."""
    conn.execute(_FORGET, {"chat": chat_id, "person": person_id, "capability": capability})
    row = {
        "chat_id": chat_id,
        "person_id": person_id,
        "capability": capability,
        "slot": slot,
        "args": dict(args),
        "asked_at": now,
        "expires_at": expires_at,
    }
    conn.execute(sa.insert(open_question), row)


def open_for(conn: Connection, chat_id: int, person_id: int, now: datetime) -> list[Question]:
    """The questions that wait for this person in this chat, newest first."""
    found = conn.execute(_WAITING_FOR, {"chat": chat_id, "person": person_id, "now": now})
    return [Question(*row) for row in found]


def open_elsewhere(
    conn: Connection, chat_id: int, person_id: int, capability: str, now: datetime
) -> list[tuple[int, Question]]:
    """The questions of a capability that wait for this person in other chats, by chat, newest first."""
    theirs = open_question.c.person_id == person_id, open_question.c.capability == capability
    waits = sa.select(open_question.c.chat_id, *COLUMNS).where(*theirs, open_question.c.expires_at > now)
    found = conn.execute(waits.where(open_question.c.chat_id != chat_id).order_by(open_question.c.id.desc()))
    return [(chat, Question(*question)) for chat, *question in found]


def with_waiting(events: sa.Select[Any]) -> sa.Select[Any]:
    """A statement of events, chats and people, and beside each the questions that wait there at `now`."""
    waits = (
        (open_question.c.chat_id == chat.c.id)
        & (open_question.c.person_id == person.c.id)
        & (open_question.c.expires_at > sa.bindparam("now", type_=UTCDateTime))
    )
    return events.add_columns(inbox.c.id, *COLUMNS).outerjoin(open_question, waits)


def waiting(rows: Iterable[Sequence[Any]]) -> dict[int, list[Question]]:
    """The questions in rows of such a statement, newest first, by event."""
    found: dict[int, dict[int, Question]] = {}
    for row in rows:
        event, *asked = row[-1 - len(COLUMNS) :]
        if asked[0] is not None:
            found.setdefault(event, {})[asked[0]] = Question(*asked)
    return {event: [asked[id] for id in sorted(asked, reverse=True)] for event, asked in found.items()}


def close(conn: Connection, question_id: int) -> None:
    """The question is answered or dropped."""
    conn.execute(_CLOSE, {"question": question_id})


def sweep(conn: Connection, now: datetime) -> int:
    """Remove expired questions."""
    return conn.execute(sa.delete(open_question).where(open_question.c.expires_at <= now)).rowcount
