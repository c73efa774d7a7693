"""Cold start and memory of the real process."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.core.process import Bot

Figure = tuple[str, float, str]


def measure(folder: Path) -> Iterator[Figure]:
    """Start on an empty database, then again, as after a restart."""
    bot = Bot(f"sqlite:///{folder}/start.db", folder)
    yield "first start (migrates, loads the district)", bot.start() * 1000, "ms"
    bot.stop()
    starts = []
    for _ in range(3):
        starts.append(bot.start())
        if len(starts) < 3:
            bot.stop()
    yield "cold start: process start → ready, best of 3", min(starts) * 1000, "ms"
    for number in range(50):
        bot.say(f"00000000-0000-0000-0000-{number:012d}", f"@小红 {number}号楼电梯坏了，请派人修，电话13900000000")
    yield "memory (RSS) after 50 messages", psutil.Process(bot.pid).memory_info().rss / 1e6, "MB"
    bot.stop()
