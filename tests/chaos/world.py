"""What harness and processes share: a few numbers in a mapped file, which outlives each of them."""

import time
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path

import numpy as np

START = datetime.fromisoformat("2026-03-04T09:00:00+08:00")  # a working Wednesday
SPEED = 5.0
"""The bot's clock runs so many times faster, so that its pauses and backoffs pass in a test's time."""


class Trouble(IntEnum):
    """What the gateway does to messages that are sent."""

    NONE = 0
    STALLS = 1  # it takes nothing until the trouble is over
    LATE = 2  # it takes the message, and answers after a while
    TWICE = 3  # it answers twice
    REFUSES = 4
    DROPS = 5  # it takes the message, and the connection ends without an answer


NUMBERS = 8


class _Number:
    def __init__(self, place: int) -> None:
        self._place = place

    def __get__(self, world: "World", _owner: type) -> float:
        return float(world.cells[self._place])

    def __set__(self, world: "World", value: float) -> None:
        world.cells[self._place] = value


class World:
    """The numbers."""

    started = _Number(0)  # by the machine's monotonic clock
    leap = _Number(1)  # seconds by which the bot's clock has jumped
    trouble = _Number(2)
    delay = _Number(3)  # of a late answer
    said = _Number(4)  # messages that the gateway has handed to the bot, as their last number
    pace = _Number(5)  # messages a second that it hands over; 0: none
    read_only = _Number(6)  # whether SQLite may be written: file modes stop neither root nor an open file
    met = _Number(7)  # messages that have met the gateway's trouble

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(bytes(8 * NUMBERS))
        self.cells = np.memmap(path, np.float64, "r+", shape=(NUMBERS,))


class LeapingClock:
    """A clock that is fast, and jumps when the harness says so."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        seconds = (time.monotonic() - self._world.started) * SPEED + self._world.leap
        return START + timedelta(seconds=seconds)
