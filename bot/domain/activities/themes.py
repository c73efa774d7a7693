"""每月一主题: what a month of an organisation is about."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, insert_new, metadata
from bot.domain.activities.reach import ancestry

month_theme = sa.Table(
    "month_theme",
    metadata,
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),  # YYYY-MM
    sa.Column("words", sa.String(64), nullable=False),
)


def set_theme(conn: Connection, organisation_id: int, month: str, words: str) -> None:
    """每月一主题: what a month (YYYY-MM) of an organisation is about."""
    row = {"organisation_id": organisation_id, "month": month, "words": words}
    if not insert_new(conn, month_theme, [row], unique=("organisation_id", "month")):
        same = sa.and_(month_theme.c.organisation_id == organisation_id, month_theme.c.month == month)
        conn.execute(sa.update(month_theme).where(same).values(words=words))


def theme(conn: Connection, organisation_id: int | None, month: str) -> str:
    """The theme of a month, of the organisation or the next one above that has one; empty for none."""
    for one in ancestry(conn, organisation_id):
        same = sa.and_(month_theme.c.organisation_id == one, month_theme.c.month == month)
        if words := conn.scalar(sa.select(month_theme.c.words).where(same)):
            return str(words)
    return ""
