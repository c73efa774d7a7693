"""Playing a chat log through the whole pipeline on a virtual clock: `chuishao replay`.

The log's lines go through the same inbox, dispatcher, outbox and jobs as live messages; what the bot sends is
handed to a function, in order of virtual time.
"""

import asyncio
import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot import inbox, jsonl, lanes
from bot.clock import SHANGHAI, VirtualClock
from bot.domain.people import ROLES
from bot.jsonl import BadLine
from bot.messages import Accept, Channel, Incoming, Outgoing, private_chat
from bot.runtime import Runtime
from scheduler.clock import Pending, Ran, Scheduler

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
    if not sender.strip() or not chat.strip():
        raise BadLine("sender 和 chat 不能是空的")
    role, mentioned = jsonl.one_of(record, "role", ROLES), jsonl.flag(record, "mentioned")
    private = chat == "private" or chat.startswith("p:")
    where = private_chat(sender) if private else chat
    return Incoming(
        channel=CHANNEL,
        message_id=_message_id(record, where, text, seen),
        chat=where,
        sender=sender,
        sender_name=str(record.get("sender_name") or ""),
        text=text,
        at=at,
        private=private,
        mentioned=(f"@{nickname}" in text if mentioned is None else mentioned) and not private,
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


@dataclass(slots=True)
class Ahead:
    """What is due up to a moment, as long as nothing is written."""

    runs: deque[Pending]
    held: datetime | None  # when a message that failed is retried, or one that is held back goes out

    def first(self) -> datetime | None:
        """The earliest of it."""
        return _earliest(self.runs[0].at if self.runs else None, self.held)

    def take(self, now: datetime) -> list[Pending]:
        """The runs that are due by now, which lie ahead no longer."""
        taken = []
        while self.runs and self.runs[0].at <= now:
            taken.append(self.runs.popleft())
        return taken

    def moves(self, now: datetime) -> bool:
        """Whether a message may move now."""
        return self.held is not None and self.held <= now


class Replay:
    """Plays lines on one runtime, which holds the virtual clock."""

    def __init__(self, runtime: Runtime, scheduler: Scheduler, clock: VirtualClock, channel: Channel) -> None:
        self._runtime = runtime
        self._scheduler = scheduler
        self._clock = clock
        self._channel = channel

    async def play(self, lines: Iterable[Line]) -> None:
        """Play the lines in their order; time never runs backwards."""
        await self.settle()  # what a replay that was broken off left behind
        for line in lines:
            await self.until(line.at)
            if line.event:
                await self._hear(line.event)
        await self.until(self._clock.now())
        await self._drain(self._clock.now() + AFTER_LAST)

    async def _hear(self, event: Incoming) -> None:
        accepted = asyncio.ensure_future(self._runtime.accept(event))
        await asyncio.sleep(0)  # let it arrive
        await self._runtime.accept_arrivals()
        if await accepted:
            await self._flow()  # a chat log is more than one message

    async def until(self, moment: datetime) -> None:
        """Let everything that is due up to a moment happen at its own time."""
        moment = max(moment, self._clock.now())
        ahead = await self._runtime.db.run(self._look, moment)
        settled = False  # whether there is nothing for messages to do before the next stop
        while (at := ahead.first()) is not None and at <= moment:
            stuck = at <= self._clock.now()
            self._clock.move_to(at)
            runs = ahead.take(self._clock.now())
            ran = await self._scheduler.run(runs, self._clock.now()) if runs else Ran(0, quiet=True)
            if settled and ran.quiet and not ahead.moves(self._clock.now()):
                continue  # most stops of a long silence: nothing changed, what lies ahead is known
            if not ran.done + await self._flow() and stuck:
                break
            settled, ahead = True, await self._runtime.db.run(self._look, moment)
        else:
            await self._runtime.db.run(self._scheduler.pass_over, moment)
        self._clock.move_to(moment)

    def _look(self, conn: Connection, moment: datetime) -> Ahead:
        return Ahead(deque(self._scheduler.pending(conn, moment)), _held(conn, self._channel.name))

    async def settle(self) -> int:
        """Do what is due now: jobs, messages, sends; returns how much was done."""
        return await self._scheduler.tick(self._clock.now()) + await self._flow()

    async def _flow(self) -> int:
        done = 0
        while worked := await self._runtime.work():
            done += worked
        while sent := await self._runtime.send(self._channel):
            done += sent
        return done

    async def _drain(self, until: datetime) -> None:
        """Let go out what merely waits: for its pace, for another attempt. No job runs: that is for the next log."""
        while (held := await self._runtime.db.run(_held, self._channel.name)) is not None and held <= until:
            self._clock.move_to(held)
            if not await self._flow():
                break


def _held(conn: Connection, account: str) -> datetime | None:
    return _earliest(inbox.next_retry(conn), lanes.next_due(conn, account))


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def as_record(message: Outgoing) -> dict[str, Any]:
    """The JSON line for an outgoing message."""
    assert message.at is not None
    at = message.at.astimezone(SHANGHAI)
    return {
        "at": at.replace(microsecond=at.microsecond // 1000 * 1000).isoformat(),
        "chat": "private" if message.private else message.chat,
        "to": message.to,
        "text": message.text,
        "reply_to": message.reply_to,
    }
