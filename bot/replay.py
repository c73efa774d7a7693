"""Playing a chat log through the whole pipeline on a virtual clock: `chuishao replay`.

The log's lines go through the same inbox, dispatcher, outbox and jobs as live messages; what the bot sends is
handed to a function, in order of virtual time.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot import inbox, jsonl, outbox
from bot.clock import SHANGHAI, VirtualClock
from bot.domain.people import ROLES
from bot.jsonl import BadLine
from bot.messages import Accept, Incoming, Outgoing, private_chat
from bot.runtime import Runtime
from scheduler.clock import Scheduler

CHANNEL = "replay"
CLOCK = "clock"
AFTER_LAST = timedelta(minutes=10)
"""How long after the last line what is queued (a paced broadcast) may still go out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log: a message, or (event None) the passing of time."""

    at: datetime
    event: Incoming | None


def parse(raw: bytes, seen: Counter[str], nickname: str = "小红") -> Line:
    """Read one line. `seen` counts equal lines, so that each gets an id that is the same in every replay."""
    record = jsonl.parse(raw)
    at = jsonl.moment(record, "at", None)
    if record.get("role") == "system":
        if record.get("sender") != CLOCK:
            raise BadLine("role 为 system 时 sender 应当是 clock")
        return Line(at, None)
    return Line(at, _event(record, at, seen, nickname))


def _event(record: dict[str, Any], at: datetime, seen: Counter[str], nickname: str) -> Incoming:
    sender, chat, text = (jsonl.text(record, name) for name in ("sender", "chat", "text"))
    if not sender or not chat:
        raise BadLine("sender 和 chat 不能是空的")
    role = record.get("role")
    if role is not None and role not in ROLES:
        raise BadLine(f"不认识的 role：{str(role)[:40]}，可以是 {'、'.join(ROLES)}")
    private = chat == "private" or chat.startswith("p:")
    where = private_chat(sender) if private else chat
    mentioned = record.get("mentioned")
    return Incoming(
        channel=CHANNEL,
        message_id=_message_id(record, where, text, seen),
        chat=where,
        sender=sender,
        sender_name=str(record.get("sender_name") or ""),
        text=text,
        at=at,
        private=private,
        mentioned=bool(f"@{nickname}" in text if mentioned is None else mentioned) and not private,
        role=role,
    )


def _message_id(record: dict[str, Any], chat: str, text: str, seen: Counter[str]) -> str:
    given = record.get("msg_id")
    if given:
        return str(given)
    content = "\n".join((str(record["at"]), chat, str(record["sender"]), text))
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    seen[digest] += 1
    return f"{digest}-{seen[digest]}"


class ReplayChannel:
    """Hands every outgoing message to a function."""

    name = CHANNEL
    dedupes = False

    def __init__(self, out: Callable[[Outgoing], None]) -> None:
        self._out = out

    async def run(self, accept: Accept) -> None:
        """Nothing comes from outside: the log is fed in by `Replay`."""

    async def send(self, message: Outgoing) -> str:
        """Hand it on; its key stands for the platform's id."""
        self._out(message)
        return message.key


class Replay:
    """Plays lines on one runtime, which holds the virtual clock."""

    def __init__(self, runtime: Runtime, scheduler: Scheduler, clock: VirtualClock, channel: ReplayChannel) -> None:
        self._runtime = runtime
        self._scheduler = scheduler
        self._clock = clock
        self._channel = channel

    async def play(self, lines: Iterable[Line]) -> None:
        """Play the lines in their order; time never runs backwards."""
        last = self._clock.now()
        for line in lines:
            await self.until(line.at)
            if line.event:
                accepted = asyncio.ensure_future(self._runtime.accept(line.event))
                await asyncio.sleep(0)  # let it arrive
                await self._runtime.accept_arrivals()
                await accepted
            await self.settle()
            last = max(last, line.at)
        await self._drain(last + AFTER_LAST)

    async def until(self, moment: datetime) -> None:
        """Let everything that is due before a moment happen at its own time."""
        while (due := await self._next(moment)) is not None:
            self._clock.move_to(due)
            await self.settle()
        self._clock.move_to(moment)

    async def _next(self, moment: datetime) -> datetime | None:
        """The earliest thing that is due after now and up to a moment: a job, a retry, a message held back."""
        now = self._clock.now()
        job = await self._scheduler.next_due(moment)
        retry, held = await self._runtime.db.run(_held, self._channel.name)
        return min((at for at in (job, retry, held) if at is not None and now < at <= moment), default=None)

    async def settle(self) -> None:
        """Do what is due now: jobs, messages, sends."""
        await self._scheduler.tick(self._clock.now())
        while await self._runtime.work():
            pass
        while await self._runtime.send(self._channel):
            pass

    async def _drain(self, until: datetime) -> None:
        """Let what is queued and merely paced go out; no job runs, so the clock's own work waits for the next log."""
        while (held := (await self._runtime.db.run(_held, self._channel.name))[1]) is not None and held <= until:
            self._clock.move_to(held)
            if not await self._runtime.send(self._channel):
                break


def _held(conn: Connection, account: str) -> tuple[datetime | None, datetime | None]:
    return inbox.next_retry(conn), outbox.next_due(conn, account)


def as_record(message: Outgoing) -> dict[str, Any]:
    """The JSON line for an outgoing message."""
    assert message.at is not None
    return {
        "at": message.at.astimezone(SHANGHAI).isoformat(),
        "chat": "private" if message.private else message.chat,
        "to": message.to,
        "text": message.text,
        "reply_to": message.reply_to,
    }
