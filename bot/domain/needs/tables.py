"""Tables and values of needs: everything that the other modules of the area stand on."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.db import Id, UTCDateTime, metadata

CATEGORIES = ("党建指导", "人才服务", "综合服务", "金融服务", "法律服务", "物业服务", "社会服务")
FALLBACK = "综合服务"
FIRST_NUMBER = 101
"""Numbers have three digits from the start, so that nobody mistakes 3号楼 or a digit answer for one."""
LEVELS = ("网格", "社区", "街道", "区级")
TOP = len(LEVELS) - 1

need = sa.Table(
    "need",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("category", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", sa.String(64)),
    sa.Column("company", sa.String(64)),
    sa.Column("phone", sa.String(20)),
    sa.Column("contact", sa.String(32)),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("complex", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reporter_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("source", sa.String(16), nullable=False, server_default="chat"),  # through which door it came
    sa.Column("outside_no", sa.String(64)),  # its number in the system that it came from
    sa.Column("handler_id", Id, sa.ForeignKey("person.id")),  # the lead: who accepted it
    sa.Column("department", sa.String(32)),  # the department that it was re-routed to by name
    sa.Column("same_as_id", Id, sa.ForeignKey("need.id")),  # another reporter's need of the same kind
    sa.Column("merged_into_id", Id),  # the need that goes on in this one's stead
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("extended", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rating", sa.String(16)),
    sa.Column("reported_at", UTCDateTime, nullable=False, index=True),
    sa.Column("respond_by", UTCDateTime),
    sa.Column("resolve_by", UTCDateTime),
    sa.Column("resolved_at", UTCDateTime),
    sa.Column("remind_at", UTCDateTime, index=True),  # when the clock reminds whose turn it is
    sa.Column("step_at", UTCDateTime, index=True),  # when the clock itself takes the next step
    sa.Column("feedback_at", UTCDateTime, index=True),  # when word is due on a complex need that takes long
    sa.Index("ix_need_outside", "source", "outside_no", unique=True),
)

need_event = sa.Table(
    "need_event",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("need_id", Id, sa.ForeignKey("need.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("actor_id", Id, sa.ForeignKey("person.id")),  # None: the clock
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("inbox_id", Id, index=True),
    sa.Column("data", sa.JSON),  # what it set; contact data stand in `need` alone, where they can be erased
    sa.Index("ix_need_event_deed", "actor_id", "kind"),
)

need_access = sa.Table(  # who saw the full contact, and when
    "need_access",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("need_id", Id, sa.ForeignKey("need.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)

need_officer = sa.Table(  # who is on duty for a service group, or answers for a level
    "need_officer",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("category", sa.String(16)),
    sa.Column("level", sa.Integer),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),  # None: everywhere
)

office_hours = sa.Table(  # of an organisation and all below it
    "office_hours",
    metadata,
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("hours", sa.String(64), nullable=False),  # 08:30-12:00,13:30-17:30
)


@dataclass(frozen=True, slots=True)
class Need:
    """One need as it stands."""

    id: int
    category: str
    text: str
    place: str | None
    company: str | None
    phone: str | None
    contact: str | None
    urgent: bool
    complex: bool
    reporter_id: int
    chat_id: int
    source: str
    outside_no: str | None
    handler_id: int | None
    department: str | None
    same_as_id: int | None
    merged_into_id: int | None
    state: str
    level: int
    reopened: int
    extended: int
    rating: str | None
    reported_at: datetime
    respond_by: datetime | None
    resolve_by: datetime | None
    resolved_at: datetime | None
    remind_at: datetime | None
    step_at: datetime | None
    feedback_at: datetime | None


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, when, and in which message. `actor_id` None is the clock; `role` is the one held there."""

    actor_id: int | None
    at: datetime
    inbox_id: int | None = None
    role: str = ""


NEED = [need.c[name] for name in Need.__slots__]
