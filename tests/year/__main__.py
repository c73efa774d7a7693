"""`make year`: 12 months, 20 organisations, 2,000 members, 480 activities; figures, then what is wrong."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from bot.migrations import migrate
from bot.mind import Mind
from knowledge.reading import Reader
from tests.year.run import Size, simulate

YEAR = Size(organisations=20, members=2000, months=[(2025, month) for month in range(1, 13)], activities_a_month=40)


MEMORY = "/dev/shm"
"""Where files live in memory: what a year does is at stake here, not what a disk does at power loss."""


def main() -> int:
    """Run the year on a database of its own; 0 when nothing is wrong."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        url = f"sqlite:///{Path(folder) / 'year.db'}"
        migrate(url)
        begun = time.monotonic()
        outcome = asyncio.run(simulate(url, Mind(Reader.load()), YEAR))
    said = outcome.expected
    sys.stdout.write(
        f"{said.activities} activities, {said.sign_ups} sign-ups, {said.check_ins} check-ins; "
        f"{outcome.events} messages in, {outcome.sent} out, {time.monotonic() - begun:.0f} s\n"
    )
    sys.stdout.write("".join(f"WRONG {fault}\n" for fault in outcome.wrong) or "nothing missed, nothing doubled\n")
    return bool(outcome.wrong)


if __name__ == "__main__":
    sys.exit(main())
