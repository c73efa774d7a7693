"""What is offered: one row a resource, with its owner; valid for a year unless it is taken down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.resources.terms import Terms
from bot.errors import Refusal

VALID = timedelta(days=365)
AVAILABLE, WITHDRAWN = "available", "withdrawn"

resource = sa.Table(
    "resource",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False, index=True),
    sa.Column("seats", sa.Integer),
    sa.Column("available", sa.String(32), nullable=False),  # as it was said: 工作日下午
    sa.Column("price", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("owner_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("company", sa.String(64), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("offered_at", UTCDateTime, nullable=False, index=True),
    sa.Column("valid_until", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One offer as it stands."""

    id: int
    name: str
    kind: str
    seats: int | None
    available: str
    price: str
    text: str
    owner_id: int
    company: str
    chat_id: int
    offered_at: datetime
    valid_until: datetime
    state: str


COLUMNS = [resource.c[name] for name in Resource.__slots__]


def offer(
    conn: Connection, terms: Terms, *, text: str, owner_id: int, company: str, chat_id: int, now: datetime
) -> Resource:
    """Record an offer."""
    row = {
        "name": terms.name[:64],
        "kind": terms.kind,
        "seats": terms.seats,
        "available": terms.available[:32],
        "price": terms.price,
        "text": text,
        "owner_id": owner_id,
        "company": company,
        "chat_id": chat_id,
        "offered_at": now,
        "valid_until": now + VALID,
        "state": AVAILABLE,
    }
    return get(conn, int(conn.scalar(sa.insert(resource).values(**row).returning(resource.c.id)) or 0))


def get(conn: Connection, number: int) -> Resource:
    """The resource of that number. Raises Refusal for an unknown one."""
    found = conn.execute(sa.select(*COLUMNS).where(resource.c.id == number)).first() if 0 < number < 2**31 else None
    if found is None:
        raise Refusal(f"没有找到资源{number}号，请核对编号。")
    return Resource(*found)


def same(conn: Connection, owner_id: int, text: str, now: datetime) -> Resource | None:
    """What the same person offers already in the same words."""
    mine = [one for one in available(conn, now) if one.owner_id == owner_id and one.text == text]
    return mine[0] if mine else None


def available(conn: Connection, now: datetime) -> list[Resource]:
    """All that is on offer, the newest first."""
    return _select(conn, resource.c.state == AVAILABLE, resource.c.valid_until > now)


def of_owner(conn: Connection, owner_id: int, now: datetime) -> list[Resource]:
    """What somebody has on offer, the newest first."""
    return _select(conn, resource.c.owner_id == owner_id, resource.c.state == AVAILABLE, resource.c.valid_until > now)


def latest(conn: Connection, owner_id: int, chat_id: int, since: datetime) -> Resource | None:
    """What somebody offered last in a chat since then, where it is still on offer."""
    theirs = resource.c.owner_id == owner_id, resource.c.chat_id == chat_id, resource.c.offered_at >= since
    found = _select(conn, resource.c.state == AVAILABLE, *theirs)
    return found[0] if found else None


def amend(conn: Connection, number: int, terms: Terms, text: str) -> Resource:
    """Put other words, and what they say, in the place of an offer's."""
    row = {"name": terms.name[:64], "seats": terms.seats, "available": terms.available[:32], "price": terms.price}
    conn.execute(sa.update(resource).where(resource.c.id == number).values(**row, text=text))
    return get(conn, number)


def offered_between(conn: Connection, start: datetime, end: datetime) -> list[Resource]:
    """What was offered from the first moment on and before the second, and not taken down, the newest first."""
    there = (resource.c.offered_at >= start, resource.c.offered_at < end)
    return _select(conn, resource.c.state == AVAILABLE, *there)


def withdraw(conn: Connection, number: int) -> None:
    """Take an offer down."""
    conn.execute(sa.update(resource).where(resource.c.id == number).values(state=WITHDRAWN))


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Resource]:
    query = sa.select(*COLUMNS).where(*conditions).order_by(resource.c.id.desc())
    return [Resource(*row) for row in conn.execute(query)]
