"""A backup: every row of every table as JSON lines, gzipped, the same for both engines.

The first line names the revision; each table has a line with its columns, then one for each row; the last line counts
them, so that half a file is known as such. It is read in one snapshot while the bot works on.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import UTCDateTime
from bot.schema import metadata

FORMAT = "chuishao-backup-1"
CHUNK = 1000
"""Rows that are read, and inserted, at once."""


class Broken(Exception):
    """Not a backup, or not a whole one."""


def dump(conn: Connection, file: IO[bytes], revision: str) -> int:
    """Write all rows; how many. The connection is to hold one snapshot."""
    count = 0
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=6) as lines:

        def write(value: object) -> None:
            lines.write(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n")

        write({"format": FORMAT, "revision": revision, "at": datetime.now(UTC)})
        for table in metadata.sorted_tables:
            write({"table": table.name, "columns": [column.name for column in table.columns]})
            for row in conn.execution_options(yield_per=CHUNK).execute(sa.select(table)):
                write(list(row))
                count += 1
        write({"rows": count})
    return count


def _plain(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def revision_of(file: IO[bytes]) -> str:
    """The revision that a backup was made at. Raises Broken."""
    head = next(_lines(file))
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise Broken("不是本程序的备份")
    return str(head["revision"])


def load(conn: Connection, file: IO[bytes]) -> int:
    """Insert all rows into empty tables; how many. Raises Broken."""
    count = 0
    filling: _Filling | None = None
    for line in islice(_lines(file), 1, None):
        if isinstance(line, list):
            if filling is None:
                raise Broken("有一行不知属于哪张表")
            filling.add(line)
            count += 1
            continue
        if filling is not None:
            filling.finish()
        if "rows" in line:
            if line["rows"] != count:
                raise Broken("少了行")
            _count_on(conn)
            return count
        filling = _Filling(conn, line["table"], line["columns"])
    raise Broken("没有写完")


def _lines(file: IO[bytes]) -> Iterator[Any]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    except (OSError, EOFError, ValueError) as error:
        raise Broken("读不出来") from error


class _Filling:
    """One table being filled. What refers to rows of the same table is set once all of these are there."""

    def __init__(self, conn: Connection, name: str, columns: Sequence[str]) -> None:
        table = metadata.tables.get(name)
        if table is None or not all(column in table.columns for column in columns):
            raise Broken(f"不认识的表或列：{name}")
        self._conn = conn
        self._readers = {column: _reader(table.columns[column]) for column in columns}
        self._table = sa.table(name, *(sa.column(column, _type(table.columns[column])) for column in columns))
        self._own = next(iter(table.primary_key)).name
        self._inward = [one.name for one in table.columns if any(key.column.table is table for key in one.foreign_keys)]
        self._rows: list[dict[str, Any]] = []
        self._links: dict[str, list[dict[str, Any]]] = {name: [] for name in self._inward}

    def add(self, values: Sequence[Any]) -> None:
        """One row more."""
        row = {
            name: value if value is None or read is None else read(value)
            for (name, read), value in zip(self._readers.items(), values, strict=True)
        }
        for name in self._inward:
            if row[name] is not None:
                self._links[name].append({"own": row[self._own], "link": row[name]})
        self._rows.append(row | dict.fromkeys(self._inward))
        if len(self._rows) == CHUNK:
            self._insert()

    def finish(self) -> None:
        """Insert what waits, then the references."""
        self._insert()
        mine = self._table.c[self._own] == sa.bindparam("own")
        for name, links in self._links.items():
            if links:
                self._conn.execute(sa.update(self._table).where(mine).values({name: sa.bindparam("link")}), links)

    def _insert(self) -> None:
        if self._rows:
            self._conn.execute(sa.insert(self._table), self._rows)
            self._rows = []


def _type(column: sa.Column[Any]) -> Any:
    return sa.JSON(none_as_null=True) if isinstance(column.type, sa.JSON) else column.type


_READ: dict[type, Callable[[str], object]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    bytes: bytes.fromhex,
}


def _reader(column: sa.Column[Any]) -> Callable[[str], object] | None:
    """What makes a value of JSON one of the column; None where it is one already."""
    return _READ.get(datetime if isinstance(column.type, UTCDateTime) else column.type.python_type)


def is_empty(conn: Connection) -> bool:
    """Whether no table has a row."""
    return not any(conn.execute(sa.select(table).limit(1)).first() for table in metadata.sorted_tables)


def _count_on(conn: Connection) -> None:
    """Let PostgreSQL number new rows after those that were inserted with their numbers; SQLite does so by itself."""
    if conn.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            if column.autoincrement is False or column.foreign_keys or not isinstance(column.type, sa.Integer):
                continue
            last = conn.scalar(sa.select(sa.func.max(column)))
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            if last is not None and conn.scalar(sa.select(sequence)) is not None:
                conn.execute(sa.select(sa.func.setval(sequence, last)))
