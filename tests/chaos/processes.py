"""Processes that are killed, and started again as systemd does it."""

import asyncio
import math
import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.chaos.preloaded"])
LOOK_EVERY = 0.05
STOPS_WITHIN = 30
"""Seconds; the bot itself needs five, on a machine that does nothing else."""
AGAIN_AFTER = 0.3
"""Seconds before a process that ended by itself is started again."""


def _start(what: str, log: Path, arguments: tuple[object, ...]) -> None:
    from tests.chaos.bot import write_to
    from tests.chaos.preloaded import START

    write_to(log)
    START[what](*arguments)  # type: ignore[operator]


class Process:
    """One of the processes."""

    def __init__(self, what: str, log: Path, *arguments: object) -> None:
        self.log = log
        self._start = (what, log, arguments)
        self._process: BaseProcess | None = None
        self._rests_until = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid or 0 if self._process else 0

    def kill(self, rest: float = 0.0) -> None:
        """SIGKILL; it stays down so many seconds."""
        self._rests_until = time.monotonic() + rest
        if self._process:
            self._process.kill()
            self._process.join()

    def keep_up(self) -> None:
        """Start it when it is down and may be up."""
        if self._process:
            if self._process.is_alive():
                return
            if self._process.exitcode != -signal.SIGKILL:
                self._rests_until = time.monotonic() + AGAIN_AFTER
            self._process.close()
            self._process = None
        if time.monotonic() >= self._rests_until:
            self._process = FORKS.Process(target=_start, args=self._start, daemon=True)
            self._process.start()

    def stop(self) -> int | None:
        """SIGTERM; the exit status, None where it had to be killed. It stays down."""
        if self._process is None:
            return 0
        os.kill(self.pid, signal.SIGTERM)
        self._process.join(STOPS_WITHIN)
        status = self._process.exitcode
        self.kill(rest=math.inf)
        return status


async def keep_up(processes: Sequence[Process]) -> None:
    """Start again whatever ends, until cancelled."""
    while True:
        for process in processes:
            process.keep_up()
        await asyncio.sleep(LOOK_EVERY)
