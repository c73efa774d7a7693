"""The short form of `make year`: the activities of one week in two organisations."""

import asyncio
from pathlib import Path

from bot.migrations import migrate
from bot.mind import Mind
from knowledge.reading import Reader
from tests.year.run import Size, simulate


async def test_a_month_ends_with_nothing_missed_and_nothing_doubled(tmp_path: Path, reader: Reader) -> None:
    url = f"sqlite:///{tmp_path / 'month.db'}"
    await asyncio.to_thread(migrate, url)
    outcome = await simulate(
        url, Mind(reader), Size(2, 24, [(2025, 10)], 4, range(26, 28), range(10, 14), afterwards=1)
    )
    assert outcome.wrong == []
    assert outcome.expected.activities == 4
    assert outcome.expected.check_ins > 20
