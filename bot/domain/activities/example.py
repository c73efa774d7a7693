"""The example district's activities: what `make run` begins with."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain.activities import lookup, plan, rooms, themes

ENOUGH = 2
"""How many activities must lie ahead in a month for it to be of use."""


def load(conn: Connection, rows: Sequence[Mapping[str, Any]], words: str, organisation_id: int, now: datetime) -> None:
    """The activities of this month that have not begun; late in a month those of the next one as well."""
    this = local(now).date().replace(day=1)
    if _of_month(conn, rows, words, organisation_id, this, now) < ENOUGH:
        _of_month(conn, rows, words, organisation_id, (this + timedelta(days=32)).replace(day=1), now)


def hold_rooms(conn: Connection, person_id: int, chat_id: int, now: datetime) -> None:
    """Book the rooms that they take place in; this person answers for them."""
    for what in lookup.beginning(conn, now, now + timedelta(days=62)):
        rooms.hold(conn, what, chat_id, now, person_id)


def _of_month(
    conn: Connection,
    rows: Sequence[Mapping[str, Any]],
    words: str,
    organisation_id: int,
    first: date,
    now: datetime,
) -> int:
    """Publish those of a month that lie ahead, by time; how many."""
    themes.set_theme(conn, organisation_id, f"{first:%Y-%m}", words)
    ahead = 0
    for row in sorted(rows, key=lambda row: (int(row["day"]), str(row["start"]))):
        details = dict(row)
        day = first.replace(day=int(details.pop("day")))
        for edge in ("start", "end"):
            details[edge] = datetime.fromisoformat(f"{day}T{details[edge]}").replace(tzinfo=SHANGHAI)
        if details["start"] > now:
            planned = plan.draft(conn, now, drafter_id=None, organisation_id=organisation_id, **details)
            plan.publish(conn, planned.id, now, ())
            ahead += 1
    return ahead
