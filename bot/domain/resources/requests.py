"""What is looked for, and whom the bot asked about it.

    open → asked → matched → finished        open, asked → withdrawn | expired

An inquiry is one owner being asked about one request: asked → yes | no | silent. Nothing is promised before a yes.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people
from bot.errors import Refusal

OPEN, ASKED, MATCHED, FINISHED, WITHDRAWN, EXPIRED = "open", "asked", "matched", "finished", "withdrawn", "expired"
YES, NO, SILENT = "yes", "no", "silent"
KEPT = timedelta(days=60)
"""How long a request without a day waits for an offer."""

request = sa.Table(
    "resource_request",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("people", sa.Integer),
    sa.Column("day", sa.Date, index=True),
    sa.Column("start", UTCDateTime),  # None: at no stated hour of the day
    sa.Column("end", UTCDateTime),
    sa.Column("when_said", sa.String(32), nullable=False),  # 6月11日（周三）下午
    sa.Column("seeker_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("company", sa.String(64), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("sought_at", UTCDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("resource_id", Id, sa.ForeignKey("resource.id")),  # the one it was matched with
)

inquiry = sa.Table(
    "resource_inquiry",
    metadata,
    sa.Column("request_id", Id, sa.ForeignKey("resource_request.id"), primary_key=True),
    sa.Column("resource_id", Id, sa.ForeignKey("resource.id"), primary_key=True),
    sa.Column("owner_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("asked_at", UTCDateTime, nullable=False),
    sa.Column("answered_at", UTCDateTime),
)
_ASKED_UNTIL = sa.select(inquiry.c.request_id, inquiry.c.resource_id, inquiry.c.asked_at).where(
    inquiry.c.state == sa.literal(ASKED), inquiry.c.asked_at <= sa.bindparam("until", type_=UTCDateTime)
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands."""

    id: int
    name: str
    kind: str
    text: str
    people: int | None
    day: date | None
    start: datetime | None
    end: datetime | None
    when_said: str
    seeker_id: int
    company: str
    chat_id: int
    sought_at: datetime
    state: str
    resource_id: int | None


COLUMNS = [request.c[name] for name in Request.__slots__]


def seek(conn: Connection, now: datetime, **values: Any) -> Request:
    """Record a request: name, kind, text, people, day, start, end, when_said, seeker_id, company, chat_id."""
    insert = sa.insert(request).values(sought_at=now, state=OPEN, **values).returning(request.c.id)
    return get(conn, int(conn.scalar(insert) or 0))


def get(conn: Connection, number: int) -> Request:
    """The request of that number. Raises Refusal for an unknown one."""
    found = conn.execute(sa.select(*COLUMNS).where(request.c.id == number)).first() if 0 < number < 2**31 else None
    if found is None:
        raise Refusal(f"没有找到求助{number}号，请核对编号。")
    return Request(*found)


def same(conn: Connection, seeker_id: int, text: str, since: datetime) -> Request | None:
    """What the same person looked for in the same words since then."""
    found = _select(conn, request.c.seeker_id == seeker_id, request.c.text == text, request.c.sought_at >= since)
    return found[0] if found else None


def of_seeker(conn: Connection, seeker_id: int) -> list[Request]:
    """What somebody looks for and what is agreed and still to come, the oldest first."""
    return _select(conn, request.c.seeker_id == seeker_id, request.c.state.in_((OPEN, ASKED, MATCHED)))


def unanswered(conn: Connection, today: date) -> list[Request]:
    """What still waits for an offer, the oldest first."""
    later = sa.or_(request.c.day.is_(None), request.c.day >= today)
    return _select(conn, request.c.state == OPEN, later)


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Request]:
    return [Request(*row) for row in conn.execute(sa.select(*COLUMNS).where(*conditions).order_by(request.c.id))]


def ask(conn: Connection, wanted: Request, resource_id: int, owner_id: int, now: datetime) -> bool:
    """Note that an owner is asked; False when they were asked about this before."""
    row = {"request_id": wanted.id, "resource_id": resource_id, "owner_id": owner_id, "state": ASKED, "asked_at": now}
    if not insert_new(conn, inquiry, [row], unique=("request_id", "resource_id")):
        return False
    _set(conn, wanted.id, state=ASKED)
    return True


def asked_already(conn: Connection, number: int) -> set[int]:
    """The resources whose owners were asked about a request."""
    return set(conn.scalars(sa.select(inquiry.c.resource_id).where(inquiry.c.request_id == number)))


def waiting_for(conn: Connection, owner_id: int) -> list[tuple[Request, int]]:
    """What an owner was asked about and has not answered, the newest first: the request and the resource's number."""
    query = sa.select(inquiry.c.request_id, inquiry.c.resource_id).where(
        inquiry.c.owner_id == owner_id, inquiry.c.state == ASKED
    )
    rows = conn.execute(query.order_by(inquiry.c.asked_at.desc(), inquiry.c.request_id.desc())).all()
    found = [(get(conn, row.request_id), row.resource_id) for row in rows]
    return [(wanted, resource_id) for wanted, resource_id in found if wanted.state == ASKED]


def owners_concerned(conn: Connection, number: int) -> list[int]:
    """Those who were asked about a request and have not said no."""
    query = sa.select(inquiry.c.owner_id).where(inquiry.c.request_id == number, inquiry.c.state.in_((ASKED, YES)))
    return list(conn.scalars(query))


def overdue(conn: Connection, asked_until: datetime) -> list[tuple[int, int, datetime]]:
    """Inquiries without an answer that were made up to then: request_id, resource_id, asked_at."""
    rows = conn.execute(_ASKED_UNTIL, {"until": asked_until})
    return [(row.request_id, row.resource_id, row.asked_at) for row in rows]


def answer(conn: Connection, number: int, resource_id: int, decision: str, now: datetime) -> Request:
    """The owner's decision: a yes matches the request, anything else leaves it open."""
    this = (inquiry.c.request_id == number, inquiry.c.resource_id == resource_id)
    conn.execute(sa.update(inquiry).where(*this).values(state=decision, answered_at=now))
    if decision == YES:
        _set(conn, number, state=MATCHED, resource_id=resource_id)
    else:
        _set(conn, number, state=OPEN)
    return get(conn, number)


def withdraw(conn: Connection, number: int) -> None:
    """The seeker needs it no longer."""
    _set(conn, number, state=WITHDRAWN)


def settle(conn: Connection, today: date, now: datetime) -> None:
    """What was matched for a day gone by is finished; what found nothing in time has expired."""
    past = sa.update(request).where(request.c.day < today)
    conn.execute(past.where(request.c.state == MATCHED).values(state=FINISHED))
    unmet = request.c.state.in_((OPEN, ASKED))
    conn.execute(past.where(unmet).values(state=EXPIRED))
    old = sa.and_(request.c.day.is_(None), request.c.sought_at < now - KEPT)
    conn.execute(sa.update(request).where(old, unmet).values(state=EXPIRED))


def is_in(conn: Connection, chat_id: int, person_id: int) -> bool:
    """Whether somebody has spoken in a chat."""
    there = people.presence.c.chat_id == chat_id
    return conn.scalar(sa.select(sa.literal(1)).where(there, people.presence.c.person_id == person_id)) is not None


def _set(conn: Connection, number: int, **values: object) -> None:
    conn.execute(sa.update(request).where(request.c.id == number).values(**values))
