"""Tables and values of broadcasts."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.db import Id, UTCDateTime, metadata

broadcast = sa.Table(
    "broadcast",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("drafter_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("channel", sa.String(64), nullable=False),  # where it was drafted: its report goes there
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("drafted_at", UTCDateTime, nullable=False),
    sa.Column("confirmed_at", UTCDateTime),
    sa.Column("due_at", UTCDateTime),
    sa.Column("finished_at", UTCDateTime),
    sa.Column("wanted_at", UTCDateTime),  # when the drafter wants it to go out; empty: as soon as it may
    sa.Column("approver_id", Id, sa.ForeignKey("person.id")),
)

broadcast_target = sa.Table(
    "broadcast_target",
    metadata,
    sa.Column("broadcast_id", Id, sa.ForeignKey("broadcast.id"), primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), primary_key=True),
)

broadcast_rule = sa.Table(  # what a district wants
    "broadcast_rule",
    metadata,
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("approval", sa.Boolean, nullable=False),  # a second person has to agree
    sa.Column("weekly", sa.Integer, nullable=False),  # pushes that a group gets in a week
)

chat_tag = sa.Table(  # named lists of groups
    "chat_tag",
    metadata,
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), primary_key=True),
    sa.Column("tag", sa.String(32), primary_key=True),
)

DRAFT, PENDING, CONFIRMED, PAUSED, RECALLING, SENT, RECALLED, DROPPED = (
    "draft",
    "pending",
    "confirmed",
    "paused",
    "recalling",
    "sent",
    "recalled",
    "dropped",
)
STATES = {
    DRAFT: "草稿，等确认",
    PENDING: "等审批",
    CONFIRMED: "发送中",
    PAUSED: "已暂停",
    RECALLING: "正在撤回",
    SENT: "已发完",
    RECALLED: "已撤回",
    DROPPED: "已取消",
}
OPEN = (CONFIRMED, PAUSED, RECALLING)
"""The states in which something is still to become of a broadcast that was confirmed."""
LET_GO = (*OPEN, SENT, RECALLED)
"""The states of a broadcast that was confirmed."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One broadcast as it stands."""

    id: int
    text: str
    drafter_id: int
    channel: str
    urgent: bool
    state: str
    drafted_at: datetime
    due_at: datetime | None
    wanted_at: datetime | None


BROADCAST = [broadcast.c[name] for name in Broadcast.__slots__]
