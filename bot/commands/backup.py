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

from bot import backup
from bot.db import open_db
from bot.errors import StartupError
from bot.migrations import migrate, newest, revision
from knowledge.reasons import reason

T = TypeVar("T")


def save(url: str, file: Path) -> None:
    """Write a backup; the bot may go on working. Raises StartupError."""
    if revision(url) != newest():
        raise StartupError("数据库不是最新结构，请先运行 chuishao migrate。")
    part = file.with_name(f"{file.name}.part")
    try:
        if file.exists():
            raise StartupError(f"{file} 已经存在，请换一个文件名。")
        # For the owner alone: names and phone numbers are in it.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            count = read(url, lambda conn: backup.dump(conn, out, newest()))
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        raise StartupError(f"备份文件 {file} 写不了（{reason(error)}）。") from error
    finally:
        part.unlink(missing_ok=True)
    sys.stdout.write(f"已备份 {count} 行到 {file}。\n")


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


def restore(url: str, file: Path) -> None:
    """Fill an empty database from a backup and bring it to the newest revision. Raises StartupError."""
    try:
        with file.open("rb") as source:
            made_at = backup.revision_of(source)
            if revision(url) not in (None, made_at):
                raise StartupError("数据库的结构和备份不同，请恢复到一个全新的数据库。")
            migrate(url, made_at)
            source.seek(0)
            count = asyncio.run(run(url, lambda conn: _load(conn, source)))
    except OSError as error:
        raise StartupError(f"备份文件 {file} 打不开（{reason(error)}）。") from error
    except backup.Broken as error:
        raise StartupError(f"{file} 不是完整的备份（{error}），数据库没有改动。") from error
    migrate(url)
    sys.stdout.write(f"已恢复 {count} 行。\n")


def _load(conn: Connection, source: IO[bytes]) -> int:
    if not backup.is_empty(conn):
        raise StartupError("数据库里已经有数据，只能恢复到空的数据库。")
    return backup.load(conn, source)
