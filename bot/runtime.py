"""The loops: accept, work, send. Retry, pacing and backoff live here; rules do not."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from bot import inbox, outbox
from bot.clock import Clock
from bot.db import Db
from bot.dispatch import Dispatcher, Prepared
from bot.domain import answers, people
from bot.errors import Refusal
from bot.inbox import Row
from bot.messages import Channel, Incoming, Outgoing, SendRefused, SendUnknown
from bot.mind import Mind
from bot.voice import Voice
from knowledge.faq import Entry

log = logging.getLogger(__name__)

BATCH = 64
"""At most this many messages share a transaction: what queued during the last commit, never a timer."""
POLL = 1.0
"""Seconds after which the loops look by themselves, should a wake-up be missed."""
SEND_TIMEOUT = 20.0
APOLOGY = "抱歉，这条消息我处理时出了问题，已经转给工作人员查看。"


@dataclass(slots=True)
class _Arrival:
    event: Incoming
    done: asyncio.Future[bool]


class Runtime:
    """Moves messages from channels to the inbox, through the dispatcher, and from the outbox to channels."""

    def __init__(
        self,
        db: Db,
        clock: Clock,
        mind: Mind,
        dispatcher: Dispatcher,
        channels: Sequence[Channel],
        bulk_interval: timedelta = timedelta(seconds=3),
    ) -> None:
        self.db = db
        self.clock = clock
        self.mind = mind
        self.dispatcher = dispatcher
        self.channels = {channel.name: channel for channel in channels}
        self._bulk_interval = bulk_interval
        self._arrivals: list[_Arrival] = []
        self._arrived = asyncio.Event()
        self._accepted = asyncio.Event()
        self._queued = {name: asyncio.Event() for name in self.channels}

    # accept

    async def accept(self, event: Incoming) -> bool:
        """Durably accept an event; returns after the commit. False: it was known already."""
        if not event.sender or not event.chat or not event.message_id:
            raise ValueError("an event needs a sender, a chat and a message id")
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._arrivals.append(_Arrival(event, done))
        self._arrived.set()
        return await done

    async def accept_arrivals(self) -> int:
        """Commit all that arrived since the last time in one transaction."""
        arrivals, self._arrivals = self._arrivals, []
        if not arrivals:
            return 0
        try:
            events = [arrival.event for arrival in arrivals]
            answers_ = await self.db.run(inbox.accept, events, self.clock.now())
        except Exception as error:
            for arrival in arrivals:
                if not arrival.done.cancelled():
                    arrival.done.set_exception(error)
            raise
        for arrival, new in zip(arrivals, answers_, strict=True):
            if not arrival.done.cancelled():
                arrival.done.set_result(new)
        self._accepted.set()
        return len(arrivals)

    # work

    async def work(self) -> int:
        """Settle the next messages; returns how many were taken."""
        rows, roles, base = await self.db.run(_take, self.clock.now(), self.mind.version)
        if base:
            self.mind.learn(*base)
        if not rows:
            return 0
        started = time.perf_counter()
        batch = [
            prepared for row, role in zip(rows, roles, strict=True) if (prepared := await self._prepare(row, role))
        ]
        try:
            outcomes = await self.db.run(self._settle_all, batch)
        except Exception as error:  # noqa: BLE001 - whatever one message does must not stop the others
            if not isinstance(error, Refusal):
                log.warning("batch failed", extra={"size": len(batch), "error": repr(error)})
            outcomes = [await self._settle_alone(prepared) for prepared in batch]
        self._report(batch, outcomes, time.perf_counter() - started)
        self.wake()
        return len(rows)

    async def _prepare(self, row: Row, role: str) -> Prepared | None:
        try:
            return self.mind.prepare(row, role)
        except Exception:
            log.exception("reading failed", extra={"inbox": row.id})
            await self.db.run(_fail, row, self.clock.now())
            return None

    def _settle_all(self, conn: Connection, batch: Sequence[Prepared]) -> list[str]:
        now = self.clock.now()
        return [self.dispatcher.settle(conn, prepared, now) for prepared in batch]

    async def _settle_alone(self, prepared: Prepared) -> str:
        now = self.clock.now()
        try:
            return await self.db.run(self.dispatcher.settle, prepared, now)
        except Refusal as refusal:
            return await self.db.run(self.dispatcher.refuse, prepared, now, refusal)
        except Exception:
            log.exception("message failed", extra={"inbox": prepared.row.id, "attempt": prepared.row.attempts + 1})
            over = await self.db.run(_fail, prepared.row, now)
            return "failed" if over else "retry"

    def _report(self, batch: Sequence[Prepared], outcomes: Sequence[str], seconds: float) -> None:
        for prepared, outcome in zip(batch, outcomes, strict=True):
            log.info(
                "message",
                extra={
                    "inbox": prepared.row.id,
                    "intent": prepared.reading.intent,
                    "confidence": round(prepared.reading.confidence, 3),
                    "outcome": outcome,
                    "ms": round(seconds * 1000 / len(batch), 2),
                },
            )

    # send

    async def send(self, channel: Channel) -> int:
        """Send what one account may send now; returns how many were tried."""
        now = self.clock.now()
        messages = await self.db.run(outbox.take, channel.name, now, BATCH, self._bulk_interval)
        results = [await self._deliver(channel, message) for message in messages]
        if messages:
            await self.db.run(_record, messages, results, self.clock.now())
        return len(messages)

    async def _deliver(self, channel: Channel, message: Outgoing) -> str | Exception | None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                return await channel.send(message)
        except TimeoutError:
            return SendUnknown("no answer in time")
        except (SendRefused, SendUnknown) as error:
            return error
        except Exception as error:
            log.exception("send failed", extra={"outbox": message.id})
            return SendUnknown(repr(error))

    # loops

    async def recover(self) -> None:
        """After a crash: settle what was being sent when the process ended."""
        for channel in self.channels.values():
            await self.db.run(outbox.recover, channel.name, repeat=channel.dedupes)

    async def run(self) -> None:
        """All loops until cancelled. A channel that ends by itself (console) leaves the others running."""
        await self.recover()
        async with asyncio.TaskGroup() as group:
            group.create_task(_repeat(self.accept_arrivals, self._arrived))
            group.create_task(_repeat(self.work, self._accepted))
            for channel in self.channels.values():
                group.create_task(channel.run(self.accept))
                group.create_task(_repeat(partial(self.send, channel), self._queued[channel.name]))

    def wake(self) -> None:
        """Something was put into the outbox outside of `work` (a job, a page)."""
        for queued in self._queued.values():
            queued.set()


async def _repeat(step: Callable[[], Awaitable[int]], wake: asyncio.Event) -> None:
    """Run a step while it finds something, then wait for the wake-up or the poll."""
    while True:
        wake.clear()
        try:
            while await step():
                pass
        except Exception:
            log.exception("loop step failed")
            await asyncio.sleep(POLL)
        try:
            async with asyncio.timeout(POLL):
                await wake.wait()
        except TimeoutError:
            pass


def _take(conn: Connection, now: datetime, known: int) -> tuple[list[Row], list[str], tuple[int, list[Entry]] | None]:
    rows = inbox.take(conn, now, BATCH)
    roles = [row.role or people.role_of(conn, row.channel, row.chat, row.sender) for row in rows]
    return rows, roles, answers.changed_since(conn, known)


def _fail(conn: Connection, row: Row, now: datetime) -> bool:
    over = inbox.fail(conn, row, now)
    if over:
        chat = people.meet_chat(conn, row.channel, row.chat, title=row.chat_title, private=row.private)
        voice = Voice(conn, now, f"failed:{row.id}")
        voice.to_chat(chat, APOLOGY, to=row.sender, reply_to=row.message_id)
        for person_id in people.holders(conn, people.STAFF)[:1]:
            voice.to_person(person_id, f"有一条消息处理失败，收件编号 {row.id}，请查看日志。", channel=row.channel)
    return over


def _record(
    conn: Connection, messages: Sequence[Outgoing], results: Sequence[str | Exception | None], now: datetime
) -> None:
    for message, result in zip(messages, results, strict=True):
        if isinstance(result, SendRefused):
            outbox.refused(conn, message.id, now, str(result), retry_after=result.retry_after, fatal=result.fatal)
            if result.retry_after:
                outbox.pause(conn, message.channel, now + timedelta(seconds=result.retry_after))
        elif isinstance(result, Exception):
            outbox.unknown(conn, message.id, str(result))
        else:
            outbox.sent(conn, message.id, now, result)
