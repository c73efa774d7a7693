"""The short form of `make year`: the activities of one week in two organisations."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import open_db
from bot.migrations import migrate
from bot.mind import Mind
from knowledge.reading import Reader
from tests.year import audit
from tests.year.run import Size, simulate

A_REMINDER = "select min(id) from outbox where text like '【提醒】%'"
BREAKS: tuple[tuple[Callable[[Connection], list[str]], str], ...] = (
    (audit.attendance_is_complete, "delete from point_movement where key like 'check_in:%'"),
    (audit.points_balance, "update point_movement set source = target, target = 'issued'"),
    (audit.runs_are_done, "update job_run set state = 'skipped'"),
    (audit.everybody_is_reminded, f"update outbox set text = '' where id = ({A_REMINDER})"),
    (audit.everybody_is_thanked, "update outbox set text = '' where text like '感谢参加%'"),
    (audit.nothing_is_said_twice, "update outbox set text = '感谢参加', chat = 'p:m-1' where text like '感谢参加%'"),
    (audit.nothing_is_said_twice, f"update outbox set state = 'dead' where id = ({A_REMINDER})"),
    (
        audit.pushed("menu", 2),
        "update outbox set key = 'lost' where key = (select key from outbox where key like 'menu:%')",
    ),
)


def broken(conn: Connection, check: Callable[[Connection], list[str]], statement: str) -> tuple[list[str], list[str]]:
    """What a check says before and after something was done to the books, which is undone."""
    before = check(conn)
    with conn.begin_nested() as point:
        conn.execute(sa.text(statement))
        after = check(conn)
        point.rollback()
    return before, after


async def test_a_month_ends_with_nothing_missed_and_nothing_doubled(tmp_path: Path, reader: Reader) -> None:
    url = f"sqlite:///{tmp_path / 'month.db'}"
    await asyncio.to_thread(migrate, url)
    outcome = await simulate(
        url, Mind(reader), Size(2, 24, [(2025, 10)], 4, range(26, 28), range(10, 14), afterwards=1)
    )
    assert outcome.wrong == []
    assert outcome.expected.activities == 4
    assert outcome.expected.check_ins > 20

    db = open_db(url)
    for check, statement in BREAKS:
        before, after = await db.run(broken, check, statement)
        assert before == [] and after, statement
    await db.close()
