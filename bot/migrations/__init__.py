"""Alembic migrations: `migrate(url)` brings a database to the newest revision.

Alembic is imported only when there is something to do: at most starts there is not, and it takes its time.
"""

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.db import open_db
from bot.errors import StartupError

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
IN_MEMORY = (None, "", ":memory:")
_REVISION = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)


def config(url: str) -> "Config":
    """Alembic's configuration for a database; there is no alembic.ini."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["url"] = make_url(url)
    return made


def migrate(url: str, to: str = "head") -> None:
    """Upgrade to a revision, the newest by default. Safe to call at every start. Raises StartupError."""
    found = revision(url)
    if found == (newest() if to == "head" else to):
        return
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(config(url), to)
    except CommandError as error:
        unknown = found if to == "head" else to
        raise StartupError(f"数据库的结构版本 {unknown} 是这个程序不认识的：它可能是更新的版本建立的。") from error


def newest() -> str:
    """The newest revision: the one that no other follows."""
    found = [_REVISION.findall(file.read_text("utf-8")) for file in (HERE / "versions").glob("*.py")]
    own, followed = ({name for pairs in found for down, name in pairs if bool(down) == is_down} for is_down in (0, 1))
    return str(min(own - followed))


def revision(url: str) -> str | None:
    """The revision that a database is at; None when it is empty. Raises StartupError when it cannot be reached."""
    parsed = _parse(url)
    try:
        return asyncio.run(_read_revision(url))
    except _failures(parsed) as error:
        shown = parsed.render_as_string(hide_password=True)
        raise StartupError(
            f"数据库 {shown} 打不开：{_reason(error)}。请检查 CHUISHAO_DATABASE_URL 或 --db。"
        ) from error


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    backend = parsed.get_backend_name() if parsed else ""
    if parsed is None or (backend == "sqlite" and parsed.database in IN_MEMORY) or backend not in _BACKENDS:
        raise StartupError("数据库地址看不懂，应当像 sqlite:///var/chuishao.db 或 postgresql://用户:密码@主机/库名。")
    return parsed


_BACKENDS = ("sqlite", "postgresql")


def _failures(url: URL) -> tuple[type[Exception], ...]:
    """What a database that cannot be reached may raise."""
    if url.get_backend_name() == "sqlite":
        return (OSError, DBAPIError)
    import asyncpg

    return (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return f"{type(cause).__name__} {str(cause).splitlines()[0] if str(cause) else ''}".strip()


async def _read_revision(url: str) -> str | None:
    db = open_db(url)

    def read(conn: Connection) -> str | None:
        if not sa.inspect(conn).has_table("alembic_version"):
            return None
        found: str | None = conn.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found

    try:
        return await db.run(read)
    finally:
        await db.close()
