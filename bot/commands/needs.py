"""`chuishao needs import FILE`: register the work orders of a table, from the machine that runs the bot."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Connection

from bot.clock import SystemClock, local
from bot.db import alone, open_db
from bot.domain import people
from bot.domain.needs import By
from bot.errors import StartupError
from bot.files import MAX_FILE
from bot.messages import private_chat
from bot.notices.work_orders import import_all, outcome, preview, rejects
from bot.settings import Settings
from bot.voice import Voice
from knowledge import tables
from knowledge import work_orders as reader
from knowledge.reasons import reason
from knowledge.work_orders import Batch


def run(settings: Settings, file: Path, channel: str, *, dry_run: bool) -> int:
    """Import a table, or say what an import would do; 1 when a line was rejected. Raises StartupError."""
    now = SystemClock().now()
    batch = read(file, now)
    sys.stdout.write(asyncio.run(_import(settings.database_url, channel, batch, now, dry_run=dry_run)) + "\n")
    for line in rejects(batch):
        sys.stderr.write(f"{line}\n")
    return 1 if batch.rejected else 0


def read(file: Path, now: datetime) -> Batch:
    """The orders of a file. Raises StartupError."""
    try:
        if file.stat().st_size > MAX_FILE:
            raise StartupError(f"{file} 超过 20 MB，请分成几个。")
        rows = tables.read(file.read_bytes())
    except OSError as error:
        raise StartupError(f"{file} 打不开（{reason(error)}）。") from error
    except tables.UnreadableTable as error:
        raise StartupError(f"{file}：{error}") from error
    if len(rows) < 2 or not reader.head_of(rows):
        raise StartupError(
            f"{file} 第一行没有认得的列名。需要「诉求内容」，还可以有「工单编号」「诉求人」「联系电话」「办理时限」等。"
        )
    return reader.table(rows, local(now))


async def _import(url: str, channel: str, batch: Batch, now: datetime, *, dry_run: bool) -> str:
    db = open_db(url)
    try:
        return await db.run(alone, _record, channel, batch, now, dry_run=dry_run)
    finally:
        await db.close()


def _record(conn: Connection, channel: str, batch: Batch, now: datetime, *, dry_run: bool) -> str:
    staff = next(iter(people.holders(conn, people.STAFF)), None)
    where = people.address(conn, staff, channel) if staff else None
    if staff is None or where is None:
        raise StartupError("还没有工作人员。请先用 chuishao grant 授予一位，导入的工单记在他名下。")
    by = By(staff, now, role=people.STAFF)
    if dry_run:
        return f"试运行，什么也没有登记。\n{preview(conn, by, Batch(batch.orders))}"
    chat = people.meet_chat(conn, where[0], private_chat(where[1]), private=True)
    return outcome(import_all(conn, Voice(conn, now, f"import:{now.isoformat()}"), by, chat.id, batch.orders))
