"""Sending: what the outbox holds, to the platforms. Retry and backoff of sends live here; whose turn it is does not."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
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


class Sender:
    """Sends for the accounts whose lanes this process holds."""

    def __init__(self, db: Db, clock: Clock, me: str, bulk_interval: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._id = me
        self._bulk_interval = bulk_interval
        self.turns: defaultdict[str, Turn] = defaultdict(Turn)

    async def send(self, channel: Channel) -> int:
        """Send what one account may send now; returns how many were tried.

        Claimed one by one, so that a process that dies leaves at most one message in doubt; in batches only where
        the channel deduplicates and a repetition does no harm.
        """
        messages = await self._db.run(self._claim, channel)
        self.turns[channel.name].give(mine=messages is not None)
        if not messages:
            return 0
        results = [await self._deliver(channel, message) for message in messages]
        await self._db.run(_record, messages, results, self._clock.now())
        return len(messages)

    def _claim(self, conn: Connection, channel: Channel) -> list[Outgoing] | None:
        """What to send now; None where another process sends for the account."""
        now = self._clock.now()
        if not lanes.hold(conn, channel.name, self._id, now, repeat=channel.dedupes):
            return None
        return outbox.take(conn, channel.name, now, BATCH if channel.dedupes else 1, self._bulk_interval)

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


def _record(
    conn: Connection, messages: Sequence[Outgoing], results: Sequence[str | Exception | None], now: datetime
) -> None:
    pairs = list(zip(messages, results, strict=True))
    outbox.sent(conn, [(one.id, to) for one, to in pairs if not isinstance(to, Exception)], now)
    for message, result in pairs:
        if isinstance(result, SendRefused):
            outbox.refused(conn, message.id, now, str(result), retry_after=result.retry_after, fatal=result.fatal)
            if result.retry_after:
                outbox.pause(conn, message.channel, now + timedelta(seconds=result.retry_after))
        elif isinstance(result, Exception):
            outbox.unknown(conn, message.id, str(result))
