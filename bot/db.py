"""The database: `await db.run(fn, *args)` runs `fn(conn, *args)` in one transaction.

Plain synchronous functions on a SQLAlchemy Core connection are the only way in. SQLite runs them in one writer
thread, PostgreSQL through `AsyncConnection.run_sync` on asyncpg: measured at a quarter of the processor time of
awaiting each statement. This module is the only one that knows the engine.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Dialect, ExceptionContext, make_url

P = ParamSpec("P")
T = TypeVar("T")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Integer key: SQLite counts up only a column of type INTEGER."""


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """Aware in, aware (UTC) out, the same on both engines. A naive value is an error."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite stores it without the zone so that text order is time order."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back to an aware value in UTC."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


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


def one_at_a_time(conn: Connection, what: str) -> bool:
    """Wait for every other open transaction that does `what`, of this process or another, and keep later ones out.

    True where there can be others, so that what was read before may have changed.

    Rules check first and act then: seats left, a need that nobody took. SQLite has a single writer anyway;
    PostgreSQL gets the same promise here, once for a whole batch.
    """
    if conn.dialect.name != "postgresql":
        return False
    conn.execute(_LOCK, {"key": zlib.crc32(what.encode())})
    return True


_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("key", type_=sa.BigInteger)))
EFFECTS = "effects"
BELL = "chuishao"
RECONNECT = 1.0
_RING = sa.select(sa.func.pg_notify(BELL, sa.bindparam("said", type_=sa.Text)))


def ring(conn: Connection, said: str) -> None:
    """Wake the other processes, when this transaction commits."""
    if conn.dialect.name == "postgresql":
        conn.execute(_RING, {"said": said})


def written(conn: Connection) -> int | None:
    """How many rows a connection has ever written; None on an engine that does not count them."""
    count: int | None = getattr(conn.connection.driver_connection, "total_changes", None)
    return count


def alone(conn: Connection, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`fn(conn, *args)` while nobody else makes effects: how messages are settled and jobs run."""
    one_at_a_time(conn, EFFECTS)
    return fn(conn, *args, **kwargs)


def insert_new(
    conn: Connection,
    table: sa.Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    unique: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Insert the rows whose `unique` columns are new; returns those columns of the rows inserted."""
    rows = list(rows)
    if not rows:
        return []
    statement = _insert_new(table, tuple(unique), conn.dialect.name, telling=True)
    return [tuple(row) for row in conn.execute(statement, rows)]


def add_new(conn: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, unique: Sequence[str]) -> None:
    """The same, where nobody asks which were new: many rows at the price of one statement."""
    if rows:
        conn.execute(_insert_new(table, tuple(unique), conn.dialect.name, telling=False), rows)


@cache
def _insert_new(table: sa.Table, unique: tuple[str, ...], dialect: str, *, telling: bool) -> sa.Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing(index_elements=list(unique))
    return statement.returning(*(table.c[name] for name in unique)) if telling else statement


def some_of(name: str) -> sa.BindParameter[Any]:
    """The place of a list in a prepared statement: `column.in_(some_of("ids"))`, filled with `few_sizes`."""
    return sa.bindparam(name, expanding=True)


def few_sizes(items: list[T]) -> list[T]:
    """A list lengthened by its last item to one of a few sizes, so that few different statements are prepared."""
    size = next((size for size in SIZES if size >= len(items)), len(items))
    return [*items, *items[-1:] * (size - len(items))]


SIZES = (1, 4, 16, 64)
