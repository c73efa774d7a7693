"""How long the words of messages are kept. That a message came or went, when, and what became of it, is kept for good;
so is what was made of it: a need, an activity, a policy question has its own record.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.inbox import inbox
from bot.outbox import outbox

OVER = ("done", "failed", "sent", "unknown", "dead")
"""The states of a message with which nothing more will happen."""


def forget_texts(conn: Connection, before: datetime) -> int:
    """Empty the texts of the messages that came or were queued before a moment; how many."""
    count = 0
    for table, at in ((inbox, inbox.c.received_at), (outbox, outbox.c.created_at)):
        old = at < before, table.c.state.in_(OVER), table.c.text != ""
        count += conn.execute(sa.update(table).where(*old).values(text="")).rowcount
    return count
