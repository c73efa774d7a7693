"""How a loop of the runtime runs: woken or polling, never dead of one bad step, never cut off within a step."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

STOP_WITHIN = 4.0
"""Seconds that the step in hand may take when the program ends."""
POLL = 1.0
"""Seconds after which the loops look by themselves, should a wake-up be missed."""


async def repeat(step: Callable[[], Awaitable[int]], wake: asyncio.Event, full: int = 1) -> None:
    """Run a step while it finds as much as it takes at once, then wait for the wake-up or the poll."""
    while True:
        wake.clear()
        try:
            while await _whole(step) >= full:
                pass
        except Exception:
            log.exception("loop step failed")
            await asyncio.sleep(POLL)
        try:
            async with asyncio.timeout(POLL):
                await wake.wait()
        except TimeoutError:
            pass


async def _whole(step: Callable[[], Awaitable[int]]) -> int:
    """A step that is not cut off: what is being sent is recorded before a cancellation takes effect."""
    task = asyncio.ensure_future(step())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        _, unfinished = await asyncio.wait([task], timeout=STOP_WITHIN)
        if unfinished:  # a send that hangs; its row says that it was being sent, and the next start settles it
            task.cancel()
            await asyncio.wait([task])
            log.warning("loop step cut off")
        if not task.cancelled() and task.exception():
            log.warning("loop step failed", exc_info=task.exception())
        raise
