"""The tables of points, and the values read from them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.db import Id, UTCDateTime, metadata

ISSUED, REDEEMED, EXPIRED = "issued", "redeemed", "expired"
"""The accounts that points of people come from and go to."""

movement = sa.Table(
    "point_movement",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.String(96), nullable=False, unique=True),  # the same cause moves points once
    sa.Column("source", sa.String(32), nullable=False, index=True),
    sa.Column("target", sa.String(32), nullable=False, index=True),
    sa.Column("amount", sa.Integer, sa.CheckConstraint("amount > 0", name="positive"), nullable=False),
    sa.Column("note", sa.String(128), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("person.id")),
)

point_rule = sa.Table(  # the rules that a district starts with
    "point_rule",
    metadata,
    sa.Column("cause", sa.String(32), primary_key=True),
    sa.Column("points", sa.Integer, nullable=False),
)

point_rule_version = sa.Table(  # what staff set since, each with its first day
    "point_rule_version",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("cause", sa.String(32), nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("since", UTCDateTime, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Index("ix_point_rule_version_cause", "cause", "since"),
)

goods = sa.Table(
    "goods",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(32), nullable=False, unique=True),
    sa.Column("cost", sa.Integer, nullable=False),
    sa.Column("stock", sa.Integer, sa.CheckConstraint("stock >= 0", name="in_stock"), nullable=False),
    sa.Column("place", sa.String(64), nullable=False),  # where they are picked up
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),  # the member company that gives them
    sa.Column("state", sa.String(16), nullable=False, server_default="offered"),  # proposed, offered, withdrawn
    sa.Column("proposed_by", Id, sa.ForeignKey("person.id")),
)

redemption = sa.Table(
    "redemption",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.String(8), nullable=False, unique=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("goods_id", Id, sa.ForeignKey("goods.id"), nullable=False),
    sa.Column("cost", sa.Integer, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # open, picked_up, cancelled
    sa.Column("picked_up_at", UTCDateTime),
    sa.Column("verified_by", Id, sa.ForeignKey("person.id")),
)

unlisted = sa.Table(  # who does not want to stand in the ranking
    "point_unlisted",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Goods:
    """Something that points are exchanged for: an article, or a service of a member company."""

    id: int
    name: str
    cost: int
    stock: int
    place: str
    organisation_id: int | None
    state: str
    proposed_by: int | None


GOODS = [goods.c[name] for name in Goods.__slots__]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an account: what was added (negative: taken), why and when."""

    amount: int
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Redemption:
    """An exchange; the code is shown at the pick-up."""

    id: int
    code: str
    person_id: int
    goods_id: int
    goods: str
    organisation_id: int | None
    cost: int
    state: str
    picked_up_at: datetime | None
