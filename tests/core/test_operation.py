"""Operation: health and metrics, backups that move between engines, texts that are forgotten, what is coming."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.engine import Connection

from bot import backup, logs
from bot.commands.backup import read
from bot.domain import people
from bot.files import FileStore
from bot.migrations import newest
from bot.schema import metadata
from bot.voice import Voice
from bot.web.health import Jobs
from bot.web.server import application
from scheduler import upkeep
from scheduler.job import Due
from scheduler.runs import last_tick
from tests.actors import NOW, Park
from tests.areas.test_attachments import pdf, sends
from tests.cli.conftest import Command, command

__all__ = ["command"]

Client = TestClient[web.Request, web.Application]
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
async def pages(park: Park) -> AsyncIterator[Client]:
    mind = park.app.runtime.mind
    server = TestServer(application(park.app.db, park.clock, None, Jobs(last_tick, upkeep.runs), mind.reading_time))
    async with TestClient(server) as client:
        yield client


async def test_health_readiness_and_metrics(park: Park, pages: Client) -> None:
    liu = park.company("刘工")
    assert await liu.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await park.wait(seconds=30)
    assert (await (await pages.get("/healthz")).json()) == {"status": "ok"}
    assert (await (await pages.get("/readyz")).json()) == {"status": "ready", "problems": []}
    text = await (await pages.get("/metrics")).text()
    for line in (
        "chuishao_inbox_waiting 0",
        'chuishao_inbox_latest{state="done"} 1',
        'chuishao_outbox_latest{channel="replay",state="sent"} 2',
        'chuishao_reading_seconds_bucket{le="+Inf"} 1',
        "chuishao_database_up 1",
    ):
        assert line in text.splitlines(), text
    assert "13900007781" not in text

    park.clock.move_to(park.clock.now() + timedelta(minutes=10))  # and nobody ticks
    late = await pages.get("/readyz")
    assert (late.status, (await late.json())["problems"]) == (503, ["clock"])


def everything(conn: Connection) -> Rows:
    """All that a database holds."""
    tables = metadata.sorted_tables
    return {table.name: sorted((tuple(row) for row in conn.execute(sa.select(table))), key=repr) for table in tables}


def called(folder: Path, pattern: str) -> list[str]:
    """The files of a folder whose names match."""
    return sorted(path.name for path in folder.glob(pattern))


async def test_a_backup_is_restored_into_the_other_engine(
    park: Park, database_url: str, postgres: str, tmp_path: Path, command: Command
) -> None:
    cai, liu, zhang = park.staff("蔡主任"), park.company("刘工"), park.member("张伟")
    await liu.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    assert await sends(park, liu, pdf(1), "照片.pdf") is None
    await cai.whispers("群发：周五下午安全培训，收到请回复")
    await cai.whispers("确认")
    await park.wait(minutes=5)
    await zhang.says("收到")
    kept = [path.name for path in park.app.files.everything()]
    assert len(kept) == 1
    folders = {"files": str(tmp_path / "files")}
    elsewhere = {"files": str(tmp_path / "elsewhere")}
    file, held = tmp_path / "backup.tar", await asyncio.to_thread(read, database_url, everything)
    status, said, _ = await asyncio.to_thread(command, "backup", str(file), "--db", database_url, **folders)
    assert (status, file.stat().st_mode & 0o777) == (0, 0o600)
    assert f"已备份 {sum(map(len, held.values()))} 行、1 个文件" in said
    assert called(tmp_path, "backup*") == ["backup.tar"]
    assert (await asyncio.to_thread(command, "backup", str(file), "--db", database_url))[0] == 1  # never over another

    if database_url.startswith("sqlite"):
        url = f"{postgres}/restored"
        conn = await asyncpg.connect(f"{postgres}/postgres")
        await conn.execute("CREATE DATABASE restored")
        await conn.close()
    else:
        url = f"sqlite:///{tmp_path / 'restored.db'}"
    half = tmp_path / "half.tar"
    whole = file.read_bytes()
    for broken in (
        whole[: len(whole) // 2],
        whole[:100],
        whole[: whole.index(b"last.json")],
        whole.replace(b"PDF", b"pdf"),
    ):
        half.write_bytes(broken)
        errors = (await asyncio.to_thread(command, "restore", str(half), "--db", url, **elsewhere))[2]
        assert "不是完整的备份" in errors, errors
    assert (await asyncio.to_thread(command, "restore", str(file), "--db", url, **elsewhere))[0] == 0
    assert [path.name for path in FileStore(tmp_path / "elsewhere").everything()] == kept
    assert await asyncio.to_thread(read, url, everything) == held
    assert "已经有数据" in (await asyncio.to_thread(command, "restore", str(file), "--db", url))[2]
    status, said, _ = await asyncio.to_thread(command, "grant", "wx_new", "staff", "--channel", "replay", "--db", url)
    assert (status, said) == (0, "wx_new 现在是红盟的工作人员。\n")  # its number is the next one


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_backup_of_before_is_restored(park: Park, database_url: str, tmp_path: Path, command: Command) -> None:
    old, url = tmp_path / "old.jsonl.gz", f"sqlite:///{tmp_path / 'restored.db'}"
    with old.open("wb") as out:
        await asyncio.to_thread(read, database_url, lambda conn: backup.dump(conn, out, newest()))
    assert (await asyncio.to_thread(command, "restore", str(old), "--db", url))[0] == 0
    assert await asyncio.to_thread(read, url, everything) == await asyncio.to_thread(read, database_url, everything)


async def test_files_go_with_the_texts_and_those_of_open_needs_stay(park: Park) -> None:
    liu, store = park.company("刘工"), park.app.files
    await liu.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await sends(park, liu, pdf(1), "货梯.pdf")
    await park.wait(minutes=5)
    await sends(park, liu, pdf(2), "合同.pdf")  # belongs to nothing

    def held() -> list[int]:
        return sorted(path.read_bytes()[-1] for path in store.everything())

    def age(conn: Connection) -> None:
        for table, moment in (("inbox", "received_at"), ("need_file", "at")):
            old = {moment: NOW - timedelta(days=200)}
            conn.execute(sa.update(metadata.tables[table]).values(old))

    async def close(state: str) -> None:
        await park.app.db.run(lambda conn: conn.execute(sa.text(f"update need set state = '{state}'")))

    await close("withdrawn")  # or else people would be reminded of it for weeks
    await park.until("2025-07-26T12:00")
    await park.app.db.run(age)
    for path in store.everything():
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    store.keep(pdf(3), "刚收到.pdf")
    await close("accepted")
    await park.until("2025-07-27T04:00")
    assert held() == [1, 3]
    await close("withdrawn")
    await park.until("2025-08-03T04:00")
    assert held() == [3]
    assert await park.rows("select count(*) from need_file") == [(0,)]


async def test_texts_are_forgotten_and_events_kept(park: Park) -> None:
    liu = park.company("刘工")
    await liu.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await park.wait(days=2)
    counts = "select (select count(*) from inbox) as inbox, (select count(*) from outbox) as outbox"
    before = await park.rows(counts)

    def age(conn: Connection) -> None:
        long_ago = NOW - timedelta(days=200)
        for table in ("inbox", "outbox"):
            moment = "received_at" if table == "inbox" else "created_at"
            conn.execute(sa.update(metadata.tables[table]).values({moment: long_ago}))

    await park.app.db.run(age)
    await liu.says("今天天气不错")
    await park.wait(days=1)
    assert await park.rows(counts) != before  # the later message
    assert await park.rows("select text from inbox order by id") == [("",), ("今天天气不错",)]
    assert await park.rows("select count(*) from outbox where text <> '' and created_at < '2025-07-01'") == [(0,)]
    assert "货梯" in (await park.rows("select text from need"))[0].text


async def test_the_staff_hear_of_a_missing_calendar(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    def holder(conn: Connection) -> None:
        cai = people.meet_person(conn, "replay", "wx_蔡主任", "蔡主任")
        people.grant(conn, cai.id, people.STAFF, organisation_id=people.district_id(conn))

    def warn(conn: Connection, due: Due) -> None:
        upkeep.miss_calendar(conn, Voice(conn, due.at, "test"), due)

    await park.app.db.run(holder)
    begin, end = (datetime.fromisoformat(f"{day}T00:00:00+08:00") for day in ("2025-07-22", "2026-07-22"))
    dues = await park.app.db.run(upkeep.DECEMBER, begin, end)
    assert [f"{due.at:%m-%d %H:%M}" for due in dues] == ["12-01 09:30", "12-15 09:30", "12-25 09:30"]
    for covered in (True, False):
        monkeypatch.setattr(upkeep, "calendar_covers", lambda year, known=covered: known)
        for due in dues:
            await park.app.db.run(warn, due)
    texts = await park.rows("select text from outbox where chat = 'p:wx_蔡主任'")
    assert len(texts) == 3 and all("2026年的放假调休安排还没有" in row.text for row in texts)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_coming_months_are_played_on_a_copy(
    park: Park, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.commands import calendar

    cai = park.staff("蔡主任")
    await cai.whispers("群发：八月安排见附件")
    await cai.whispers("8月5日上午9点发")
    await cai.whispers("确认")
    before = await park.rows("select id, state from outbox order by id")
    await asyncio.to_thread(calendar.run, database_url, 1, NOW)
    lines = capsys.readouterr().out.splitlines()
    assert "8月5日（周二）09:00  海纳商圈党建群  八月安排见附件" in lines
    assert lines[-1].startswith(f"共{len(lines) - 1}条：群里")
    assert await park.rows("select id, state from outbox order by id") == before


def test_a_line_of_the_log_is_an_object_where_wanted() -> None:
    record = logging.LogRecord("bot.runtime", logging.INFO, "", 0, "message", (), None)
    record.intent = "report_need"
    line = json.loads(logs.JsonFormatter().format(record))
    assert (line["message"], line["level"], line["intent"]) == ("message", "INFO", "report_need")
    assert datetime.fromisoformat(line["at"]).utcoffset() == timedelta(hours=8)
