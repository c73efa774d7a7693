"""Who asked for what is not for everybody, and whether they got it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata

access_log = sa.Table(
    "access_log",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("what", sa.String(64), nullable=False),  # a capability, or download:<kind>
    sa.Column("granted", sa.Boolean, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("inbox_id", Id),  # the message that asked
)


def record(
    conn: Connection, person_id: int, what: str, now: datetime, *, granted: bool, inbox_id: int | None = None
) -> None:
    """Note that somebody was given, or refused, access."""
    row = {"person_id": person_id, "what": what[:64], "granted": granted, "at": now, "inbox_id": inbox_id}
    conn.execute(sa.insert(access_log).values(**row))
