"""Who is said to have come: by somebody else (代签), or afterwards (补签). It counts once it was approved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain.activities import organisers, plan, sign_ups
from bot.domain.activities.attendance import check_in_row
from bot.domain.activities.sign_ups import SignUp

PROXY, MAKE_UP = "proxy", "make_up"
OPEN, APPROVED, REFUSED = "open", "approved", "refused"

presence_claim = sa.Table(
    "presence_claim",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), nullable=False, index=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id")),  # None: only a name is known
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("reason", sa.String(256), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("decided_by", Id, sa.ForeignKey("person.id")),
    sa.Column("decided_at", UTCDateTime),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A presence that waits for a word."""

    id: int
    activity_id: int
    person_id: int | None
    name: str
    kind: str
    by_id: int
    chat_id: int
    at: datetime
    reason: str
    state: str


_COLUMNS = [presence_claim.c[name] for name in Claim.__slots__]


def claim(conn: Connection, activity_id: int, **values: Any) -> Claim:
    """Note a presence that is to be approved; the same one that waits already is returned. `values`: the columns."""
    same = presence_claim.c.name == values["name"], presence_claim.c.person_id.is_not_distinct_from(values["person_id"])
    known = _select(conn, presence_claim.c.activity_id == activity_id, presence_claim.c.state == OPEN, *same)
    if known:
        return known[0]
    row = {**values, "activity_id": activity_id, "state": OPEN, "reason": values["reason"][:256]}
    new = conn.scalar(sa.insert(presence_claim).values(**row).returning(presence_claim.c.id))
    return _select(conn, presence_claim.c.id == new)[0]


def find(conn: Connection, claim_id: int) -> Claim | None:
    """The claim with that id."""
    found = _select(conn, presence_claim.c.id == claim_id)
    return found[0] if found else None


def waiting(conn: Connection, activity_id: int) -> list[Claim]:
    """The claims of an activity that wait for a word, in order."""
    return _select(conn, presence_claim.c.activity_id == activity_id, presence_claim.c.state == OPEN)


def of_organiser(conn: Connection, person_id: int, since: datetime) -> tuple[list[Claim], list[SignUp]]:
    """What waits for an organiser's word: presences, and sign-ups of people who cannot be asked themselves."""
    came = sa.exists().where(
        check_in_row.c.activity_id == presence_claim.c.activity_id,
        check_in_row.c.person_id == presence_claim.c.person_id,
    )
    said = _select(conn, presence_claim.c.state == OPEN, presence_claim.c.at > since, ~came)
    table = sign_ups.sign_up
    query = sa.select(*sign_ups.COLUMNS).where(
        table.c.confirmed.is_(False),
        table.c.person_id.is_(None),
        table.c.state.in_(sign_ups.HELD),
        table.c.at > since,
    )
    listed = [SignUp(*row) for row in conn.execute(query.order_by(table.c.id))]
    activities = {one.activity_id for one in said} | {one.activity_id for one in listed}
    mine = {one for one in activities if organisers.of(conn, plan.get(conn, one))[:1] == [person_id]}
    return [one for one in said if one.activity_id in mine], [one for one in listed if one.activity_id in mine]


def decide(conn: Connection, claim_id: int, by_id: int, now: datetime, *, approved: bool) -> bool:
    """Say yes or no to a claim, once; False when somebody did before."""
    this = presence_claim.c.id == claim_id, presence_claim.c.state == OPEN
    values = {"state": APPROVED if approved else REFUSED, "decided_by": by_id, "decided_at": now}
    return conn.execute(sa.update(presence_claim).where(*this).values(**values)).rowcount == 1


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Claim]:
    query = sa.select(*_COLUMNS).where(*conditions).order_by(presence_claim.c.id)
    return [Claim(*row) for row in conn.execute(query)]
