"""Whose word a menu needs before it goes out, where somebody's is wanted."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, metadata
from bot.domain.activities import reach
from bot.domain.menus.months import Menu, menu

menu_approver = sa.Table(
    "menu_approver",
    metadata,
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
)


def set_approver(conn: Connection, organisation_id: int, person_id: int | None) -> None:
    """From now on the menus of an organisation, and of those below it, need this person's word; None: nobody's."""
    conn.execute(sa.delete(menu_approver).where(menu_approver.c.organisation_id == organisation_id))
    if person_id:
        conn.execute(sa.insert(menu_approver).values(organisation_id=organisation_id, person_id=person_id))


def approver(conn: Connection, organisation_id: int) -> int | None:
    """Whose word the menus of an organisation need: its own approver, else the next one above."""
    for one in reach.ancestry(conn, organisation_id):
        query = sa.select(menu_approver.c.person_id).where(menu_approver.c.organisation_id == one)
        if found := conn.scalar(query):
            return int(found)
    return None


def waits(conn: Connection, what: Menu) -> bool:
    """Whether a menu may not be shown yet."""
    return what.approved_at is None and approver(conn, what.organisation_id) is not None


def approve(conn: Connection, menu_ids: Sequence[int], now: datetime) -> None:
    """These menus may be shown."""
    conn.execute(sa.update(menu).where(menu.c.id.in_(menu_ids)).values(approved_at=now))
