"""Sending: what the outbox holds, to the platforms. Retry and backoff of sends live here; whose turn it is does not."""

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot import lanes, outbox
from bot.clock import Clock
from bot.db import Db
from bot.messages import Channel, Outgoing, SendRefused, SendUnknown
from bot.receiving import Turn

log = logging.getLogger(__name__)

BATCH = 64
SEND_TIMEOUT = 20.0


Results = list[tuple[Outgoing, str | Exception | None]]
"""What became of messages: the platform's id, if any, or why it is not known to have arrived."""


@dataclass(slots=True)
class _Account:
    """What this process remembers of an account while the database cannot be asked."""

    turn: Turn = field(default_factory=Turn)
    unrecorded: Results = field(default_factory=list)
    in_doubt: bool = False  # a claim failed, perhaps only after its commit: nothing of it was sent


class Sender:
    """Sends for the accounts whose lanes this process holds."""

    def __init__(self, db: Db, clock: Clock, me: str, bulk_interval: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._id = me
        self._bulk_interval = bulk_interval
        self._accounts: defaultdict[str, _Account] = defaultdict(_Account)

    def turn(self, account: str) -> Turn:
        """Whether this process sends for an account."""
        return self._accounts[account].turn

    async def send(self, channel: Channel) -> int:
        """Send what one account may send now; returns how many were tried.

        Claimed one by one, so that a process that dies leaves at most one message in doubt; in batches only where
        the channel deduplicates and a repetition does no harm.
        """
        account = self._accounts[channel.name]
        await self._record(account)
        in_doubt, account.in_doubt = account.in_doubt, True
        messages = await self._db.run(self._claim, channel, in_doubt)
        account.in_doubt = False
        account.turn.give(mine=messages is not None)
        for message in messages or ():
            account.unrecorded.append((message, await self._deliver(channel, message)))
        await self._record(account)
        return len(messages or ())

    async def _record(self, account: _Account) -> None:
        """Where that fails it is done before anything else is sent."""
        if account.unrecorded:
            await self._db.run(_record, account.unrecorded, self._id, self._clock.now())
            account.unrecorded = []

    def _claim(self, conn: Connection, channel: Channel, in_doubt: bool) -> list[Outgoing] | None:
        """What to send now; None where another process sends for the account."""
        now = self._clock.now()
        lane = lanes.hold(conn, channel.name, self._id, now, repeat=channel.dedupes)
        if lane is None:
            return None
        if in_doubt:
            outbox.recover(conn, channel.name, repeat=True)
        return lanes.take(conn, channel.name, now, BATCH if channel.dedupes else 1, self._bulk_interval, lane)

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


def _record(conn: Connection, results: Results, me: str, now: datetime) -> None:
    outbox.sent(conn, [(message.id, to) for message, to in results if not isinstance(to, Exception)], now)
    failed = [(message, result) for message, result in results if isinstance(result, Exception)]
    # Whoever has taken this process's place meanwhile has listed them as unknown, and may have more to say of them.
    if not failed or lanes.locked(conn, failed[0][0].channel, now).holder != me:
        return
    for message, result in failed:
        if isinstance(result, SendRefused):
            outbox.refused(conn, message.id, now, str(result), retry_after=result.retry_after, fatal=result.fatal)
            if result.retry_after:
                lanes.pause(conn, message.channel, now + timedelta(seconds=result.retry_after))
        else:
            outbox.unknown(conn, message.id, str(result))
