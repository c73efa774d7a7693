"""What earns how many points, and how long they last: versions, each valid from a moment on."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain.points.ledger import grant
from bot.domain.points.tables import point_rule, point_rule_version

CAUSES = {"check_in": "签到", "rating": "评价", "service": "服务"}
"""What earns points by itself, and what people call it."""
LIFETIME = "lifetime_months"
"""The rule that says after how many months points expire; 0: never."""
FALLBACK = {"check_in": 2, "rating": 1, "service": 5, LIFETIME: 24}
"""Where a district says nothing."""


def rule(conn: Connection, cause: str, at: datetime | None = None) -> int:
    """What a cause (`check_in`, …) earns at a moment, or by the newest version."""
    versions = sa.select(point_rule_version.c.points).where(point_rule_version.c.cause == cause)
    if at is not None:
        versions = versions.where(point_rule_version.c.since <= at)
    newest = versions.order_by(point_rule_version.c.since.desc(), point_rule_version.c.id.desc()).limit(1)
    found = conn.scalar(newest)
    if found is None:
        found = conn.scalar(sa.select(point_rule.c.points).where(point_rule.c.cause == cause))
    return FALLBACK.get(cause, 0) if found is None else int(found)


def over_by(conn: Connection, at: datetime) -> datetime | None:
    """Points that were earned before this moment have ended at `at`; None where points never end."""
    months = rule(conn, LIFETIME, at)
    if not months:
        return None
    day = local(at)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=1, hour=0, minute=0, second=0, microsecond=0)


def set_rule(conn: Connection, cause: str, points: int, since: datetime, by_id: int) -> None:
    """A new version. What was earned before stays as it is."""
    row = {"cause": cause, "points": points, "since": since, "by_id": by_id}
    conn.execute(sa.insert(point_rule_version).values(**row))


def earn(conn: Connection, person_id: int, cause: str, *, key: str, note: str, at: datetime) -> int:
    """Give what a cause earns, once for each key; the points given."""
    points = rule(conn, cause, at)
    return points if grant(conn, person_id, points, key=f"{cause}:{key}", note=note, at=at) else 0
