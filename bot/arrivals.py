"""Events on their way into the inbox: whatever arrives during one commit shares the next (natural group commit)."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from bot import inbox
from bot.clock import Clock
from bot.db import Db
from bot.files import FileStore, NotKept
from bot.messages import Incoming

GAP = 0.01
"""Seconds that the next commit waits for more to share it. Who comes after a pause does not wait."""


@dataclass(slots=True)
class _Arrival:
    row: dict[str, Any]
    done: asyncio.Future[bool]


class Arrivals:
    """Holds what waits for its commit, and who waits for the answer."""

    def __init__(self, db: Db, clock: Clock, files: FileStore) -> None:
        self._db = db
        self._clock = clock
        self._files = files
        self._waiting: list[_Arrival] = []
        self._open = True
        self._committed_at = 0.0
        self.come = asyncio.Event()

    async def accept(self, event: Incoming) -> bool:
        """Durably accept an event; returns after the commit. False: it was known already.

        Raises ValueError for an event that cannot be stored, ConnectionAbortedError when the bot ends before it
        is. A caller that is cancelled meanwhile does not know: it asks again with the same id.
        """
        if not self._open:
            raise ConnectionAbortedError("the bot has ended")
        row = inbox.as_row(await self._kept(event), self._clock.now())
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Arrival(row, done))
        self.come.set()
        return await done

    async def _kept(self, event: Incoming) -> Incoming:
        """The event with its file on the disk, before the row that names it; without it where it is not kept."""
        content = event.extra.get("content")
        if not content:
            return event
        try:
            file = await asyncio.to_thread(self._files.keep, content, str(event.extra.get("name") or ""))
        except NotKept:
            return event
        return replace(event, files=(*event.files, file))

    async def commit(self) -> int:
        """Store all that wait, in one transaction; returns how many."""
        arrivals, self._waiting = self._waiting, []
        if not arrivals:
            return 0
        try:
            stored = await self._db.run(inbox.accept, [arrival.row for arrival in arrivals])
        except BaseException as error:
            _refuse(arrivals, error if isinstance(error, Exception) else ConnectionAbortedError("the bot has ended"))
            raise
        for arrival, new in zip(arrivals, stored, strict=True):
            if not arrival.done.done():
                arrival.done.set_result(new)
        return len(arrivals)

    async def commit_together(self) -> int:
        """The same, not at once after the last time: a commit costs more than the rows in it."""
        time = asyncio.get_running_loop().time
        await asyncio.sleep(self._committed_at + GAP - time())
        if stored := await self.commit():
            self._committed_at = time()
        return stored

    def close(self) -> None:
        """Nothing is stored any more; whoever still waits is told."""
        self._open = False
        _refuse(self._waiting, ConnectionAbortedError("the bot has ended"))


def _refuse(arrivals: list[_Arrival], error: Exception) -> None:
    for arrival in arrivals:
        if not arrival.done.done():
            arrival.done.set_exception(error)
