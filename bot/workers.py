"""The processes that share a database: which are alive, and whose a conversation is.

Each says every second that it is there, by the database's clock; one that is silent for longer than ALIVE is gone.
What follows from it is only who does what: that nothing is done twice is kept by locks and by the rows' own states.
On SQLite there is one process, which writes nothing here: any other that a row names is gone.
"""

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from bot.db import UTCDateTime, metadata

ALIVE = timedelta(seconds=5)

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("id", sa.String(96), primary_key=True),
    sa.Column("seen_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Share:
    """Which of so many equal parts of the conversations."""

    part: int
    of: int


WHOLE = Share(0, 1)

_NOW = sa.func.clock_timestamp(type_=UTCDateTime())
_GONE = worker.c.seen_at < sa.func.clock_timestamp() - sa.literal(ALIVE, sa.Interval)
_BEAT = (
    insert(worker)
    .values(id=sa.bindparam("me"), seen_at=_NOW)
    .on_conflict_do_update(index_elements=["id"], set_={"seen_at": _NOW})
)
_BURY = sa.delete(worker).where(_GONE)
_LIVING = sa.select(worker.c.id).where(~_GONE).order_by(worker.c.id)
_LEAVE = sa.delete(worker).where(worker.c.id == sa.bindparam("me"))


def new_name() -> str:
    """A name that no process had before."""
    return f"{socket.gethostname()[:48]}:{os.getpid()}:{uuid4().hex[:8]}"


def beat(conn: Connection, me: str) -> Share:
    """Say that this process is there; which share of the conversations is its own."""
    if conn.dialect.name != "postgresql":
        return WHOLE
    conn.execute(_BEAT, {"me": me})
    conn.execute(_BURY)
    living = list(conn.scalars(_LIVING))
    return Share(living.index(me), len(living))


def is_alive(conn: Connection, name: str) -> bool:
    """Whether a process was there a moment ago."""
    return conn.dialect.name == "postgresql" and name in conn.scalars(_LIVING).all()


def leave(conn: Connection, me: str) -> None:
    """This process ends."""
    conn.execute(_LEAVE, {"me": me})
