"""Messages, other than broadcasts, of which nobody knows whether they arrived, or that did not: people decide."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import UTCDateTime
from bot.errors import Refusal
from bot.outbox import DOUBTFUL, outbox

STATES = {"unknown": "不知是否送到", "dead": "没有发成"}
_BROADCAST = outbox.c.key.like("broadcast:%")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One message in doubt."""

    id: int  # the number that people use
    channel: str
    chat: str
    private: bool
    text: str
    state: str
    started_at: datetime


DOUBT = [outbox.c[name] for name in Doubt.__slots__]
_SINCE = (
    sa.select(*DOUBT)
    .where(DOUBTFUL, outbox.c.started_at >= sa.bindparam("moment", type_=UTCDateTime), ~_BROADCAST)
    .order_by(outbox.c.started_at, outbox.c.id)
)


def since(conn: Connection, moment: datetime) -> list[Doubt]:
    """The messages in doubt that were last tried since a moment, oldest first."""
    return [Doubt(*row) for row in conn.execute(_SINCE, {"moment": moment})]


def settle(conn: Connection, number: int, now: datetime, *, again: bool) -> None:
    """Send a message again under its key, or count it as sent. Raises Refusal when it is not in doubt."""
    if again:
        values: dict[str, object] = {"state": "queued", "due_at": now, "attempts": 0, "error": None}
    else:
        values = {"state": "sent", "sent_at": now, "error": "counted as sent"}
    mine = outbox.c.id == number, outbox.c.state.in_(STATES), ~_BROADCAST
    if conn.execute(sa.update(outbox).where(*mine).values(**values)).rowcount != 1:
        raise Refusal(f"消息{number}没有待确认，请用「待确认消息」查看编号。")
