"""The code that is spoken at an activity, and the link behind its QR code: both say that somebody is there."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain.activities.plan import activity
from bot.errors import Refusal

NEAR = timedelta(days=1)
"""How far in time two activities must lie apart to have the same digits."""

check_in_code = sa.Table(
    "check_in_code",
    metadata,
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), primary_key=True),
    sa.Column("code", sa.String(8), nullable=False, index=True),  # four digits, not unique over the years
    sa.Column("token", sa.String(32), nullable=False, unique=True),
)

phone_code = sa.Table(  # phones at the door that wait to be tied to somebody (bot.domain.activities.door)
    "phone_code",
    metadata,
    sa.Column("code", sa.String(8), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),  # of the phone's secret
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Codes:
    """How people show that they are at an activity."""

    activity_id: int
    code: str
    token: str


_COLUMNS = [check_in_code.c[name] for name in Codes.__slots__]


def of(conn: Connection, activity_id: int) -> Codes:
    """The codes of an activity, made when they are first asked for. Raises Refusal where all digits are taken."""
    mine = sa.select(*_COLUMNS).where(check_in_code.c.activity_id == activity_id)
    made = conn.execute(mine).first()
    if made is None:
        begins = conn.scalar(sa.select(activity.c.start).where(activity.c.id == activity_id))
        code = free(conn, begins) if begins else None
        if code is None:
            raise Refusal("现在没有可用的签到码，请过一会儿再要。")
        row = {"activity_id": activity_id, "code": code, "token": secrets.token_urlsafe(12)}
        insert_new(conn, check_in_code, [row], unique=("activity_id",))
        made = conn.execute(mine).one()
    return Codes(*made)


def free(conn: Connection, at: datetime) -> str | None:
    """Digits that neither a waiting phone bears nor an activity near that time; None where there are none left."""
    ends = sa.func.coalesce(activity.c.end, activity.c.start)
    near = sa.and_(activity.c.id == check_in_code.c.activity_id, activity.c.start <= at + NEAR, ends >= at - NEAR)
    spoken = sa.select(check_in_code.c.code).join(activity, near)
    taken = {*conn.scalars(sa.select(phone_code.c.code)), *conn.scalars(spoken)}
    left = [code for number in range(1000, 10_000) if (code := str(number)) not in taken]
    return secrets.choice(left) if left else None


def with_code(conn: Connection, code: str) -> list[int]:
    """The activities that have a spoken code."""
    return list(conn.scalars(sa.select(check_in_code.c.activity_id).where(check_in_code.c.code == code)))


def with_token(conn: Connection, token: str) -> int | None:
    """The activity behind a link."""
    return conn.scalar(sa.select(check_in_code.c.activity_id).where(check_in_code.c.token == token))
