"""What changed in the lists of a group: who came on, who went off, who comes with more or fewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.domain import people
from bot.domain.activities import organisers, plan, reach
from bot.domain.people import SECRETARY
from bot.domain.solitaires.lists import Line, Listing

solitaire_change = sa.Table(
    "solitaire_change",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("solitaire_id", Id, sa.ForeignKey("solitaire.id"), nullable=False, index=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("before", sa.Integer, nullable=False),  # people; 0: was not on the list
    sa.Column("after", sa.Integer, nullable=False),  # people; 0: is off the list
    sa.Column("at", UTCDateTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One name on a list: for how many people it stood and stands; 0 for not at all."""

    name: str
    before: int
    after: int


def note(conn: Connection, listing_id: int, before: Sequence[Line], after: Sequence[Line], now: datetime) -> None:
    """Keep what a post changed."""
    was, is_now = ({line.name: line.people for line in lines} for lines in (before, after))
    names = [name for name in {**was, **is_now} if was.get(name) != is_now.get(name)]
    rows = [
        {
            "solitaire_id": listing_id,
            "name": name[:64],
            "before": was.get(name, 0),
            "after": is_now.get(name, 0),
            "at": now,
        }
        for name in names
    ]
    if rows:
        conn.execute(sa.insert(solitaire_change), rows)


def between(conn: Connection, after: datetime, until: datetime) -> dict[int, list[Change]]:
    """What changed in each list, on balance: who came and went again is left out."""
    table = solitaire_change
    query = sa.select(table.c.solitaire_id, table.c.name, table.c.before, table.c.after)
    found: dict[int, dict[str, Change]] = {}
    for listing, name, before, now in conn.execute(
        query.where(table.c.at > after, table.c.at <= until).order_by(table.c.id)
    ):
        names = found.setdefault(listing, {})
        names[name] = Change(name, names[name].before if name in names else before, now)
    balanced = {listing: [one for one in names.values() if one.before != one.after] for listing, names in found.items()}
    return {listing: changed for listing, changed in balanced.items() if changed}


def keepers(conn: Connection, listing: Listing) -> list[int]:
    """Who is told what changes in a list: the organiser of its activity, else the secretaries of its group."""
    if listing.activity_id:
        return organisers.of(conn, plan.get(conn, listing.activity_id))[:1]
    grant, chat = people.role_grant, people.get_chat(conn, listing.chat_id)
    homes = reach.ancestry(conn, chat.organisation_id)
    where = sa.or_(grant.c.chat_id == chat.id, grant.c.organisation_id.in_(homes[:1]))
    query = sa.select(grant.c.person_id).where(grant.c.role == SECRETARY, where).order_by(grant.c.id)
    return list(dict.fromkeys(conn.scalars(query)))
