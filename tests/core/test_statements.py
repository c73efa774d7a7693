"""How many statements a message costs in the transaction that settles it: most of what groups say is silence."""

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import alone
from bot.messages import Incoming
from tests.actors import Park


class Counter:
    """Counts the statements of one transaction."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, conn: Connection, work: Callable[[Connection], object]) -> None:
        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            self.statements.append(statement)

        sa.event.listen(conn, "before_cursor_execute", note)
        try:
            alone(conn, work)
        finally:
            sa.event.remove(conn, "before_cursor_execute", note)


async def cost(park: Park, text: str, role: str | None) -> list[str]:
    """The statements that settle a message of somebody who has spoken before."""
    runtime, clock = park.app.runtime, park.clock
    zhang = park.person("张伟", role)
    await zhang.says("大家好，今天天气不错")
    event = Incoming("replay", "m-cost", "haina", zhang.id, text, clock.now(), "张伟", mentioned="@" in text, role=role)
    pending = asyncio.ensure_future(runtime.accept(event))
    await asyncio.sleep(0)
    await runtime.accept_arrivals()
    await pending
    counter = Counter()
    run = park.app.db.run

    async def counted(fn: Callable[..., object], *args: object, **kwargs: object) -> object:
        if fn is not alone:
            return await run(fn, *args, **kwargs)
        settle, *rest = args
        outcome: list[object] = []
        await run(counter, lambda conn: outcome.append(settle(conn, *rest)))  # type: ignore[operator]
        return outcome[0]

    park.app.db.run = counted  # type: ignore[method-assign, assignment]
    await runtime.work()
    park.app.db.run = run  # type: ignore[method-assign]
    return [statement for statement in counter.statements if "advisory" not in statement]


@pytest.mark.parametrize(
    ("text", "role", "most"),
    [
        ("中午食堂吃什么呢", "member", 4),  # who and where, roles, questions, done
        ("中午食堂吃什么呢", None, 4),
        ("@小红 帮助", "member", 5),
        ("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781", "company", 16),
    ],
)
async def test_a_message_costs_few_statements(park: Park, text: str, role: str | None, most: int) -> None:
    statements = await cost(park, text, role)
    assert 0 < len(statements) <= most, "\n".join(statements)
