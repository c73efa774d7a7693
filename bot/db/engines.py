"""The two engines. Nothing else knows them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, ExceptionContext, make_url

from bot.db.statements import BELL

P = ParamSpec("P")
T = TypeVar("T")
RECONNECT = 1.0
"""Seconds before a lost connection is sought again."""


class Db(Protocol):
    """One database, whichever the engine."""

    url: URL
    shared: bool
    """Whether other processes may be at work on it."""

    async def run(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(conn, *args)` in one transaction; commit when it returns, roll back when it raises."""

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Hand on what `ring` says in any process, until cancelled. A ring can be missed: it only wakes."""

    async def close(self) -> None:
        """Finish what runs and let go of the database."""


def open_db(url: str) -> Db:
    """The database behind a URL: `sqlite:///path` or `postgresql://user@host/name`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDb(parsed)
    return PostgresDb(parsed.set(drivername="postgresql+asyncpg"))


class SqliteDb:
    """One connection in one writer thread: SQLite has a single writer anyway, and so nobody waits for a lock."""

    shared = False

    def __init__(self, url: URL) -> None:
        self.url = url
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = sqlite_engine(url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="db")
        self._conn: Connection | None = None
        self._closed = False

    async def run(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in the writer thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: self._transact(fn, *args, **kwargs))

    def _transact(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._conn is None:
            self._conn = self._engine.connect()
        with self._conn.begin():
            return fn(self._conn, *args, **kwargs)

    async def listen(self, heard: Callable[[str], None]) -> None:
        """There is no other process."""

    async def close(self) -> None:
        """Wait for the running transaction, then close the file. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _disconnect(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._engine.dispose()


PREPARED = 500
"""Statements that a connection of PostgreSQL keeps prepared: more than the bot has."""


class PostgresDb:
    """A small pool of asyncpg connections."""

    shared = True

    def __init__(self, url: URL) -> None:
        self.url = url
        from sqlalchemy.ext.asyncio import create_async_engine  # brings the whole ORM: a tenth of the start

        # A process that is frozen in the middle of a transaction must not hold up the others for ever.
        limits = {"idle_in_transaction_session_timeout": "60000"}
        self._engine = create_async_engine(
            url,
            pool_size=4,
            max_overflow=4,
            hide_parameters=True,
            connect_args={"server_settings": limits, "prepared_statement_cache_size": PREPARED},
        )
        event.listen(self._engine.sync_engine, "handle_error", _leave_standby)

    async def run(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run on a connection of the pool."""
        async with self._engine.begin() as conn:
            return await conn.run_sync(lambda sync: fn(sync, *args, **kwargs))

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Listen on a connection of its own, and on a new one where it is lost."""
        import asyncpg

        while True:
            lost = asyncio.Event()
            try:
                conn = await asyncpg.connect(self.url.set(drivername="postgresql").render_as_string(False))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(RECONNECT)
                continue
            conn.add_termination_listener(lambda _, lost=lost: lost.set())
            try:
                await conn.add_listener(BELL, lambda *said: heard(str(said[-1])))
                await lost.wait()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(RECONNECT)
            finally:
                conn.terminate()

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


READ_ONLY = "25006"


def _leave_standby(error: ExceptionContext) -> None:
    """A connection that may only read stays so until it ends, also when others may write again: open new ones."""
    if getattr(error.original_exception, "sqlstate", None) == READ_ONLY:
        error.is_disconnect = True


def sqlite_engine(url: URL) -> sa.Engine:
    """An engine in WAL mode whose transactions start as writers (BEGIN IMMEDIATE) and survive power loss."""
    # check_same_thread: the connection is made and used in the writer thread but closed wherever close() runs.
    # hide_parameters: an error of the database must not carry messages, names and numbers into the log.
    connect_args = {"isolation_level": None, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=connect_args, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(dbapi: Any, _record: object) -> None:
        # FULL, not NORMAL: group commit pays for the fsync, and NORMAL may lose the last commits at power loss.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
