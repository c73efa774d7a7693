"""The database: `await db.run(fn, *args)` runs `fn(conn, *args)` in one transaction.

Plain synchronous functions on a SQLAlchemy Core connection are the only way in. SQLite runs them in one writer
thread, PostgreSQL through `AsyncConnection.run_sync` on asyncpg: measured at a quarter of the processor time of
awaiting each statement. This package is the only one that knows the engine.
"""

from bot.db.columns import Id, UTCDateTime, metadata
from bot.db.engines import Db, PostgresDb, SqliteDb, open_db, sqlite_engine
from bot.db.statements import (
    EFFECTS,
    SIZES,
    add_new,
    alone,
    few_sizes,
    insert_new,
    one_at_a_time,
    ring,
    some_of,
    written,
)

__all__ = [
    "EFFECTS",
    "SIZES",
    "Db",
    "Id",
    "PostgresDb",
    "SqliteDb",
    "UTCDateTime",
    "add_new",
    "alone",
    "few_sizes",
    "insert_new",
    "metadata",
    "one_at_a_time",
    "open_db",
    "ring",
    "some_of",
    "sqlite_engine",
    "written",
]
