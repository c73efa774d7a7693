"""A district of any size: organisations with a group and a secretary each, and people who speak in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from tests.actors import MemoryChannel


@dataclass(frozen=True, slots=True)
class Group:
    """An organisation's group: its chat, its secretary, and who is in it, by the ids of the channel."""

    chat: str
    secretary: str
    members: Sequence[str]


def found(conn: Connection, organisations: int, members: int, now: datetime) -> list[Group]:
    """Enter the organisations and spread the members over them; all of them were heard before."""
    channel, root = MemoryChannel().name, people.district_id(conn)
    groups = []
    for number in range(organisations):
        row = {"name": f"第{number + 1}联建片", "short_name": "", "kind": "area", "parent_id": root}
        home = conn.scalar(sa.insert(people.organisation).values(**row).returning(people.organisation.c.id))
        assert home is not None
        chat = people.meet_chat(conn, channel, f"area-{number}", title=f"第{number + 1}联建片群")
        people.bind_chat(conn, chat.id, home, "group")
        secretary = f"sec-{number}"
        _enter(conn, channel, secretary, f"书记{number + 1}", people.SECRETARY, chat.id, now)
        there = [f"m-{one}" for one in range(number, members, organisations)]
        for one in there:
            _enter(conn, channel, one, f"成员{one[2:]}", people.MEMBER, chat.id, now)
        groups.append(Group(chat.external_id, secretary, there))
    return groups


def _enter(conn: Connection, channel: str, known_as: str, name: str, role: str, chat_id: int, now: datetime) -> None:
    someone = people.meet_person(conn, channel, known_as, name)
    people.register(conn, someone.id, now, name=name, company=None)
    people.grant(conn, someone.id, role, chat_id=chat_id)
    people.appear(conn, chat_id, someone.id, now)
