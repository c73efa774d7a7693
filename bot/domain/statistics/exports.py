"""Links to files: unguessable, and good for a day. The file is made from the database when it is fetched."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.statistics.scope import Period, Scope

LEDGER, OPEN, LISTS = "ledger", "open", "lists"
GOOD_FOR = timedelta(days=1)

export = sa.Table(
    "export",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("category", sa.String(16)),
    sa.Column("scope", sa.JSON, nullable=False),  # {} for everything, else organisations and chats
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Export:
    """A file that somebody may fetch."""

    person_id: int
    kind: str
    period: Period
    category: str | None
    scope: Scope


def create(conn: Connection, wanted: Export, now: datetime) -> str:
    """Make a link to a file; returns its token."""
    token = secrets.token_urlsafe(32)
    scope = wanted.scope
    stored = {} if scope.organisations is None else _as_lists(scope.organisations, scope.chats)
    row = {
        "token": token,
        "person_id": wanted.person_id,
        "kind": wanted.kind,
        "first": wanted.period.first,
        "last": wanted.period.last,
        "category": wanted.category,
        "scope": stored,
        "created_at": now,
        "expires_at": now + GOOD_FOR,
    }
    conn.execute(sa.insert(export).values(**row))
    return token


def _as_lists(organisations: frozenset[int], chats: frozenset[int]) -> dict[str, list[int]]:
    return {"organisations": sorted(organisations), "chats": sorted(chats)}


def find(conn: Connection, token: str, now: datetime) -> Export | None:
    """The file behind a token; None for an unknown one and after it has expired."""
    query = sa.select(export).where(export.c.token == token, export.c.expires_at > now)
    row = conn.execute(query).first()
    if row is None:
        return None
    first: date = row.first
    organisations = frozenset(row.scope["organisations"]) if row.scope else None
    scope = Scope(organisations, frozenset(row.scope.get("chats", ())))
    return Export(row.person_id, row.kind, Period(first, row.last), row.category, scope)
