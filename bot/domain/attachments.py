"""Pictures and documents that belong to a need: sent with it, within two minutes of it, or quoted by it."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import inbox
from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import needs
from bot.domain.needs import Need
from bot.inbox import Row
from bot.messages import Attached

NEAR = timedelta(minutes=2)
QUOTED_WITHIN = timedelta(days=7)
MOST = 9
"""Files of one need."""

need_file = sa.Table(
    "need_file",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("need_id", Id, sa.ForeignKey("need.id"), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(96), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("inbox_id", Id, nullable=False, index=True),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.UniqueConstraint("need_id", "digest"),
)


def gather(conn: Connection, number: int, said: Row, quoted: str | None) -> list[Attached]:
    """Put on a need what its message brought, what the same person sent just before, and what they quote.

    `quoted`: the name that the chat shows of whoever sent what is quoted.
    """
    sources = [*_before(conn, said), said, *_quoted(conn, said, quoted)]
    return [file for source in sources for file in attach(conn, number, source)]


_TAKEN = sa.select(need_file.c.inbox_id).where(need_file.c.inbox_id == inbox.inbox.c.id)
_WITH_FILES = (
    sa.select(*inbox.COLUMNS)
    .where(*(inbox.inbox.c[name] == sa.bindparam(name) for name in ("channel", "chat")))
    .where(inbox.inbox.c.id < sa.bindparam("before"), inbox.inbox.c.at >= sa.bindparam("since", type_=UTCDateTime))
    .where(inbox.inbox.c.files.is_not(None))
    .order_by(inbox.inbox.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_BEFORE = _WITH_FILES.where(inbox.inbox.c.sender == sa.bindparam("sender"), ~_TAKEN.exists())
_OF_NAME = _WITH_FILES.where(inbox.inbox.c.sender_name == sa.bindparam("name"))


def _before(conn: Connection, said: Row) -> list[Row]:
    """What the same person sent here in the two minutes before, and put on no need."""
    return _sources(conn, _BEFORE, said, NEAR, MOST, sender=said.sender)


def _quoted(conn: Connection, said: Row, name: str | None) -> list[Row]:
    return _sources(conn, _OF_NAME, said, QUOTED_WITHIN, 1, name=name) if name else []


def _sources(
    conn: Connection, query: sa.Select[Any], said: Row, within: timedelta, limit: int, **whose: str
) -> list[Row]:
    span = {"before": said.id, "since": said.at - within, "limit": limit}
    found = conn.execute(query, {"channel": said.channel, "chat": said.chat, **span, **whose})
    return [Row(*row) for row in found][::-1]


def attach(conn: Connection, number: int, source: Row) -> list[Attached]:
    """Put the files of a message on a need; those that it did not have yet."""
    if not source.files:
        return []
    room = MOST - len(of_need(conn, number))
    new = []
    for file in source.attached[: max(room, 0)]:
        row = asdict(file) | {"need_id": number, "inbox_id": source.id, "at": source.at}
        if insert_new(conn, need_file, [row], unique=("need_id", "digest")):
            new.append(file)
    return new


def of_need(conn: Connection, number: int) -> list[Attached]:
    """The files of a need, in the order they came."""
    columns = (need_file.c[name] for name in Attached.__slots__)
    query = sa.select(*columns).where(need_file.c.need_id == number).order_by(need_file.c.id)
    return [Attached(*row) for row in conn.execute(query)]


def just_reported(conn: Connection, person_id: int, chat_id: int, now: datetime) -> Need | None:
    """The need that somebody reported in a chat in the last two minutes."""
    need = needs.need.c
    theirs = need.reporter_id == person_id, need.chat_id == chat_id, need.reported_at >= now - NEAR
    number = conn.scalar(sa.select(need.id).where(*theirs).order_by(need.id.desc()).limit(1))
    return needs.get(conn, number) if number else None
