"""The activity list of a period: what was planned, and who signed up and came."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.activities.attendance import check_in_row
from bot.domain.activities.plan import CANCELLED, PUBLISHED, activity
from bot.domain.activities.sign_ups import SEATED, sign_up
from bot.domain.statistics.scope import Period, Scope


@dataclass(frozen=True, slots=True)
class Item:
    """One activity with its figures."""

    id: int
    title: str
    start: datetime
    place: str
    organisation: str
    cancelled: bool
    people: int
    came: int


def of_period(conn: Connection, period: Period, scope: Scope) -> list[Item]:
    """The activities that begin in a period, by time."""
    signed = (
        sa.select(sa.func.coalesce(sa.func.sum(sign_up.c.people), 0))
        .where(sign_up.c.activity_id == activity.c.id, sign_up.c.state == SEATED)
        .scalar_subquery()
    )
    came = sa.select(sa.func.count()).where(check_in_row.c.activity_id == activity.c.id).scalar_subquery()
    query = (
        sa.select(
            activity.c.id,
            activity.c.title,
            activity.c.start,
            activity.c.place,
            sa.func.coalesce(people.organisation.c.name, ""),
            activity.c.state == CANCELLED,
            signed,
            came,
        )
        .join(people.organisation, people.organisation.c.id == activity.c.organisation_id, isouter=True)
        .where(activity.c.state.in_((PUBLISHED, CANCELLED)))
        .where(activity.c.start >= period.begins, activity.c.start < period.over)
        .order_by(activity.c.start, activity.c.id)
    )
    if scope.organisations is not None:
        query = query.where(activity.c.organisation_id.in_(scope.organisations))
    return [Item(*row) for row in conn.execute(query)]
