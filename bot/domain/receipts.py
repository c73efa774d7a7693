"""Receipts (收到): who has acknowledged an announcement, counted silently."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people

COUNTED_FOR = timedelta(days=3)

ASKS = re.compile(
    r"(?:收到|看到|阅后|阅读后|知悉|知晓)[^。\n]{0,8}(?:请|务必|麻烦)?[^。\n]{0,4}(?:回复|回执|回个|回一下|扣|打个?)"
    r"|(?:请|烦请|麻烦|务必)[^。\n]{0,12}(?:回复|回执|回个收到)|回复(?:收到|1)"
)
"""An announcement that wants to be acknowledged."""

circular = sa.Table(
    "circular",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),  # broadcast:3, or inbox:17 for a message of a group
    sa.Column("author_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("text", sa.String(128), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.UniqueConstraint("chat_id", "source"),
)

receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("circular_id", Id, sa.ForeignKey("circular.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("text", sa.String(64), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Circular:
    """Something said to a group that wants receipts."""

    chat_id: int
    source: str
    author_id: int
    text: str
    at: datetime


CIRCULAR = [circular.c[name] for name in Circular.__slots__]


def from_broadcast(number: int) -> str:
    """The source of a broadcast."""
    return f"broadcast:{number}"


def broadcast_number(source: str) -> int | None:
    """The number of the broadcast that a source is; None for a message of a group."""
    kind, _, number = source.partition(":")
    return int(number) if kind == "broadcast" else None


def acknowledge(conn: Connection, what: Circular, person_id: int, text: str, now: datetime) -> bool:
    """Count somebody's receipt; False when it was counted before."""
    row = {name: getattr(what, name) for name in Circular.__slots__} | {"text": what.text[:128]}
    insert_new(conn, circular, [row], unique=("chat_id", "source"))
    id_ = conn.scalar(_of(sa.select(circular.c.id), what.chat_id, what.source))
    given = {"circular_id": id_, "person_id": person_id, "text": text[:64], "at": now}
    return bool(insert_new(conn, receipt, [given], unique=("circular_id", "person_id")))


def given(conn: Connection, chat_id: int, source: str) -> Sequence[sa.Row[Any]]:
    """The receipts for an announcement in a chat, in the order they came: person_id, name, text."""
    columns = (receipt.c.person_id, people.person.c.name, receipt.c.text)
    query = sa.select(*columns).join(circular, circular.c.id == receipt.c.circular_id)
    query = query.join(people.person, people.person.c.id == receipt.c.person_id)
    return list(conn.execute(_of(query, chat_id, source).order_by(receipt.c.at, receipt.c.person_id)))


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who has not acknowledged; the name is empty where it was never learnt."""

    person_id: int
    name: str


def missing(conn: Connection, chat_id: int, source: str, author_id: int) -> list[Missing]:
    """Those known in the chat who have not acknowledged, and for whom nobody did: 海纳支部收到, 王芳、李强收到."""
    receipts = given(conn, chat_id, source)
    done = {row.person_id for row in receipts} | {author_id}
    spoken_for = [row.text for row in receipts if len(row.text) > len("收到")]
    home = people.organisation
    query = (
        sa.select(people.person.c.id, people.person.c.name, people.person.c.company, home.c.name.label("home"))
        .add_columns(home.c.short_name.label("short"))
        .join(people.presence, people.presence.c.person_id == people.person.c.id)
        .outerjoin(home, home.c.id == people.person.c.organisation_id)
        .where(people.presence.c.chat_id == chat_id)
    )
    return [
        Missing(row.id, row.name)
        for row in conn.execute(query.order_by(people.person.c.id))
        if row.id not in done and not _named((row.name, row.company, row.home, row.short), spoken_for)
    ]


def _named(names: Iterable[str | None], texts: Sequence[str]) -> bool:
    """Whether one of somebody's names, the own or the organisation's, is in a receipt given for others."""
    return any(name in text for name in names if name and len(name) > 1 for text in texts)


def latest_by(conn: Connection, author_id: int) -> Circular | None:
    """The newest announcement of somebody that anybody acknowledged."""
    query = sa.select(*CIRCULAR).where(circular.c.author_id == author_id)
    row = conn.execute(query.order_by(circular.c.at.desc()).limit(1)).first()
    return Circular(*row) if row else None


def _of(query: sa.Select[Any], chat_id: int, source: str) -> sa.Select[Any]:
    return query.where(circular.c.chat_id == chat_id, circular.c.source == source)
