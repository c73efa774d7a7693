"""Lessons: what people say that a message was, kept as a labelled example for the next training.

A lesson holds a copy of the message with its numbers masked, so that it outlives the inbox.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain import people
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.inbox import inbox
from knowledge.private import mask

INTENT, CATEGORY, SLOT = "intent", "category", "slot"
"""Kinds of lessons. The value is an intent, a service group, or `name=value` of a slot."""
CORRECTORS = (STAFF, SECRETARY, HANDLER)
"""Whose word on a reading counts."""

lesson = sa.Table(
    "lesson",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("inbox_id", Id, nullable=False, index=True),  # the message it is about
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),  # who says so
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("value", sa.String(256), nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # as it was sent, masked
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("mentioned", sa.Boolean, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),  # the sender's
    sa.Column("said_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one message was, as somebody said."""

    id: int
    inbox_id: int
    kind: str
    value: str
    text: str
    private: bool
    mentioned: bool
    role: str
    said_at: datetime


LESSON = [lesson.c[name] for name in Lesson.__slots__]


def record(conn: Connection, *, person_id: int, inbox_id: int, kind: str, value: str, now: datetime) -> None:
    """Keep that a message was an intent, concerned a service group, or stated a slot. The last word counts."""
    columns = ("channel", "chat", "sender", "text", "private", "mentioned", "role", "at")
    said = conn.execute(sa.select(*(inbox.c[name] for name in columns)).where(inbox.c.id == inbox_id)).one()
    conn.execute(
        sa.insert(lesson).values(
            inbox_id=inbox_id,
            person_id=person_id,
            at=now,
            kind=kind,
            value=value[:256],
            text=mask(said.text),
            private=said.private,
            mentioned=said.mentioned,
            role=said.role or people.role_of(conn, said.channel, said.chat, said.sender),
            said_at=said.at,
        )
    )


def lessons(conn: Connection) -> list[Lesson]:
    """All lessons, oldest first."""
    return [Lesson(*row) for row in conn.execute(sa.select(*LESSON).order_by(lesson.c.id))]
