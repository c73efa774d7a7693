"""People, organisations, chats, and who may do what where.

A person is one across groups; gateway ids lead to a person through `identity`. Roles are held per chat or per
organisation (and count in every chat below it), never globally.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata

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
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
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


def meet_chat(conn: Connection, channel: str, external_id: str, *, title: str = "", private: bool = False) -> Chat:
    """The chat behind a channel's id; a new one is recorded. A new group belongs to the district."""
    found = find_chat(conn, channel, external_id)
    if found:
        return found
    row = {
        "channel": channel,
        "external_id": external_id,
        "title": title or ("私聊" if private else "工作群"),
        "private": private,
        "kind": "private" if private else "group",
        "organisation_id": None if private else district_id(conn),
    }
    insert_new(conn, chat, [row], unique=("channel", "external_id"))
    met = find_chat(conn, channel, external_id)
    assert met is not None
    return met


def find_chat(conn: Connection, channel: str, external_id: str) -> Chat | None:
    """The chat with that id on that channel."""
    query = sa.select(*CHAT).where(chat.c.channel == channel, chat.c.external_id == external_id)
    row = conn.execute(query).first()
    return Chat(*row) if row else None


def get_chat(conn: Connection, chat_id: int) -> Chat:
    """The chat with our own id."""
    return Chat(*conn.execute(sa.select(*CHAT).where(chat.c.id == chat_id)).one())


def chats(conn: Connection, channel: str | None = None, kind: str | None = None) -> list[Chat]:
    """All chats, optionally of one channel or kind, in the order they were met."""
    query = sa.select(*CHAT).order_by(chat.c.id)
    if channel:
        query = query.where(chat.c.channel == channel)
    if kind:
        query = query.where(chat.c.kind == kind)
    return [Chat(*row) for row in conn.execute(query)]


def handlers_chat(conn: Connection, category: str, channel: str) -> Chat | None:
    """The chat of a service group's handlers, on this channel before any other."""
    query = sa.select(*CHAT).where(chat.c.service_group == category)
    rows = [Chat(*row) for row in conn.execute(query.order_by(chat.c.channel != channel, chat.c.id))]
    return rows[0] if rows else None


def district_id(conn: Connection) -> int | None:
    """The district at the root of the tree: what is bound to nothing else belongs to it."""
    query = sa.select(organisation.c.id).where(organisation.c.parent_id.is_(None)).order_by(organisation.c.id)
    return conn.scalar(query.limit(1))


def bind_chat(
    conn: Connection,
    chat_id: int,
    organisation_id: int,
    kind: str = "group",
    service_group: str | None = None,
) -> None:
    """Let a group belong to an organisation, or be the chat of a service group's handlers."""
    values = {"organisation_id": organisation_id, "kind": kind, "service_group": service_group}
    conn.execute(sa.update(chat).where(chat.c.id == chat_id).values(**values))


def greet_once(conn: Connection, chat_id: int, now: datetime) -> bool:
    """True for the one caller that may greet a group."""
    unmet = sa.update(chat).where(chat.c.id == chat_id, chat.c.greeted_at.is_(None))
    return conn.execute(unmet.values(greeted_at=now)).rowcount == 1


def meet_person(conn: Connection, channel: str, external_id: str, name: str) -> Person:
    """The person behind a channel's id; a new one is recorded under the name that the channel shows."""
    person_id = find_person(conn, channel, external_id)
    if person_id is None:
        person_id = conn.scalar(sa.insert(person).values(name=name).returning(person.c.id))
        assert person_id is not None
        identify(conn, channel, external_id, person_id)
    known = get_person(conn, person_id)
    if not known.name and name:
        conn.execute(sa.update(person).where(person.c.id == person_id).values(name=name))
        known = get_person(conn, person_id)
    return known


def find_person(conn: Connection, channel: str, external_id: str) -> int | None:
    """Who a channel's id is; None for somebody never met."""
    query = sa.select(identity.c.person_id).where(identity.c.channel == channel, identity.c.external_id == external_id)
    return conn.scalar(query)


def identify(conn: Connection, channel: str, external_id: str, person_id: int) -> None:
    """Record that a channel's id is this person."""
    row = {"channel": channel, "external_id": external_id, "person_id": person_id}
    insert_new(conn, identity, [row], unique=("channel", "external_id"))


def get_person(conn: Connection, person_id: int) -> Person:
    """The person with our own id."""
    columns = (
        person.c.id,
        person.c.name,
        person.c.phone,
        person.c.organisation_id,
        person.c.company,
        person.c.registered_at.isnot(None),
    )
    return Person(*conn.execute(sa.select(*columns).where(person.c.id == person_id)).one())


def external_id(conn: Connection, person_id: int, channel: str) -> str | None:
    """How a channel calls the person; None where they were never met there."""
    query = sa.select(identity.c.external_id).where(identity.c.person_id == person_id, identity.c.channel == channel)
    return conn.scalar(query.limit(1))


def address(conn: Connection, person_id: int, channel: str) -> tuple[str, str] | None:
    """Channel and id to write to a person privately: on this channel before any other."""
    query = sa.select(identity.c.channel, identity.c.external_id).where(identity.c.person_id == person_id)
    row = conn.execute(query.order_by(identity.c.channel != channel)).first()
    return (row.channel, row.external_id) if row else None


def appear(conn: Connection, chat_id: int, person_id: int, now: datetime) -> bool:
    """Note that somebody spoke in a chat; False when they had before."""
    row = {"chat_id": chat_id, "person_id": person_id, "since": now}
    return bool(insert_new(conn, presence, [row], unique=("chat_id", "person_id")))


def register(conn: Connection, person_id: int, now: datetime, *, name: str | None, company: str | None) -> Person:
    """Put name and company on file; a company that matches an organisation is linked to it."""
    values: dict[str, object] = {"registered_at": now}
    if name:
        values["name"] = name
    if company:
        values["company"] = company
        values["organisation_id"] = find_organisation(conn, company)
    conn.execute(sa.update(person).where(person.c.id == person_id).values(**values))
    return get_person(conn, person_id)


def set_phone(conn: Connection, person_id: int, phone: str) -> None:
    """Put a phone number on file."""
    conn.execute(sa.update(person).where(person.c.id == person_id).values(phone=phone))


def find_organisation(conn: Connection, name: str) -> int | None:
    """The organisation with that full or short name."""
    query = sa.select(organisation.c.id).where((organisation.c.name == name) | (organisation.c.short_name == name))
    return conn.scalar(query.limit(1))


def organisation_name(conn: Connection, organisation_id: int | None) -> str:
    """Its short name, or its name; empty for None."""
    query = sa.select(organisation.c.name, organisation.c.short_name).where(organisation.c.id == organisation_id)
    row = conn.execute(query).first()
    return (row.short_name or row.name) if row else ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A node of the tree."""

    id: int
    parent_id: int | None
    name: str
    short_name: str
    kind: str


def organisations(conn: Connection, kind: str | None = None) -> list[Organisation]:
    """All organisations, or those of a kind, in the order they were made."""
    query = sa.select(*(organisation.c[name] for name in Organisation.__slots__)).order_by(organisation.c.id)
    if kind:
        query = query.where(organisation.c.kind == kind)
    return [Organisation(*row) for row in conn.execute(query)]


def grant(
    conn: Connection,
    person_id: int,
    role: str,
    *,
    chat_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    """Give a role in a chat or an organisation; in a chat it replaces the one held there."""
    same = [role_grant.c.person_id == person_id, role_grant.c.chat_id == chat_id]
    if chat_id is None:
        same += [role_grant.c.organisation_id == organisation_id, role_grant.c.role == role]
    held = conn.execute(sa.select(role_grant.c.id, role_grant.c.role).where(*same)).first()
    if held is None:
        row = {"person_id": person_id, "chat_id": chat_id, "organisation_id": organisation_id, "role": role}
        conn.execute(sa.insert(role_grant).values(**row))
    elif held.role != role:
        conn.execute(sa.update(role_grant).where(role_grant.c.id == held.id).values(role=role))


def role_in(conn: Connection, someone: Person, where: Chat) -> str:
    """The role that counts in this chat. This is the one place where roles are decided.

    A role held in the chat itself comes first; then the strongest held in its organisation or above. In private
    the strongest role held anywhere counts: it is the same person, and nobody else reads along.
    """
    held = list(
        conn.execute(
            sa.select(role_grant.c.role, role_grant.c.chat_id, role_grant.c.organisation_id).where(
                role_grant.c.person_id == someone.id
            )
        )
    )
    here: list[str] = [row.role for row in held if row.chat_id == where.id]
    if here:
        return here[0]
    if not where.private:
        above = _ancestry(conn, where.organisation_id)
        held = [row for row in held if row.chat_id is None and row.organisation_id in above]
    roles: list[str] = [row.role for row in held]
    return max(roles, key=ROLES.index, default=MEMBER if someone.registered else STRANGER)


def role_of(conn: Connection, channel: str, chat_id: str, sender: str) -> str:
    """The role that counts for a channel's ids; a stranger's for somebody never met."""
    person_id = find_person(conn, channel, sender)
    where = find_chat(conn, channel, chat_id)
    if person_id is None or where is None:
        return STRANGER
    return role_in(conn, get_person(conn, person_id), where)


def _ancestry(conn: Connection, organisation_id: int | None) -> set[int]:
    above: set[int] = set()
    while organisation_id is not None and organisation_id not in above:
        above.add(organisation_id)
        organisation_id = conn.scalar(sa.select(organisation.c.parent_id).where(organisation.c.id == organisation_id))
    return above


def holders(conn: Connection, role: str, *, organisation_id: int | None = None) -> list[int]:
    """The people who hold a role in an organisation (or, for None, anywhere), in the order it was given."""
    query = sa.select(role_grant.c.person_id).where(role_grant.c.role == role).order_by(role_grant.c.id)
    if organisation_id is not None:
        query = query.where(role_grant.c.organisation_id == organisation_id)
    return list(dict.fromkeys(conn.scalars(query)))


def display_name(someone: Person) -> str:
    """How the bot calls somebody."""
    return someone.name or "这位朋友"
