"""Who speaks where: the people and chats behind events, and what the people are there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import few_sizes, insert_new, some_of
from bot.domain.people.chats import meet_chat
from bot.domain.people.organisations import ancestry
from bot.domain.people.persons import get_person, meet_person
from bot.domain.people.roles import Held, role_by, role_in
from bot.domain.people.tables import (
    CHAT,
    PERSON,
    STRANGER,
    Chat,
    Person,
    chat,
    identity,
    person,
    presence,
    role_grant,
)
from bot.inbox import Row, inbox


@dataclass(frozen=True, slots=True)
class Meeting:
    """Somebody who speaks in a chat."""

    chat: Chat
    person: Person
    role: str
    first_time: bool  # never heard in this chat before


_COLUMNS = [presence.c.chat_id.is_(None).label("first_time"), *CHAT, *PERSON]
_PRESENT = (presence.c.chat_id == chat.c.id) & (presence.c.person_id == person.c.id)
_HERE = (
    sa.select(*_COLUMNS)
    .select_from(chat)
    .join(identity, identity.c.channel == chat.c.channel)
    .join(person, person.c.id == identity.c.person_id)
    .outerjoin(presence, _PRESENT)
    .where(
        chat.c.channel == sa.bindparam("account"),
        chat.c.external_id == sa.bindparam("called"),
        identity.c.external_id == sa.bindparam("sender"),
    )
)
HEARD = (
    sa.select(*_COLUMNS, inbox.c.id, role_grant.c.role, role_grant.c.chat_id, role_grant.c.organisation_id)
    .select_from(inbox)
    .join(chat, (chat.c.channel == inbox.c.channel) & (chat.c.external_id == inbox.c.chat))
    .outerjoin(identity, (identity.c.channel == inbox.c.channel) & (identity.c.external_id == inbox.c.sender))
    .join(person, person.c.id == sa.func.coalesce(inbox.c.speaker_id, identity.c.person_id))
    .outerjoin(presence, _PRESENT)
    .outerjoin(role_grant, role_grant.c.person_id == person.c.id)
    .where(inbox.c.id.in_(some_of("ids")))
    .order_by(role_grant.c.id)
)
"""Who speaks where in the events `ids`, a row for each role of theirs: `meetings` reads it."""
_WHO = 1 + len(CHAT) + len(PERSON)


def heard(conn: Connection, inbox_ids: list[int]) -> dict[int, Meeting]:
    """Who speaks where in these events, in one statement; without the events of an unknown person or chat."""
    return meetings(conn, conn.execute(HEARD, {"ids": few_sizes(inbox_ids)}))


def meetings(conn: Connection, rows: Iterable[Sequence[Any]]) -> dict[int, Meeting]:
    """The meetings in rows of HEARD, by event; further columns may follow."""
    known: dict[int, Sequence[Any]] = {}
    held: dict[int, list[Held]] = {}
    for row in rows:
        event, role, chat_id, organisation_id = row[_WHO : _WHO + 4]
        known[event] = row
        grants = held.setdefault(event, [])
        if role is not None:
            grants.append(Held(role, chat_id, organisation_id))
    above = cache(lambda organisation_id: ancestry(conn, organisation_id))
    found = {}
    for event, row in known.items():
        where, someone = _who(row)
        found[event] = Meeting(where, someone, role_by(held[event], someone, where, above), bool(row[0]))
    return found


def _who(row: Sequence[Any]) -> tuple[Chat, Person]:
    return Chat(*row[1 : 1 + len(CHAT)]), Person(*row[1 + len(CHAT) : _WHO])


def role_of(conn: Connection, channel: str, chat_id: str, sender: str) -> str:
    """The role that counts for a channel's ids; a stranger's for somebody never met."""
    row = conn.execute(_HERE, {"account": channel, "called": chat_id, "sender": sender}).first()
    if row is None:
        return STRANGER
    where, someone = _who(row)
    return role_in(conn, someone, where)


def meet(conn: Connection, row: Row, now: datetime) -> Meeting:
    """Record who speaks where in an event, as far as it is new."""
    where = meet_chat(conn, row.channel, row.chat, title=row.chat_title, private=row.private)
    told = row.speaker_id
    someone = get_person(conn, told) if told else meet_person(conn, row.channel, row.sender, row.sender_name)
    first_time = appear(conn, where.id, someone.id, now)
    return Meeting(where, someone, role_in(conn, someone, where), first_time)


def appear(conn: Connection, chat_id: int, person_id: int, now: datetime) -> bool:
    """Note that somebody spoke in a chat; False when they had before."""
    row = {"chat_id": chat_id, "person_id": person_id, "since": now}
    return bool(insert_new(conn, presence, [row], unique=("chat_id", "person_id")))


def heard_on(conn: Connection, person_id: int) -> str | None:
    """The channel where somebody was met last: where the clock writes to them; None for who never spoke."""
    query = (
        sa.select(chat.c.channel)
        .join(presence, presence.c.chat_id == chat.c.id)
        .where(presence.c.person_id == person_id)
        .order_by(presence.c.since.desc(), chat.c.id.desc())
    )
    return conn.scalar(query.limit(1))
