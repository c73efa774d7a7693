"""The code that is spoken at an activity, and the link behind its QR code: both say that somebody is there."""

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, insert_new, metadata

check_in_code = sa.Table(
    "check_in_code",
    metadata,
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), primary_key=True),
    sa.Column("code", sa.String(8), nullable=False, index=True),  # four digits, not unique over the years
    sa.Column("token", sa.String(32), nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class Codes:
    """How people show that they are at an activity."""

    activity_id: int
    code: str
    token: str


_COLUMNS = [check_in_code.c[name] for name in Codes.__slots__]


def of(conn: Connection, activity_id: int) -> Codes:
    """The codes of an activity, made when they are first asked for."""
    row = {
        "activity_id": activity_id,
        "code": f"{secrets.randbelow(9000) + 1000}",
        "token": secrets.token_urlsafe(12),
    }
    insert_new(conn, check_in_code, [row], unique=("activity_id",))
    return Codes(*conn.execute(sa.select(*_COLUMNS).where(check_in_code.c.activity_id == activity_id)).one())


def with_code(conn: Connection, code: str) -> list[int]:
    """The activities that have a spoken code."""
    return list(conn.scalars(sa.select(check_in_code.c.activity_id).where(check_in_code.c.code == code)))


def with_token(conn: Connection, token: str) -> int | None:
    """The activity behind a link."""
    return conn.scalar(sa.select(check_in_code.c.activity_id).where(check_in_code.c.token == token))
