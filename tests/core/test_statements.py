"""How many statements messages cost, from the inbox to their marks: most of what groups say is silence."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from bot.messages import Incoming
from tests.actors import Park
from tests.core.test_order import accept

NEED = "@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are executed, on whatever connection."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


async def cost(park: Park, *texts: str, role: str | None) -> list[str]:
    """The statements that settle what somebody says who has spoken before; all of it arrives at once."""
    zhang = park.person("张伟", role)
    await zhang.says("大家好，今天天气不错")
    now = park.clock.now()
    events = [
        Incoming("replay", f"m-cost-{n}", "haina", zhang.id, text, now, "张伟", mentioned="@" in text, role=role)
        for n, text in enumerate(texts)
    ]
    await accept(park, *events)
    with counted() as statements:
        assert await park.app.runtime.work() == len(texts)
    return [statement for statement in statements if "BEGIN" not in statement]


@pytest.mark.parametrize(
    ("text", "role", "most"),
    [
        ("中午食堂吃什么呢", "member", 6),  # take, knowledge base; hold, who and where, questions, done
        ("中午食堂吃什么呢", None, 7),  # who and where for the reader too
        ("@小红 帮助", "member", 10),  # alone and looked up again, reply
        (NEED, "company", 30),
    ],
)
async def test_a_message_costs_few_statements(park: Park, text: str, role: str | None, most: int) -> None:
    statements = await cost(park, text, role=role)
    assert 0 < len(statements) <= most, "\n".join(statements)


async def test_a_silent_month_costs_few_statements(park: Park, database_url: str) -> None:
    """What lies ahead is looked up again only where a run wrote something: SQLite says whether it did."""
    if database_url.startswith("postgresql"):
        pytest.skip("counts no written rows")
    with counted() as statements:
        await park.wait(days=30)
    ((runs,),) = await park.rows("select count(*) from job_run")
    assert runs > 150
    assert len(statements) < 15 * runs, Counter(statements).most_common(5)


async def test_silence_costs_nothing_more_in_company(park: Park) -> None:
    statements = await cost(park, *(f"中午食堂吃什么呢 {n}" for n in range(64)), role="member")
    assert 0 < len(statements) <= 6, "\n".join(statements)
