"""Tables and values of people: everything that the other modules of the area stand on."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.db import Id, UTCDateTime, metadata

MEMBER, COMPANY, INSTRUCTOR, HANDLER, SECRETARY, STAFF = (
    "member",
    "company",
    "instructor",
    "handler",
    "secretary",
    "staff",
)


STRANGER = "stranger"


ROLES = (STRANGER, MEMBER, COMPANY, INSTRUCTOR, HANDLER, SECRETARY, STAFF)
"""Weakest first; where somebody holds several, the strongest counts."""


ROLE_NAMES = {
    STRANGER: "未登记",
    MEMBER: "党员群众",
    COMPANY: "企业联络员",
    INSTRUCTOR: "党建指导员",
    HANDLER: "部门经办人",
    SECRETARY: "支部书记",
    STAFF: "工作人员",
}


organisation = sa.Table(
    "organisation",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("parent_id", Id, sa.ForeignKey("organisation.id")),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("short_name", sa.String(32), nullable=False, default=""),
    sa.Column("kind", sa.String(16), nullable=False),  # district, street, area, company, branch, department
)


chat = sa.Table(
    "chat",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("external_id", sa.String(128), nullable=False),
    sa.Column("title", sa.String(128), nullable=False),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),  # group, handlers, private
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
    sa.Column("service_group", sa.String(16)),  # the category whose needs are dispatched to this chat
    sa.Column("greeted_at", UTCDateTime),
    sa.UniqueConstraint("channel", "external_id"),
)


person = sa.Table(
    "person",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("phone", sa.String(20)),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
    sa.Column("company", sa.String(64)),  # as the person said it, where no organisation matches
    sa.Column("registered_at", UTCDateTime),
)


identity = sa.Table(
    "identity",
    metadata,
    sa.Column("channel", sa.String(64), primary_key=True),
    sa.Column("external_id", sa.String(128), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
)


presence = sa.Table(  # whoever has spoken in a group is known there
    "presence",
    metadata,
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True, index=True),
    sa.Column("since", UTCDateTime, nullable=False),
)


role_grant = sa.Table(
    "role_grant",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id")),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Index("ix_role_grant_person", "person_id"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the bot has met."""

    id: int
    name: str
    phone: str | None
    organisation_id: int | None
    company: str | None
    registered: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """A group or a private conversation on one channel."""

    id: int
    channel: str
    external_id: str
    title: str
    private: bool
    kind: str
    organisation_id: int | None
    service_group: str | None


CHAT = [chat.c[name] for name in Chat.__slots__]


PERSON = [person.c[name] for name in Person.__slots__[:-1]] + [person.c.registered_at.isnot(None)]


@dataclass(frozen=True, slots=True)
class Organisation:
    """A node of the tree."""

    id: int
    parent_id: int | None
    name: str
    short_name: str
    kind: str
