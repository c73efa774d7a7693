"""`chuishao replay`: logs in, outgoing messages out, on a virtual clock and on a database that goes on."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import metadata, open_db
from tests.cli.command import chuishao, numbers, parsed
from tests.cli.conftest import Command

GROUP, OTHER = "g_1@chatroom", "g_2@chatroom"
KEYS = ["at", "chat", "to", "text", "reply_to"]


def said(at: str, sender: str, text: str, role: str = "member", chat: str = GROUP, **more: object) -> dict[str, Any]:
    """A line of a log; `at` such as 03-02T10:00."""
    moment = f"2026-{at}:00+08:00"
    return {"at": moment, "chat": chat, "sender": sender, "sender_name": sender, "role": role, "text": text, **more}


def clock(at: str) -> dict[str, Any]:
    return {"at": f"2026-{at}:00+08:00", "role": "system", "sender": "clock"}


NEED = said("03-02T10:00", "wx_liu", "@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781", "company", msg_id="m1")
WATER = "明天上午停水，请大家提前储水"
BROADCAST = (  # chen is the example district's secretary
    said("03-02T10:08", "wx_liu", "大家好", chat=OTHER),
    said("03-02T10:09", "chen", f"群发：{WATER}", "secretary", chat="private"),
    said("03-02T10:10", "chen", "确认", "secretary", chat="private"),
)
EVENT = (
    said(
        "03-02T10:20", "wx_chen", "@小红 发布活动：消防体验课，3月11日下午2点到4点，消防救援站一楼，限3人", "secretary"
    ),
    said("03-02T10:21", "wx_chen", "确认", "secretary"),
    said("03-02T10:22", "wx_zhang", "消防体验课报名"),
)


def write(folder: Path, *records: object) -> str:
    """A log file; bytes are lines as they are."""
    file = folder / f"log{len(list(folder.iterdir()))}.jsonl"
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in records]
    file.write_bytes(b"\n".join(lines) + b"\n")
    return str(file)


def play(command: Command, folder: Path, *records: object, db: str | None = None) -> list[dict[str, Any]]:
    """Replay lines that are all good; what went out."""
    status, output, errors = command("replay", write(folder, *records), *(["--db", db] if db else []))
    assert (status, errors) == (0, "")
    return parsed(output.encode())


def content(url: str) -> dict[str, list[str]]:
    """Every row of every table, but for which process was there last."""
    tables = {
        name: [column for column in table.c if column.name != "holder"]
        for name, table in metadata.tables.items()
        if name != "worker"
    }

    def read(conn: Connection) -> dict[str, list[str]]:
        return {name: sorted(map(repr, conn.execute(sa.select(*columns)))) for name, columns in tables.items()}

    async def ask() -> dict[str, list[str]]:
        db = open_db(url)
        try:
            return await db.run(read)
        finally:
            await db.close()

    return asyncio.run(ask())


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/replay.db"
    server, name = request.getfixturevalue("postgres"), f"replay_{abs(hash(tmp_path))}"

    async def create() -> None:
        conn = await asyncpg.connect(f"{server}/postgres")
        await conn.execute(f"CREATE DATABASE {name}")
        await conn.close()

    asyncio.run(create())
    return f"{server}/{name}"


def texts(sent: Sequence[dict[str, Any]], chat: str) -> list[str]:
    return [one["text"] for one in sent if one["chat"] == chat]


def at(sent: Sequence[dict[str, Any]], words: str) -> list[str]:
    """When messages with these words went out, such as 03-02T10:00:00."""
    return [one["at"][5:19] for one in sent if words in one["text"]]


def paced(moments: Sequence[str]) -> bool:
    """Whether broadcast messages (10:10:03) follow each other after about three seconds, not like clockwork."""
    seconds = [datetime.strptime(moment, "%H:%M:%S") for moment in moments]
    return all(3 <= (later - earlier).total_seconds() <= 4 for earlier, later in pairwise(seconds))


def test_what_goes_out_is_one_json_line_each(tmp_path: Path) -> None:
    """Nothing else is on standard output, whatever is in the log; bad lines are reported with their numbers."""
    log = write(
        tmp_path,
        NEED,
        b"not json",
        b"",
        b'{"at": "2026-03-02T10:01:00+08:00", "text": "\xff"}',
        {**said("03-02T10:02", "x", "你好"), "sender": None},
        said("03-02T10:02", "", "你好"),
        said("03-02T10:02", "x", "你好", "king"),
        said("03-02T10:02", "x", "你好", "system"),
        {**said("03-02T10:02", "x", "你好"), "at": "昨天"},
        {**said("03-02T10:02", "x", "你好"), "at": "0001-01-01T00:00:00"},
        said("03-02T10:03", "wx_long", "@小红 " + "长" * 1_000_000),
        said("03-02T10:04", "wx_odd", "@小红 坏字符\ud800和\0零😀", sender_name=None),
        {"at": "2026-03-02T10:05:00", "chat": "private", "sender": "wx_lin", "text": "生育津贴怎么领"},
    )
    done = chuishao("replay", log, folder=tmp_path)
    sent = parsed(done.stdout)
    assert numbers(done.stderr) == [2, 4, 5, 6, 7, 8, 9, 10]
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert all(list(one) == KEYS for one in sent)
    receipt = next(one for one in sent if one["reply_to"] == "m1")
    assert (receipt["at"], receipt["chat"], receipt["to"]) == ("2026-03-02T10:00:00+08:00", GROUP, "wx_liu")
    assert "139****7781" in receipt["text"]
    assert any(one["to"] == "wx_long" and "上限" in one["text"] for one in sent)
    answer = sent[-1]
    assert (answer["at"], answer["chat"], answer["to"]) == ("2026-03-02T10:05:00+08:00", "private", "wx_lin")


def test_jobs_run_at_their_own_time(tmp_path: Path, command: Command) -> None:
    sent = play(command, tmp_path, NEED, *EVENT, clock("04-02T10:00"))
    assert at(sent, "已到响应时限") == ["03-02T12:00:00"]
    assert at(sent, "明天「消防体验课」") == ["03-10T09:00:00"]
    assert at(sent, "一小时后「消防体验课」") == ["03-11T13:00:00"]
    assert [one["at"] for one in sent] == sorted(one["at"] for one in sent)


def test_the_menu_comes_on_the_first_working_day(tmp_path: Path, command: Command) -> None:
    publish = "@小红 发布活动：读书会，4月15日下午2点到4点，一楼大厅"
    lines = (said("03-02T10:00", "wx_chen", publish, "secretary"), said("03-02T10:01", "wx_chen", "确认", "secretary"))
    sent = play(command, tmp_path, *lines, clock("04-02T10:00"))
    (menu,) = [one for one in sent if one["chat"] == GROUP and one["at"] > "2026-04-01"]
    assert menu["at"].startswith("2026-04-01T09:00") and "读书会" in menu["text"]


def test_a_broadcast_is_paced_on_virtual_time_and_reaches_groups_never_bound(tmp_path: Path, command: Command) -> None:
    sent = play(command, tmp_path, *BROADCAST)  # the log ends with the confirmation: what is paced still goes out
    out = [(one["chat"], one["at"][11:19]) for one in sent if one["text"] == WATER]
    assert {chat for chat, _ in out} == {"haina", "yunfan", "jinhai", OTHER}
    assert out[0][1] == "10:10:00" and paced([moment for _, moment in out])


def test_quiet_hours_are_those_of_the_log(tmp_path: Path, command: Command) -> None:
    late = [{**line, "at": line["at"].replace("T10:", "T22:")} for line in BROADCAST]
    sent = play(command, tmp_path, *late, clock("03-03T12:00"))
    out = [one["at"][5:19] for one in sent if one["text"] == WATER]
    assert out[0] == "03-03T08:30:00" and len(out) == 4 and paced([moment[6:] for moment in out])


def test_the_same_log_again_changes_nothing_and_a_further_one_goes_on(
    empty_url: str, tmp_path: Path, command: Command
) -> None:
    lines = (NEED, *EVENT, *BROADCAST)  # BROADCAST is earlier than EVENT: time does not run backwards
    assert play(command, tmp_path, *lines, db=empty_url)
    before = content(empty_url)
    assert play(command, tmp_path, *lines, db=empty_url) == []
    assert content(empty_url) == before

    further = (said("03-11T14:01", "wx_zhang", "签到"), said("03-11T14:02", "wx_zhang", "我的积分", chat="private"))
    sent = play(command, tmp_path, *further, db=empty_url)
    assert at(sent, "已到响应时限") == ["03-02T12:00:00"]
    assert at(sent, "一小时后") == ["03-11T13:00:00"]
    assert sent[-1]["to"] == "wx_zhang" and sent[-1]["at"] == "2026-03-11T14:02:00+08:00"


def test_identical_lines_are_two_messages_unless_their_id_says_otherwise(tmp_path: Path, command: Command) -> None:
    question = said("03-02T10:00", "wx_lin", "我的积分", chat="private")
    sent = play(command, tmp_path, question, question, NEED, NEED)
    assert len(at(sent, "积分")) == 2
    assert len({one["reply_to"] for one in sent if "积分" in one["text"]}) == 2
    assert len([one for one in sent if one["reply_to"] == "m1"]) == 1


def test_time_never_runs_backwards(tmp_path: Path, command: Command) -> None:
    question = "我的积分"
    sent = play(
        command,
        tmp_path,
        said("03-02T10:00", "wx_lin", question, chat="private"),
        said("03-02T09:00", "wx_lin", question, chat="private"),
        said("03-02T11:00", "wx_lin", question, chat="private"),
    )
    assert at(sent, "积分") == ["03-02T10:00:00", "03-02T10:00:00", "03-02T11:00:00"]


def test_a_role_counts_in_its_chat(tmp_path: Path, command: Command) -> None:
    sent = play(
        command,
        tmp_path,
        said("03-02T10:00", "wx_cai", "@小红 统计 本月", "staff"),
        said("03-02T10:01", "wx_cai", "@小红 统计 本月", "member", chat=OTHER),
    )
    assert "诉求" in texts(sent, GROUP)[0]
    assert "只对" in texts(sent, OTHER)[0]


def test_a_log_that_cannot_be_read_is_one_plain_sentence(tmp_path: Path, command: Command) -> None:
    for file in (tmp_path, tmp_path / "nothing.jsonl"):
        status, output, errors = command("replay", str(file))
        assert (status, output) == (1, "")
        assert "打不开" in errors and errors.count("\n") == 1
    assert play(command, tmp_path) == []
