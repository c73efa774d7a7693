"""What is asked of the database stays quick when the history is long: no statement goes through all of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.actors import Park
from tests.areas.test_learning import quoting

FEW = "ix_inbox_new|ix_outbox_queued|ix_job_run_retry"
"""Indexes of a few rows among very many, that may be gone through."""
THROUGH = re.compile(rf"SCAN (inbox|outbox|need_event|presence|identity|job_run)\b(?! USING (COVERING )?INDEX ({FEW}))")
OF_ACCOUNT = re.compile(r"SEARCH (inbox|outbox) USING INDEX ix_(inbox|outbox)_chat \(channel=\?\)")


@contextmanager
def plans() -> Iterator[dict[str, list[str]]]:
    """How SQLite carries out each statement."""
    found: dict[str, list[str]] = {}

    def note(conn: Connection, _cursor: object, statement: str, parameters: object, _ctx: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")) and statement not in found:
            first = parameters[0] if many else parameters  # type: ignore[index]
            driver = conn.connection.driver_connection
            assert driver is not None
            found[statement] = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", first)]

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


async def test_no_statement_goes_through_the_history(park: Park, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("reads the plans of SQLite")
    zhou, guo, sec = park.company("周敏"), park.handler("郭师傅", "desk-wuye"), park.secretary("吴书记")
    with plans() as found:
        await zhou.says("大家中午好")
        await zhou.says("咱们楼的电梯又坏了")
        await zhou.says("3号楼的")
        await zhou.says("13812340001")
        await zhou.says("发错了")
        await zhou.says("@小红 12楼空调漏水，请派人来修")
        await guo.says("102号我接了")
        await guo.says("102办结")
        await zhou.says(quoting("小红", "诉求102号已办结", "满意"))
        await sec.says("@小红 发布活动：消防体验课，7月30日下午2点到4点，消防救援站一楼，限3人")
        await sec.says("确认")
        await zhou.says("消防体验课报名")
        await zhou.says("@小红 党费怎么交")
        await zhou.says("@小红 为什么")
        await park.wait(days=2)
        await park.app.runtime.recover()
    assert len(found) > 100
    slow = {
        statement: plan
        for statement, plan in found.items()
        if any(THROUGH.match(step) or OF_ACCOUNT.match(step) for step in plan)
        and not re.search(r"(received|created)_at < \?|files IS NOT NULL$|file IS NOT NULL$", statement)  # once a day
    }
    assert not slow, slow
