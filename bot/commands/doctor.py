"""`chuishao doctor`: say what is missing in settings, database and gateway, each with what to do about it."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.db import open_db
from bot.migrations import config
from bot.settings import Settings
from knowledge.workdays import calendar_covers

Finding = tuple[bool, str]
"""Whether all is well, and the sentence that says so or what to do."""


def run(settings: Settings) -> int:
    """Print one line a finding; 1 when something needs care."""
    findings = [*_database(settings), *_channels(settings), *_calendar()]
    for well, text in findings:
        sys.stdout.write(f"{'✓' if well else '✗'} {text}\n")
    return 0 if all(well for well, _ in findings) else 1


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        yield False, f"数据库 {path} 还没有建立：先运行 chuishao migrate 或 make run"
        return
    try:
        found = asyncio.run(_revision(settings.database_url))
    except (OSError, DBAPIError) as error:
        yield False, f"数据库连不上：{error.__class__.__name__}。请检查 CHUISHAO_DATABASE_URL"
        return
    head = ScriptDirectory.from_config(config(settings.database_url)).get_current_head()
    if found == head:
        yield True, f"数据库结构是最新的（{head}）"
    else:
        yield False, f"数据库结构是 {found or '空的'}，应为 {head}：请运行 chuishao migrate"


async def _revision(url: str) -> str | None:
    db = open_db(url)

    def read(conn: Connection) -> str | None:
        return MigrationContext.configure(conn).get_current_revision()

    try:
        return await db.run(read)
    finally:
        await db.close()


def _channels(settings: Settings) -> Iterator[Finding]:
    known = {"web", "console", "wechaty"}
    for name in settings.channel_names():
        if name not in known:
            yield False, f"不认识的通道「{name}」：CHUISHAO_CHANNELS 可以是 {'、'.join(sorted(known))}"
        elif name == "wechaty":
            yield _gateway(settings)
        else:
            yield True, f"通道 {name} 不需要配置"


def _gateway(settings: Settings) -> Finding:
    host, _, port = settings.wechaty_endpoint.rpartition(":")
    if not host or not port.isdigit() or not settings.wechaty_token:
        return False, "wechaty 通道缺少 CHUISHAO_WECHATY_ENDPOINT（主机:端口）或 CHUISHAO_WECHATY_TOKEN"
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except OSError:
        return False, f"wechaty 网关 {settings.wechaty_endpoint} 连不上：请确认网关已启动、端口已放行"
    return True, f"wechaty 网关 {settings.wechaty_endpoint} 可以连接"


def _calendar() -> Iterator[Finding]:
    from bot.clock import SystemClock, local

    year = local(SystemClock().now()).year
    if calendar_covers(year):
        yield True, f"{year}年的工作日历（含调休）齐全"
    else:
        yield False, f"缺少{year}年的工作日历，目前按周一至周五算：请升级 chinesecalendar"
