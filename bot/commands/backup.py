"""`chuishao backup FILE` and `chuishao restore FILE`: one format for both engines, so that it also moves a district
from SQLite to PostgreSQL.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from bot import archive, backup
from bot.archive import Archive
from bot.db import open_db
from bot.errors import StartupError
from bot.files import FileStore
from bot.migrations import migrate, newest, revision
from knowledge.reasons import reason

T = TypeVar("T")


def save(url: str, kept: Path, file: Path) -> None:
    """Write a backup of the database and of the folder with files; the bot may go on working. Raises StartupError."""
    if revision(url) != newest():
        raise StartupError("数据库不是最新结构，请先运行 chuishao migrate。")
    part, rows = (file.with_name(f"{file.name}.{what}") for what in ("part", "rows"))
    try:
        if file.exists():
            raise StartupError(f"{file} 已经存在，请换一个文件名。")
        with _for_the_owner(rows) as out:
            count = read(url, lambda conn: backup.dump(conn, out, newest()))
        with _for_the_owner(part) as out:  # the files after the rows: so every file that a row names is there
            files = archive.pack(out, rows, FileStore(kept))
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        raise StartupError(f"备份文件 {file} 写不了（{reason(error)}）。") from error
    finally:
        part.unlink(missing_ok=True)
        rows.unlink(missing_ok=True)
    sys.stdout.write(f"已备份 {count} 行、{files} 个文件到 {file}。\n")


def _for_the_owner(path: Path) -> IO[bytes]:
    """A new file for the owner alone: names and phone numbers are in it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def read(url: str, fn: Callable[[Connection], T]) -> T:
    """`fn(conn)` on one snapshot of the database, while others write."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _read_sqlite(url, fn)

    def snapshot(conn: Connection) -> T:
        conn.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return fn(conn)

    return asyncio.run(run(url, snapshot))


def _read_sqlite(url: str, fn: Callable[[Connection], T]) -> T:
    engine = sa.create_engine(url, connect_args={"isolation_level": None})
    try:
        with engine.connect() as conn:
            conn.exec_driver_sql("BEGIN")  # a reader: the bot's own BEGIN IMMEDIATE would keep its writer waiting
            return fn(conn)
    finally:
        engine.dispose()


async def run(url: str, fn: Callable[[Connection], T]) -> T:
    """`fn(conn)` in one transaction."""
    db = open_db(url)
    try:
        return await db.run(fn)
    finally:
        await db.close()


def restore(url: str, kept: Path, file: Path) -> None:
    """Fill an empty database from a backup, put the files back, and bring it to the newest revision.

    Raises StartupError.
    """
    try:
        with file.open("rb") as source, archive.opened(source) as held:
            made_at = backup.revision_of(held.rows)
            if revision(url) not in (None, made_at):
                raise StartupError("数据库的结构和备份不同，请恢复到一个全新的数据库。")
            migrate(url, made_at)
            files = _put_back(FileStore(kept), held)
            held.rows.seek(0)
            count = asyncio.run(run(url, lambda conn: _load(conn, held.rows)))
    except OSError as error:
        raise StartupError(f"备份文件 {file} 打不开（{reason(error)}）。") from error
    except backup.Broken as error:
        raise StartupError(f"{file} 不是完整的备份（{error}），数据库没有改动。") from error
    migrate(url)
    sys.stdout.write(f"已恢复 {count} 行、{files} 个文件。\n")


def _put_back(store: FileStore, held: Archive) -> int:
    count = 0
    for digest, content in held.files():
        if not store.put_back(digest, content):
            raise backup.Broken(f"文件 {digest[:12]} 坏了")
        count += 1
    return count


def _load(conn: Connection, source: IO[bytes]) -> int:
    if not backup.is_empty(conn):
        raise StartupError("数据库里已经有数据，只能恢复到空的数据库。")
    return backup.load(conn, source)
