"""Settling: prepared messages, through the dispatcher, in as few transactions as their failures allow."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from bot import inbox
from bot.clock import Clock
from bot.db import Db, alone
from bot.dispatch import ELSEWHERE, Dispatcher
from bot.domain import people
from bot.errors import Refusal, Unsettled
from bot.inbox import Row, SettledElsewhere
from bot.prepared import Prepared
from bot.voice import Voice

log = logging.getLogger(__name__)

RETRY, FAILED, BEHIND = "retry", "failed", "behind"
"""Outcomes that the dispatcher does not know: put off, set aside, and left in its place behind a message of its
conversation that was put off.
"""
APOLOGY = "抱歉，这条消息我处理时出了问题，已经转给工作人员查看。"


class Settler:
    """Settles messages. Holds no state."""

    def __init__(self, db: Db, clock: Clock, dispatcher: Dispatcher) -> None:
        self._db = db
        self._clock = clock
        self.dispatcher = dispatcher

    async def settle(self, batch: Sequence[Prepared]) -> dict[int, str]:
        """Settle messages in one transaction; where one fails, those before it, it alone, then those after it.

        Behind one that is put off, its conversation waits. Returns the outcomes by inbox id.
        """
        outcomes: dict[int, str] = {}
        rest = list(batch)
        while rest:
            try:
                settled = await self._db.run(self.dispatcher.settle, rest, self._clock.now())
                return outcomes | _by_id(rest, settled)
            except Unsettled as failure:
                at, why = failure.at, failure.__cause__
            except Exception as error:  # noqa: BLE001 - the database's trouble, with no message in particular
                at, why = 0, error
            before, failed, rest = rest[:at], rest[at], rest[at + 1 :]
            outcomes |= await self.settle(before)
            outcomes[failed.row.id] = outcome = await self._alone(failed, why)
            if outcome in (RETRY, ELSEWHERE):
                conversation = failed.row.channel, failed.row.chat
                behind = [one for one in rest if (one.row.channel, one.row.chat) == conversation]
                outcomes |= dict.fromkeys((one.row.id for one in behind), BEHIND)
                rest = [one for one in rest if one not in behind]
        return outcomes

    async def _alone(self, prepared: Prepared, why: BaseException | None) -> str:
        """Settle a message that failed in a batch: refuse it, or try it once more and then put it off."""
        try:
            if isinstance(why, Refusal):
                return await self._db.run(self.dispatcher.refuse, prepared, self._clock.now(), why)
            log.warning("batch failed", extra={"inbox": prepared.row.id, "error": type(why).__name__})
            (outcome,) = await self._db.run(self.dispatcher.settle, [prepared], self._clock.now())
            return outcome
        except Exception as error:
            if isinstance(error.__cause__, Refusal):
                return await self._alone(prepared, error.__cause__)
            log.exception("message failed", extra={"inbox": prepared.row.id, "attempt": prepared.row.attempts + 1})
            return await self.put_off(prepared.row)

    async def put_off(self, row: Row, *, for_good: bool = False) -> str:
        """Plan another attempt at a message, or set it aside; returns the outcome."""
        try:
            over = await self._db.run(alone, _fail, row, self._clock.now(), for_good=for_good)
        except SettledElsewhere:
            return ELSEWHERE
        return FAILED if over else RETRY


def _by_id(batch: Sequence[Prepared], outcomes: Sequence[str]) -> dict[int, str]:
    return {prepared.row.id: outcome for prepared, outcome in zip(batch, outcomes, strict=True)}


def _fail(conn: Connection, row: Row, now: datetime, *, for_good: bool = False) -> bool:
    over = inbox.fail(conn, row, now, for_good=for_good)
    if over:
        chat = people.meet_chat(conn, row.channel, row.chat, title=row.chat_title, private=row.private)
        voice = Voice(conn, now, f"failed:{row.id}")
        if not row.told:
            voice.to_chat(chat, APOLOGY, to=row.sender, reply_to=row.message_id)
        for person_id in people.holders(conn, people.STAFF)[:1]:
            voice.to_person(person_id, f"有一条消息处理失败，收件编号 {row.id}，请查看日志。", channel=row.channel)
    return over
