"""Chats, and who speaks in them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import insert_new
from bot.domain.people.organisations import district_id
from bot.domain.people.tables import CHAT, Chat, chat

_CALLED = sa.select(*CHAT).where(
    chat.c.channel == sa.bindparam("account"), chat.c.external_id == sa.bindparam("called")
)
_NUMBERED = sa.select(*CHAT).where(chat.c.id == sa.bindparam("number"))
_near = chat.alias("near")
_ACCOUNT = sa.select(_near.c.channel).where(_near.c.id == sa.bindparam("near")).scalar_subquery()
_HANDLERS = (
    sa.select(*CHAT)
    .where(chat.c.service_group.in_((sa.bindparam("category"), sa.bindparam("fallback"))))
    .order_by(chat.c.service_group != sa.bindparam("category"), chat.c.channel != _ACCOUNT, chat.c.id)
    .limit(1)
)


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
    row = conn.execute(_CALLED, {"account": channel, "called": external_id}).first()
    return Chat(*row) if row else None


def get_chat(conn: Connection, chat_id: int) -> Chat:
    """The chat with our own id."""
    return Chat(*conn.execute(_NUMBERED, {"number": chat_id}).one())


def chats(conn: Connection, channel: str | None = None, kind: str | None = None) -> list[Chat]:
    """All chats, optionally of one channel or kind, in the order they were met."""
    query = sa.select(*CHAT).order_by(chat.c.id)
    if channel:
        query = query.where(chat.c.channel == channel)
    if kind:
        query = query.where(chat.c.kind == kind)
    return [Chat(*row) for row in conn.execute(query)]


def handlers_chat(conn: Connection, category: str, near: int, fallback: str = "") -> Chat | None:
    """The chat of a service group's handlers, on the channel of the chat `near` before any other; where the group has
    none, that of the fallback.
    """
    row = conn.execute(_HANDLERS, {"category": category, "near": near, "fallback": fallback or category}).first()
    return Chat(*row) if row else None


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
