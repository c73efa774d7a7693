"""Who asked for what is not for everybody, and whether they got it; and the keys by which pages know people.

A key is a long random secret that only its holder has; what is stored is its digest, so that neither the database
nor a backup opens anything. A key says who somebody is, never what they may do: roles are asked at each use.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.people import Chat

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

access_key = sa.Table(
    "access_key",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("use", sa.String(16), nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False, index=True),
)

LOGIN, SESSION, PHONE, FEED = "login", "session", "phone", "feed"
"""A link to log in by, once; a browser that did; a phone that checks its owner in; a calendar's subscription."""
GOOD_FOR = {
    LOGIN: timedelta(minutes=10),
    SESSION: timedelta(days=30),
    PHONE: timedelta(days=365),
    FEED: timedelta(days=730),
}
PAGES = Chat(0, "pages", "pages", "网页", private=True, kind="private", organisation_id=None, service_group=None)
"""The pages as a conversation: as in private, the strongest role held anywhere counts there (people.role_in)."""


def record(
    conn: Connection, person_id: int, what: str, now: datetime, *, granted: bool, inbox_id: int | None = None
) -> None:
    """Note that somebody was given, or refused, access."""
    row = {"person_id": person_id, "what": what[:64], "granted": granted, "at": now, "inbox_id": inbox_id}
    conn.execute(sa.insert(access_log).values(**row))


def new_secret() -> str:
    """What a key is made of."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def issue(conn: Connection, person_id: int, use: str, now: datetime) -> str:
    """A new key of somebody; returns its secret, which is told to them alone."""
    secret = new_secret()
    admit(conn, digest(secret), person_id, use, now)
    return secret


def admit(conn: Connection, secret_digest: str, person_id: int, use: str, now: datetime) -> None:
    """Let the holder of a secret count as somebody, and nobody else, from now on."""
    conn.execute(sa.delete(access_key).where(access_key.c.digest == secret_digest))
    row = {"digest": secret_digest, "person_id": person_id, "use": use, "expires_at": now + GOOD_FOR[use]}
    conn.execute(sa.insert(access_key).values(**row))


def holder(conn: Connection, secret: str, use: str, now: datetime) -> int | None:
    """Whose key that is; None for an unknown one, one for another use, and after it has expired."""
    return conn.scalar(sa.select(access_key.c.person_id).where(*_valid(secret, use, now)))


def redeem(conn: Connection, secret: str, use: str, now: datetime) -> int | None:
    """The same for a key that is good for one time: it is used up."""
    used = sa.delete(access_key).where(*_valid(secret, use, now)).returning(access_key.c.person_id)
    return conn.scalar(used)


def _valid(secret: str, use: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return access_key.c.digest == digest(secret), access_key.c.use == use, access_key.c.expires_at > now


def give_up(conn: Connection, secret: str) -> None:
    """A key is good for nothing any more."""
    conn.execute(sa.delete(access_key).where(access_key.c.digest == digest(secret)))


def revoke(conn: Connection, person_id: int, *uses: str) -> int:
    """All keys of somebody for these uses, or for any, are good for nothing any more; how many."""
    theirs = [access_key.c.person_id == person_id, *([access_key.c.use.in_(uses)] if uses else [])]
    return conn.execute(sa.delete(access_key).where(*theirs)).rowcount


def sweep(conn: Connection, now: datetime) -> None:
    """Remove the keys that have expired."""
    conn.execute(sa.delete(access_key).where(access_key.c.expires_at <= now))
