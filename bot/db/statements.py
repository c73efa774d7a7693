"""Statements that the two engines word differently, and how to keep few of them prepared."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

P = ParamSpec("P")
T = TypeVar("T")


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
