"""Receiving: on platforms where two listeners disturb each other, only the process that sends for an account hears.

A process listens on while it cannot ask the database: what it hears waits in its channel, and what two hear is
accepted once.
"""

import asyncio
import logging

from bot.messages import Accept, Channel

log = logging.getLogger(__name__)


class Turn:
    """Whether it is this process that sends for an account, as far as it knows; neither, until it has asked."""

    def __init__(self) -> None:
        self._mine = asyncio.Event()
        self._others = asyncio.Event()

    def give(self, *, mine: bool) -> None:
        """What the database says."""
        came, went = (self._mine, self._others) if mine else (self._others, self._mine)
        came.set()
        went.clear()

    async def receive(self, channel: Channel, accept: Accept) -> None:
        """Run a channel whenever it is this process's turn, until it ends by itself. Raises what the channel raises."""
        while True:
            await self._mine.wait()
            log.info("receiving", extra={"channel": channel.name})
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(channel.run(accept))
                lost = tasks.create_task(self._others.wait())
                await asyncio.wait((running, lost), return_when=asyncio.FIRST_COMPLETED)
                ended = running.done()
                running.cancel()
                lost.cancel()
            if ended:
                return
            log.warning("another process receives", extra={"channel": channel.name})
