"""The tables of the knowledge base and of the questions that it could not answer."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.db import Id, UTCDateTime, metadata

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
    sa.Column("stored_as", sa.String(64)),  # the entry made of the answer, or PROPOSED or DECLINED
    sa.Column("same_as", Id, sa.ForeignKey("policy_question.id"), index=True),  # the question that it waits with
)

PROPOSED, DECLINED = "proposed", "declined"


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
    same_as: int | None


QUESTION = [policy_question.c[name] for name in Question.__slots__]
