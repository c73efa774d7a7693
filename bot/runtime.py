"""The loops: accept, work, send. A step of each is in `arrivals`, `settling` and `sending`; rules are in none."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from bot import inbox, lanes, workers
from bot.arrivals import Arrivals
from bot.clock import Clock
from bot.db import Db, ring
from bot.dispatch import SILENT, Dispatcher
from bot.domain import answers, people
from bot.files import FileStore
from bot.inbox import Row
from bot.loops import STOP_WITHIN, repeat
from bot.messages import Channel, Incoming, is_heard_by_one
from bot.mind import Mind
from bot.prepared import Prepared
from bot.sending import Sender
from bot.settling import Settler
from bot.uploads import orders_in
from bot.workers import WHOLE, Share
from knowledge.faq import Entry

log = logging.getLogger(__name__)

BATCH = 64
"""At most this many messages share a transaction: what queued during the last commit, never a timer."""
CLERKS = (people.STAFF, people.SECRETARY, people.HANDLER)
"""Whose tables are read for work orders."""
ACCEPTED, QUEUED = "accepted", "queued"
"""What one process rings for to wake the others."""


class Runtime:
    """Moves messages from channels to the inbox, through the dispatcher, and from the outbox to channels."""

    def __init__(
        self,
        db: Db,
        clock: Clock,
        mind: Mind,
        dispatcher: Dispatcher,
        channels: Sequence[Channel],
        files: FileStore,
        bulk_interval: timedelta = timedelta(seconds=3),
    ) -> None:
        self.db = db
        self.clock = clock
        self.mind = mind
        self.channels = {channel.name: channel for channel in channels}
        self._files = files
        self._arrivals = Arrivals(db, clock, files)
        self.id = workers.new_name()
        self._share = WHOLE
        self.settler = Settler(db, clock, dispatcher)
        self._sender = Sender(db, clock, self.id, bulk_interval)
        self._accepted = asyncio.Event()
        self._queued = {name: asyncio.Event() for name in self.channels}

    # accept

    async def accept(self, event: Incoming) -> bool:
        """Durably accept an event; returns after the commit. False: it was known already. See `Arrivals.accept`."""
        return await self._arrivals.accept(event)

    async def accept_arrivals(self, *, together: bool = False) -> int:
        """Commit what arrived since the last time, in one transaction; `together`: with what comes in a moment."""
        stored = await (self._arrivals.commit_together() if together else self._arrivals.commit())
        if stored:
            self._accepted.set()
            await self._ring(ACCEPTED)
        return stored

    # work

    async def work(self) -> int:
        """Settle the next messages; returns how many were taken."""
        rows, roles, base = await self.db.run(_take, self.clock.now(), self.mind.version, self._share)
        if base:
            self.mind.learn(*base)
        if not rows:
            return 0
        started = time.perf_counter()
        readings = [await self._prepare(row, role) for row, role in zip(rows, roles, strict=True)]
        batch = [prepared for prepared in readings if prepared]
        outcomes = await self.settler.settle(batch)
        _report(batch, outcomes, time.perf_counter() - started)
        if len(batch) < len(rows) or not SILENT.issuperset(outcomes.values()):
            self.wake()
            self._accepted.set()  # what came of them may be events, too: a chat log is read so
            await self._ring(QUEUED)
        return len(rows)

    async def catch_up(self) -> None:
        """Settle what was accepted before, as far as it is this process's; nothing is sent yet."""
        await self.beat()
        while await self.work():
            pass

    async def _prepare(self, row: Row, role: str) -> Prepared | None:
        await asyncio.sleep(0)  # between two messages others have their turn: arrivals, sends, pages
        try:
            prepared = await self.mind.think_twice(self.mind.prepare(row, role))
            if row.files and role in CLERKS:
                orders = await asyncio.to_thread(orders_in, self._files, row)
                prepared = replace(prepared, orders=orders)
            return prepared
        except Exception:
            log.exception("reading failed", extra={"inbox": row.id})
            await self.settler.put_off(row, for_good=True)  # reading is pure: what fails once fails always
            return None

    # send

    async def send(self, channel: Channel) -> int:
        """Send what one account may send now; returns how many were tried."""
        return await self._sender.send(channel)

    # loops

    async def recover(self) -> None:
        """Take the place of a process that is known to be gone, and settle what it was sending."""
        for channel in self.channels.values():
            now = self.clock.now()
            await self.db.run(lanes.take_over, channel.name, self.id, now, repeat=channel.dedupes)

    async def beat(self) -> int:
        """Tell the other processes on the database that this one is there; which conversations are its own."""
        self._share = await self.db.run(workers.beat, self.id)
        return 0

    async def hear(self) -> None:
        """Wake the loops when another process has put something into the inbox or the outbox."""
        bells = {ACCEPTED: [self._accepted], QUEUED: list(self._queued.values())}

        def heard(bell: str) -> None:
            for event in bells.get(bell, ()):
                event.set()

        await self.db.listen(heard)

    async def _ring(self, bell: str) -> None:
        if self._share.of > 1:
            await self.db.run(ring, bell)

    async def _leave(self) -> None:
        """Let the other processes take over at once."""
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await self.db.run(_leave, self.id)
        except Exception:  # they will find out by themselves
            log.exception("could not say that this process ends")

    async def run(self) -> None:
        """All loops until cancelled. A channel that ends by itself (console) leaves the others running; one that
        raises ends them all, and its error is raised in an ExceptionGroup.

        They end in the order of the flow turned round, each after the step it is in: sends and work, then the
        channels, and last what the channels have yet to hand in.
        """
        await self.beat()
        try:
            async with asyncio.TaskGroup() as accepting:
                accepting.create_task(repeat(partial(self.accept_arrivals, together=True), self._arrivals.come))
                async with asyncio.TaskGroup() as listening:
                    for channel in self.channels.values():
                        listening.create_task(self._listen(channel))
                    async with asyncio.TaskGroup() as working:
                        working.create_task(repeat(self.work, self._accepted, BATCH))
                        if self.db.shared:
                            working.create_task(repeat(self.beat, asyncio.Event()))
                            working.create_task(self.hear())
                        for channel in self.channels.values():
                            working.create_task(repeat(partial(self.send, channel), self._queued[channel.name]))
        finally:
            self._arrivals.close()
            if self.db.shared:
                await self._leave()

    async def _listen(self, channel: Channel) -> None:
        try:
            if is_heard_by_one(channel.name):
                await self._sender.turn(channel.name).receive(channel, self.accept)
            else:
                await channel.run(self.accept)
        except Exception:
            log.exception("channel failed", extra={"channel": channel.name})
            raise
        log.info("channel ended", extra={"channel": channel.name})

    def wake(self) -> None:
        """Something was put into the outbox outside of `work` (a job, a page)."""
        for queued in self._queued.values():
            queued.set()


def _leave(conn: Connection, me: str) -> None:
    lanes.release(conn, me)
    workers.leave(conn, me)


def _report(batch: Sequence[Prepared], outcomes: Mapping[int, str], seconds: float) -> None:
    for prepared in batch:
        log.info(
            "message",
            extra={
                "inbox": prepared.row.id,
                "intent": prepared.reading.intent,
                "confidence": round(prepared.reading.confidence, 3),
                "outcome": outcomes[prepared.row.id],
                "ms": round(seconds * 1000 / len(batch), 2),
            },
        )


def _take(
    conn: Connection, now: datetime, known: int, share: Share
) -> tuple[list[Row], list[str], tuple[int, list[Entry]] | None]:
    rows = inbox.take(conn, now, BATCH, share)
    if not rows:
        return [], [], None
    unsaid = [row.id for row in rows if row.role is None]
    met = people.heard(conn, unsaid) if unsaid else {}
    roles = [row.role or (met[row.id].role if row.id in met else people.STRANGER) for row in rows]
    return rows, roles, answers.changed_since(conn, known)
