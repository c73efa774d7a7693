"""Who sends for an account: one process, until it ends or is gone.

Whoever claims messages holds the account's row meanwhile (`outbox.locked_lane`), so that a process which was taken
for gone, and lives after all, finds another's name there and claims nothing.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import workers
from bot.outbox import lane, locked_lane, recover


def hold(conn: Connection, account: str, me: str, now: datetime, *, repeat: bool) -> bool:
    """Whether this process is the one that sends for an account; it takes the place of one that is gone."""
    holder = locked_lane(conn, account, now).holder
    if holder == me:
        return True
    if holder and workers.is_alive(conn, holder):
        return False
    take_over(conn, account, me, now, repeat=repeat)
    return True


def take_over(conn: Connection, account: str, me: str, now: datetime, *, repeat: bool) -> None:
    """Take the place of whatever process sent for an account; what it was sending is settled."""
    locked_lane(conn, account, now)
    workers.beat(conn, me)
    conn.execute(sa.update(lane).where(lane.c.account == account).values(holder=me))
    recover(conn, account, repeat=repeat)


def release(conn: Connection, me: str) -> None:
    """This process sends no more: another need not wait until it is taken for gone."""
    conn.execute(sa.update(lane).where(lane.c.holder == me).values(holder=None))
