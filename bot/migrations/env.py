"""How alembic reaches the database: SQLite in one transaction that a failure rolls back, PostgreSQL on asyncpg."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot import schema
from bot.db import sqlite_engine


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=schema.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=False,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


def render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Our own types are written by name; the rest as alembic does."""
    if kind == "type" and type(item).__name__ == "UTCDateTime":
        autogen.imports.add("from bot.db import UTCDateTime")
        return "UTCDateTime()"
    return False


async def run_postgres() -> None:
    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


url = context.config.attributes["url"]
if url.get_backend_name() == "sqlite":
    engine = sqlite_engine(url)
    with engine.connect() as connection:
        # Batch mode drops and recreates tables; with the pragma on, that fails for the rows that refer to them, or
        # deletes them. Past SQLAlchemy, which would begin a transaction first: in one, the pragma does nothing.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            run(connection)
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise RuntimeError(
                    f"{len(broken)} rows refer to nothing after the upgrade, the first in {broken[0][0]}"
                )
    engine.dispose()
else:
    asyncio.run(run_postgres())
