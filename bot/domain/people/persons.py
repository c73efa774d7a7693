"""Persons, and the gateway ids that lead to them."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import insert_new
from bot.domain.people.organisations import find_organisation
from bot.domain.people.tables import PERSON, Person, identity, person

_CALLED = (
    sa.select(*PERSON)
    .join(identity, person.c.id == identity.c.person_id)
    .where(identity.c.channel == sa.bindparam("account"), identity.c.external_id == sa.bindparam("called"))
)
_NUMBERED = sa.select(*PERSON).where(person.c.id == sa.bindparam("number"))
DIRECTORY = "directory"
"""The pseudo-channel that holds the example district's own ids of its people: nobody can be written to there."""
_ADDRESSES = (
    sa.select(identity.c.channel, identity.c.external_id)
    .where(identity.c.person_id == sa.bindparam("person"), identity.c.channel != DIRECTORY)
    .order_by(identity.c.channel != sa.bindparam("account"))
)


def meet_person(conn: Connection, channel: str, external_id: str, name: str) -> Person:
    """The person behind a channel's id; a new one is recorded under the name that the channel shows."""
    row = conn.execute(_CALLED, {"account": channel, "called": external_id}).first()
    if row is None:
        person_id = conn.scalar(sa.insert(person).values(name=name).returning(person.c.id))
        assert person_id is not None
        identify(conn, channel, external_id, person_id)
        return get_person(conn, person_id)
    known = Person(*row)
    if not known.name and name:
        conn.execute(sa.update(person).where(person.c.id == known.id).values(name=name))
        known = replace(known, name=name)
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
    return Person(*conn.execute(_NUMBERED, {"number": person_id}).one())


def external_id(conn: Connection, person_id: int, channel: str) -> str | None:
    """How a channel calls the person; None where they were never met there."""
    query = sa.select(identity.c.external_id).where(identity.c.person_id == person_id, identity.c.channel == channel)
    return conn.scalar(query.limit(1))


def address(conn: Connection, person_id: int, channel: str) -> tuple[str, str] | None:
    """Channel and id to write to a person privately: on this channel before any other."""
    row = conn.execute(_ADDRESSES, {"person": person_id, "account": channel}).first()
    return (row.channel, row.external_id) if row else None


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


def display_name(someone: Person) -> str:
    """How the bot calls somebody."""
    return someone.name or "这位朋友"


def named(conn: Connection, name: str) -> list[int]:
    """The registered people of exactly that name."""
    query = sa.select(person.c.id).where(person.c.name == name, person.c.registered_at.is_not(None))
    return list(conn.scalars(query.order_by(person.c.id)))


def find_people(conn: Connection, name: str, channel: str) -> list[int]:
    """The registered people of that name, or whom a channel calls so."""
    found = named(conn, name)
    known = None if found else find_person(conn, channel, name)
    return found or ([known] if known else [])
