"""考勤表: who signed up, came, stayed away, asked leave or waits; and the link to it, which is good for a day."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain import people
from bot.domain.activities import attendance, claims, plan, sign_ups
from bot.domain.activities.plan import Activity
from bot.domain.activities.sign_ups import sign_up

GOOD_FOR = timedelta(days=1)
PRESENT, WALK_IN, ABSENT, ON_LEAVE, WAITING, TO_APPROVE, SIGNED_UP = (
    "present",
    "walk_in",
    "absent",
    "leave",
    "waiting",
    "to_approve",
    "signed_up",
)

attendance_sheet = sa.Table(
    "attendance_sheet",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet."""

    name: str
    unit: str
    people: int
    state: str
    at: datetime | None
    via: str
    note: str


def rows(conn: Connection, what: Activity, now: datetime) -> list[Row]:
    """Everybody who has to do with an activity: those in its list in order, then those who came without."""
    came = {
        row.person_id: row
        for row in conn.execute(
            sa.select(attendance.check_in_row).where(attendance.check_in_row.c.activity_id == what.id)
        )
    }
    waits = {one.person_id for one in claims.waiting(conn, what.id) if one.person_id}
    over = now > attendance.closes(what)
    listed, seen = [], set()
    query = sa.select(sign_up).where(sign_up.c.activity_id == what.id).order_by(sign_up.c.id)
    for entry in conn.execute(query):
        here = came.get(entry.person_id) if entry.person_id else None
        if entry.person_id in seen or (entry.state == sign_ups.CANCELLED and not entry.reason and not here):
            continue
        state = PRESENT if here else TO_APPROVE if entry.person_id in waits else _state(entry.state, over)
        listed.append(_row(conn, entry.person_id, entry.name, entry.people, state, here, entry.reason))
        if here:
            seen.add(entry.person_id)
    walked = [row for row in came.values() if row.person_id not in seen]
    for here in sorted(walked, key=lambda row: row.at):
        listed.append(_row(conn, here.person_id, "", 1, WALK_IN, here, ""))
    return listed


def _state(state: str, over: bool) -> str:
    if state in (sign_ups.CANCELLED, sign_ups.LEAVE):
        return ON_LEAVE
    if state == sign_ups.WAITING:
        return WAITING
    return ABSENT if over else SIGNED_UP


def _row(
    conn: Connection,
    person_id: int | None,
    name: str,
    heads: int,
    state: str,
    here: "sa.Row[tuple[object]] | None",
    note: str,
) -> Row:
    someone = people.get_person(conn, person_id) if person_id else None
    unit = people.organisation_name(conn, someone.organisation_id) or someone.company or "" if someone else ""
    called = someone.name if someone and someone.name else name
    at, via = (here.at, here.via) if here else (None, "")
    return Row(called, unit, heads, state, at, via, note)


def link(conn: Connection, activity_id: int, person_id: int, now: datetime) -> str:
    """Make a link to the sheet of an activity; returns its token."""
    token = secrets.token_urlsafe(32)
    row = {"token": token, "activity_id": activity_id, "person_id": person_id, "expires_at": now + GOOD_FOR}
    conn.execute(sa.insert(attendance_sheet).values(**row))
    return token


def behind(conn: Connection, token: str, now: datetime) -> tuple[Activity, int] | None:
    """The activity behind a link, and whose link it is; None for an unknown one and after it has expired."""
    table = attendance_sheet
    query = sa.select(table.c.activity_id, table.c.person_id).where(table.c.token == token, table.c.expires_at > now)
    row = conn.execute(query).first()
    return (plan.get(conn, row.activity_id), row.person_id) if row else None
