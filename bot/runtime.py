"""The loops: accept, work, send. Retry, pacing and backoff live here; rules do not."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from bot import inbox, outbox
from bot.arrivals import Arrivals
from bot.clock import Clock
from bot.db import Db, alone
from bot.dispatch import Dispatcher, Prepared
from bot.domain import answers, people
from bot.errors import Refusal
from bot.inbox import Row, SettledElsewhere
from bot.loops import repeat
from bot.messages import Channel, Incoming, Outgoing, SendRefused, SendUnknown
from bot.mind import Mind
from bot.voice import Voice
from knowledge.faq import Entry

log = logging.getLogger(__name__)

BATCH = 64
"""At most this many messages share a transaction: what queued during the last commit, never a timer."""
SEND_TIMEOUT = 20.0
RETRY, FAILED, ELSEWHERE, BEHIND = "retry", "failed", "elsewhere", "behind"
"""Outcomes that the dispatcher does not know: put off, set aside, left to another worker, and left in its place
behind a message of its conversation that was put off.
"""
APOLOGY = "抱歉，这条消息我处理时出了问题，已经转给工作人员查看。"


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
        self._arrivals = Arrivals(db, clock)
        self._accepted = asyncio.Event()
        self._queued = {name: asyncio.Event() for name in self.channels}

    # accept

    async def accept(self, event: Incoming) -> bool:
        """Durably accept an event; returns after the commit. False: it was known already. See `Arrivals.accept`."""
        return await self._arrivals.accept(event)

    async def accept_arrivals(self) -> int:
        """Commit what arrived since the last time, in one transaction."""
        stored = await self._arrivals.commit()
        if stored:
            self._accepted.set()
        return stored

    # work

    async def work(self) -> int:
        """Settle the next messages; returns how many were taken."""
        rows, roles, base = await self.db.run(_take, self.clock.now(), self.mind.version)
        if base:
            self.mind.learn(*base)
        if not rows:
            return 0
        started = time.perf_counter()
        readings = [await self._prepare(row, role) for row, role in zip(rows, roles, strict=True)]
        batch = [prepared for prepared in readings if prepared]
        try:
            outcomes = await self.db.run(alone, self._settle_all, batch)
        except Exception as error:  # noqa: BLE001 - whatever one message does must not stop the others
            if not isinstance(error, Refusal | SettledElsewhere):
                log.warning("batch failed", extra={"size": len(batch), "error": type(error).__name__})
            outcomes = await self._settle_singly(batch)
        _report(batch, outcomes, time.perf_counter() - started)
        self.wake()
        return len(rows)

    async def _prepare(self, row: Row, role: str) -> Prepared | None:
        try:
            return self.mind.prepare(row, role)
        except Exception:
            log.exception("reading failed", extra={"inbox": row.id})
            await self._put_off(row, for_good=True)  # reading is pure: what fails once fails always
            return None

    def _settle_all(self, conn: Connection, batch: Sequence[Prepared]) -> list[str]:
        now = self.clock.now()
        return [self.dispatcher.settle(conn, prepared, now) for prepared in batch]

    async def _settle_singly(self, batch: Sequence[Prepared]) -> list[str]:
        """Each message in a transaction of its own; behind one that is put off, its conversation waits."""
        outcomes: list[str] = []
        waiting: set[tuple[str, str]] = set()
        for prepared in batch:
            conversation = prepared.row.channel, prepared.row.chat
            outcome = BEHIND if conversation in waiting else await self._settle_alone(prepared)
            if outcome in (RETRY, ELSEWHERE):
                waiting.add(conversation)
            outcomes.append(outcome)
        return outcomes

    async def _settle_alone(self, prepared: Prepared) -> str:
        try:
            return await self._settle_or_refuse(prepared)
        except SettledElsewhere:
            return ELSEWHERE
        except Exception:
            log.exception("message failed", extra={"inbox": prepared.row.id, "attempt": prepared.row.attempts + 1})
            return await self._put_off(prepared.row)

    async def _settle_or_refuse(self, prepared: Prepared) -> str:
        now = self.clock.now()
        try:
            return await self.db.run(alone, self.dispatcher.settle, prepared, now)
        except Refusal as refusal:
            return await self.db.run(alone, self.dispatcher.refuse, prepared, now, refusal)

    async def _put_off(self, row: Row, *, for_good: bool = False) -> str:
        try:
            over = await self.db.run(alone, _fail, row, self.clock.now(), for_good=for_good)
        except SettledElsewhere:
            return ELSEWHERE
        return FAILED if over else RETRY

    # send

    async def send(self, channel: Channel) -> int:
        """Send what one account may send now; returns how many were tried.

        Claimed one by one, so that a process that dies leaves at most one message in doubt; in batches only where
        the channel deduplicates and a repetition does no harm.
        """
        limit = BATCH if channel.dedupes else 1
        messages = await self.db.run(outbox.take, channel.name, self.clock.now(), limit, self._bulk_interval)
        results = [await self._deliver(channel, message) for message in messages]
        if messages:
            await self.db.run(_record, messages, results, self.clock.now())
        return len(messages)

    async def _deliver(self, channel: Channel, message: Outgoing) -> str | Exception | None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                return await channel.send(message)
        except TimeoutError:
            error: Exception = SendUnknown("no answer in time")
        except (SendRefused, SendUnknown) as trouble:
            error = trouble
        except Exception as trouble:
            log.exception("send failed", extra={"outbox": message.id})
            error = SendUnknown(type(trouble).__name__)
        log.warning("not sent", extra={"outbox": message.id, "error": type(error).__name__})
        return error

    # loops

    async def recover(self) -> None:
        """After a crash: settle what was being sent when the process ended."""
        for channel in self.channels.values():
            await self.db.run(outbox.recover, channel.name, repeat=channel.dedupes)

    async def run(self) -> None:
        """All loops until cancelled. A channel that ends by itself (console) leaves the others running; one that
        raises ends them all, and its error is raised in an ExceptionGroup.

        They end in the order of the flow turned round, each after the step it is in: sends and work, then the
        channels, and last what the channels have yet to hand in.
        """
        await self.recover()
        try:
            async with asyncio.TaskGroup() as accepting:
                accepting.create_task(repeat(self.accept_arrivals, self._arrivals.come))
                async with asyncio.TaskGroup() as listening:
                    for channel in self.channels.values():
                        listening.create_task(self._listen(channel))
                    async with asyncio.TaskGroup() as working:
                        working.create_task(repeat(self.work, self._accepted))
                        for channel in self.channels.values():
                            working.create_task(repeat(partial(self.send, channel), self._queued[channel.name]))
        finally:
            self._arrivals.close()

    async def _listen(self, channel: Channel) -> None:
        try:
            await channel.run(self.accept)
        except Exception:
            log.exception("channel failed", extra={"channel": channel.name})
            raise
        log.info("channel ended", extra={"channel": channel.name})

    def wake(self) -> None:
        """Something was put into the outbox outside of `work` (a job, a page)."""
        for queued in self._queued.values():
            queued.set()


def _report(batch: Sequence[Prepared], outcomes: Sequence[str], seconds: float) -> None:
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


def _take(conn: Connection, now: datetime, known: int) -> tuple[list[Row], list[str], tuple[int, list[Entry]] | None]:
    rows = inbox.take(conn, now, BATCH)
    roles = [row.role or people.role_of(conn, row.channel, row.chat, row.sender) for row in rows]
    return rows, roles, answers.changed_since(conn, known)


def _fail(conn: Connection, row: Row, now: datetime, *, for_good: bool = False) -> bool:
    over = inbox.fail(conn, row, now, for_good=for_good)
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
