"""What the log holds: no text of a message, no name, no number of a person, whatever happens."""

import logging

import pytest
import sqlalchemy as sa

from bot.capability import Context, handler
from bot.dispatch import Dispatcher
from bot.logs import Formatter
from tests.actors import Park

NAME, PHONE, WORDS = "欧阳测试", "13900007781", "货梯坏两天"
NEED = f"@小红 3号楼{WORDS}了，麻烦安排人来修，电话{PHONE}"


def written(caplog: pytest.LogCaptureFixture) -> str:
    """All records as the program writes them."""
    return "\n".join(Formatter().format(record) for record in caplog.records)


def check(log: str) -> None:
    assert log
    for private in (NAME, PHONE, WORDS, "7781"):
        assert private not in log


async def test_a_need_leaves_no_trace_of_its_words(park: Park, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    reply = await park.company(NAME).says(NEED)
    assert reply and "已登记诉求101号" in reply
    log = written(caplog)
    check(log)
    assert "intent=report_need" in log
    assert "outcome=report_need" in log


@pytest.mark.parametrize("trouble", ["handler", "database"])
async def test_neither_does_one_that_fails(park: Park, caplog: pytest.LogCaptureFixture, trouble: str) -> None:
    @handler("fragile", intents=("report_need",), overhear=True)
    def fragile(ctx: Context) -> str:
        if trouble == "handler":
            raise ValueError(f"{ctx.person.name} {ctx.text}")
        ctx.conn.execute(sa.text("INSERT INTO nowhere VALUES (:text)"), {"text": ctx.text})
        return ""

    caplog.set_level(logging.INFO)
    park.app.runtime.settler.dispatcher = Dispatcher([fragile])
    await park.company(NAME).says(NEED)
    log = written(caplog)
    check(log)
    assert "message failed inbox=1 attempt=1" in log
    assert "in fragile" in log
