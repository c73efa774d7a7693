"""`make bench`: every speed figure that the project states, from one run on one machine.

Shared machines are noisy: compare the figures of one run with each other, not with another day's.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.migrations import migrate
from tests.bench import broadcast, knowledge, pipeline, processes, start
from tests.postgres import server


def report(name: str, value: float, unit: str) -> None:
    """One line a figure."""
    sys.stdout.write(f"{name:<66}{value:>12,.2f} {unit}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for name, value, unit in start.measure(Path(folder)):
            report(name, value, unit)
        for name, value, unit in knowledge.measure():
            report(name, value, unit)
        sqlite = f"sqlite:///{folder}/bench.db"
        migrate(sqlite)
        for measure in (pipeline.measure, broadcast.measure):
            for name, value, unit in asyncio.run(measure("SQLite", sqlite)):
                report(name, value, unit)
    with server(durable=True) as url:
        migrate(f"{url}/postgres")
        for measure in (pipeline.measure, broadcast.measure):
            for name, value, unit in asyncio.run(measure("PostgreSQL", f"{url}/postgres")):
                report(name, value, unit)
        with tempfile.TemporaryDirectory() as folder:
            for name, value, unit in processes.measure(url, Path(folder)):
                report(name, value, unit)


main()
