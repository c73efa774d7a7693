"""Open questions: what the bot asked a person in a chat and still waits for. Rows with an expiry, no loops."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata

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
    conn.execute(
        sa.delete(open_question).where(
            open_question.c.chat_id == chat_id,
            open_question.c.person_id == person_id,
            open_question.c.capability == capability,
        )
    )
    row = {
        "chat_id": chat_id,
        "person_id": person_id,
        "capability": capability,
        "slot": slot,
        "args": dict(args),
        "asked_at": now,
        "expires_at": expires_at,
    }
    conn.execute(sa.insert(open_question).values(**row))


def open_for(conn: Connection, chat_id: int, person_id: int, now: datetime) -> list[Question]:
    """The questions that wait for this person in this chat, newest first."""
    columns = (
        open_question.c.id,
        open_question.c.capability,
        open_question.c.slot,
        open_question.c.args,
        open_question.c.asked_at,
    )
    query = sa.select(*columns).where(
        open_question.c.chat_id == chat_id,
        open_question.c.person_id == person_id,
        open_question.c.expires_at > now,
    )
    return [Question(*row) for row in conn.execute(query.order_by(open_question.c.id.desc()))]


def close(conn: Connection, question_id: int) -> None:
    """The question is answered or dropped."""
    conn.execute(sa.delete(open_question).where(open_question.c.id == question_id))


def sweep(conn: Connection, now: datetime) -> int:
    """Remove expired questions."""
    return conn.execute(sa.delete(open_question).where(open_question.c.expires_at <= now)).rowcount
