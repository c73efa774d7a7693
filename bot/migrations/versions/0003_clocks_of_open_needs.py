"""the needs that the first release left open get a clock"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from bot.db import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TOP = 3
UNRATED = timedelta(days=9)
SOON = timedelta(hours=1)
"""From the upgrade to what was due before it: the clock never looks back beyond its last tick."""
WORKING = ("dispatched", "accepted", "in_progress", "returned", "reopened")

need = sa.table(
    "need",
    *(sa.column(name, sa.BigInteger) for name in ("id", "level")),
    sa.column("state", sa.String),
    *(sa.column(name, UTCDateTime) for name in ("resolve_by", "resolved_at", "step_at")),
)


def upgrade() -> None:
    """They rise when their time is over, or close unrated, as those do that were reported since."""
    conn, soon = op.get_bind(), datetime.now(UTC) + SOON
    rising = sa.select(need.c.id, need.c.resolve_by).where(need.c.state.in_(WORKING), need.c.level < TOP)
    unrated = sa.select(need.c.id, need.c.resolved_at).where(need.c.state == "resolved")
    due = [(number, at or soon) for number, at in conn.execute(rising.where(need.c.step_at.is_(None)))]
    due += [(number, (at or soon) + UNRATED) for number, at in conn.execute(unrated.where(need.c.step_at.is_(None)))]
    for number, at in due:
        conn.execute(sa.update(need).where(need.c.id == number).values(step_at=max(at, soon)))


def downgrade() -> None:
    """The moments go with their columns."""
