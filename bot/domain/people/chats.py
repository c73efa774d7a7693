"""Chats, and who speaks in them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import insert_new
from bot.domain.people.organisations import district_id
from bot.domain.people.persons import meet_person
from bot.domain.people.tables import CHAT, PERSON, Chat, Person, chat, identity, person, presence


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


@dataclass(frozen=True, slots=True)
class Meeting:
    """Somebody who speaks in a chat."""

    chat: Chat
    person: Person
    first_time: bool  # never heard in this chat before


def find_meeting(conn: Connection, channel: str, chat_id: str, sender: str) -> Meeting | None:
    """A chat and somebody known on that channel, and whether they were heard in it; None where either is new."""
    query = (
        sa.select(presence.c.chat_id, *CHAT, *PERSON)
        .select_from(chat)
        .join(identity, identity.c.channel == chat.c.channel)
        .join(person, person.c.id == identity.c.person_id)
        .outerjoin(presence, (presence.c.chat_id == chat.c.id) & (presence.c.person_id == person.c.id))
        .where(chat.c.channel == channel, chat.c.external_id == chat_id, identity.c.external_id == sender)
    )
    row = conn.execute(query).first()
    if row is None:
        return None
    heard, *columns = row
    return Meeting(Chat(*columns[: len(CHAT)]), Person(*columns[len(CHAT) :]), heard is None)


def meet(conn: Connection, now: datetime, where: tuple[str, str, str, bool], who: tuple[str, str]) -> Meeting:
    """Who speaks where; what is new of it is recorded.

    `where`: channel, the chat's id, its title, whether it is private; `who`: the sender's id and shown name. One
    statement where all is known: this is on the path of every message.
    """
    channel, chat_id, title, private = where
    sender, name = who
    known = find_meeting(conn, channel, chat_id, sender)
    if known and not known.first_time and (known.person.name or not name):
        return known
    met = meet_chat(conn, channel, chat_id, title=title, private=private)
    someone = meet_person(conn, channel, sender, name)
    return Meeting(met, someone, appear(conn, met.id, someone.id, now))


def appear(conn: Connection, chat_id: int, person_id: int, now: datetime) -> bool:
    """Note that somebody spoke in a chat; False when they had before."""
    row = {"chat_id": chat_id, "person_id": person_id, "since": now}
    return bool(insert_new(conn, presence, [row], unique=("chat_id", "person_id")))
