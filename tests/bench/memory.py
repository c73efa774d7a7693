"""`python -m tests.bench.memory`: the process's memory while 200,000 messages go through it; a quarter of an hour."""

import asyncio
import sys
import tempfile

import psutil

from bot import app as composition
from bot.app import App
from bot.migrations import migrate
from tests.bench.pipeline import EVERYDAY, Stopwatch, message, ready, wait_until_settled

MESSAGES, STEP, AT_ONCE = 200_000, 20_000, 500


async def measure(url: str) -> None:
    """One line every so many messages: how many, and megabytes."""
    app = await ready(url, Stopwatch())
    async with composition.running(app):
        for start in range(0, MESSAGES, STEP):
            for first in range(start, start + STEP, AT_ONCE):
                await _say(app, first)
            used = psutil.Process().memory_info().rss / 1e6
            sys.stdout.write(f"{start + STEP:>9,} messages {used:>8.1f} MB\n")
            sys.stdout.flush()


async def _say(app: App, first: int) -> None:
    numbers = range(first, first + AT_ONCE)
    await asyncio.gather(*(app.runtime.accept(message(number, EVERYDAY)) for number in numbers))
    await wait_until_settled(app)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/memory.db")
        asyncio.run(measure(f"sqlite:///{folder}/memory.db"))
