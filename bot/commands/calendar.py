"""`chuishao calendar`: what the bot will send by itself in the coming months, played on a copy with a virtual clock."""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import backup
from bot.clock import SystemClock, local
from bot.commands.backup import read
from bot.db import Db, open_db
from bot.domain import people
from bot.errors import StartupError
from bot.migrations import migrate, newest, revision
from bot.notices.broadcasts import shown
from bot.outbox import outbox
from knowledge.private import mask
from scheduler import JOBS
from scheduler.clock import Scheduler

MONTH = timedelta(days=30.4375)
DAY, ROUNDS = timedelta(days=1), 5
LENGTH = 40
"""Characters of a message that are shown."""


def run(url: str, months: int, now: datetime | None = None) -> None:
    """Print each coming message on a line, then how many there are. Raises StartupError."""
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        raise StartupError(f"没有找到数据库 {path}，请检查 CHUISHAO_DATABASE_URL 或 --db。")
    if revision(url) != newest():
        raise StartupError("数据库不是最新结构，请先运行 chuishao migrate。")
    start = now or SystemClock().now()
    with tempfile.TemporaryDirectory() as folder:
        copy = f"sqlite:///{folder}/calendar.db"
        migrate(copy)
        with (Path(folder) / "copy.gz").open("w+b") as file:
            read(url, lambda conn: backup.dump(conn, file, newest()))
            file.seek(0)
            asyncio.run(_play(copy, file, start, start + months * MONTH))


async def _play(url: str, file: IO[bytes], start: datetime, end: datetime) -> None:
    db = open_db(url)
    try:
        await db.run(backup.load, file)
        found = [line async for line in _coming(db, start, end)]
    finally:
        await db.close()
    for line in found:
        sys.stdout.write(f"{shown(line.at)}  {line.where}  {line.text}\n")
    weeks = Counter((line.where, local(line.at).isocalendar()[:2]) for line in found if not line.private)
    groups = sum(not line.private for line in found)
    sys.stdout.write(f"共{len(found)}条：群里{groups}条，私聊{len(found) - groups}条。")
    if weeks:
        (where, (year, week)), most = weeks.most_common(1)[0]
        sys.stdout.write(f"最忙的是{where}，{year}年第{week}周{most}条。")
    sys.stdout.write("\n")


@dataclass(frozen=True, slots=True)
class Coming:
    """One message that will be sent."""

    at: datetime
    where: str
    private: bool
    text: str


async def _coming(db: Db, now: datetime, end: datetime) -> AsyncIterator[Coming]:
    """What goes out up to a moment, each at its own time."""
    scheduler = Scheduler(db, JOBS)
    await scheduler.start(now)
    await db.run(scheduler.pass_over, now)
    while now < end:
        evening = min(now + DAY, end)
        for _ in range(ROUNDS):  # what is done may make something else due on the same day
            pending = await db.run(scheduler.pending, evening)
            moments = {one.at for one in pending} | set(await db.run(_queued, evening))
            if not moments:
                break
            for moment in sorted(moments):
                now = max(moment, now)
                await scheduler.run([one for one in pending if one.at == moment], now)
                for line in await db.run(_send, now):
                    yield line
        now = evening
        await db.run(scheduler.pass_over, now)


def _queued(conn: Connection, end: datetime) -> list[datetime]:
    due = sa.select(outbox.c.due_at).where(outbox.c.state == "queued", outbox.c.due_at <= end)
    return list(conn.scalars(due.distinct()))


def _send(conn: Connection, now: datetime) -> list[Coming]:
    """Count what is queued as sent."""
    queued = outbox.c.state == "queued", outbox.c.due_at <= now
    found = []
    for row in list(conn.execute(sa.select(outbox).where(*queued).order_by(outbox.c.due_at, outbox.c.id))):
        chat = people.find_chat(conn, row.channel, row.chat)
        person = people.find_person(conn, row.channel, row.to or "") if row.private else None
        name = people.display_name(people.get_person(conn, person)) if person else row.to or ""
        where = f"私聊{name}" if row.private else chat.title if chat else row.chat
        text = mask(" ".join(row.text.split()))
        found.append(Coming(now, where, row.private, text if len(text) <= LENGTH else f"{text[:LENGTH]}…"))
    conn.execute(sa.update(outbox).where(*queued).values(state="sent", sent_at=now))
    return found
