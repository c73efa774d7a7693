"""What must be true after every fault, and once all is quiet."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bot.channels.wecom.robot import readable
from bot.messages import private_chat
from tests.chaos.bot import ACCOUNT
from tests.chaos.databases import Database, Row
from tests.chaos.gateway import taken
from tests.chaos.texts import HELLO, NEED, kind_of

QUERIES = (
    "select channel, message_id, state from inbox order by id",
    "select channel, chat, private, text, state, reply_to, due_at from outbox order by id",
    "select text from need",
    "select need_id, kind from need_event where kind in ('created', 'dispatched')",
    "select due from chaos_pulse",
    "select due_at from job_run where job = 'pulse' and state = 'done'",
    "select job, scope, due_at from job_run",
)
PULSE = timedelta(seconds=10)
SHOWN = 10
"""Rows of a violation."""


@dataclass(frozen=True, slots=True)
class Look:
    """The database at one moment; what the gateway had taken before, and after; what was acknowledged before."""

    acked: frozenset[str]
    before: Counter[tuple[str, str]]
    after: Counter[tuple[str, str]]
    inbox: list[Row]
    outbox: list[Row]
    needs: list[Row]
    events: list[Row]
    pulses: list[Row]
    beats: list[Row]
    runs: list[Row]

    def sendings(self, *states: str) -> Counter[tuple[str, str]]:
        """Chat and text, as the gateway knows them, of the account's messages in these states."""
        return Counter(
            (chat.removeprefix(private_chat("")) if private else chat, readable(text))
            for channel, chat, private, text, state, *_ in self.outbox
            if channel == ACCOUNT and state in states
        )

    @property
    def waiting(self) -> int:
        """How many messages have not come to their end."""
        outgoing = [row for row in self.outbox if row[1] != "pulse"]
        return len(self.inbox) + len(outgoing) - self.ended

    @property
    def ended(self) -> int:
        """How many messages have come to their end, in or out; the pulses of the clock aside."""
        settled = [message for _, message, state in self.inbox if state == "done"]
        over = [row for row in self.outbox if row[1] != "pulse" and row[4] not in ("queued", "sending")]
        return len(settled) + len(over)


async def look(database: Database, folder: Path, acked: Iterable[str]) -> Look:
    """What there is to see now."""
    known, before = frozenset(acked), Counter(taken(folder))
    found = await database.rows(*QUERIES)
    return Look(known, before, Counter(taken(folder)), *found)


def violations(seen: Look) -> list[str]:
    """What is lost or doubled, whatever is still under way."""
    inbox = [(channel, message) for channel, message, *_ in seen.inbox]
    replies = [(channel, reply_to) for channel, *_, reply_to, _ in seen.outbox if reply_to]
    cards = [row[:4] for row in seen.outbox if row[1].startswith("desk-") and row[3].startswith("新诉求")]
    pulses = [_moment(due) for (due,) in seen.pulses]
    return [
        *_show("accepted message lost", seen.acked - {message for channel, message in inbox if channel == "web"}),
        *_twice("message accepted twice", inbox),
        *_twice("need registered twice", seen.needs),
        *_twice("need's event twice", seen.events),
        *_twice("message answered twice", replies),
        *_twice("card twice", cards),
        *_twice("run twice", seen.runs),
        *_twice("run's effect twice", pulses),
        *_show(
            "run's effect without its row, or the row without it", {*pulses} ^ {_moment(at) for (at,) in seen.beats}
        ),
        *_show("sent, but the gateway did not take it", seen.sendings("sent") - seen.after),
        *_show("taken more often than sent", seen.before - seen.sendings("sent", "unknown", "sending")),
    ]


def unfinished(seen: Look, now: datetime) -> list[str]:
    """What has not come to its end although nothing disturbs any more."""
    done = [message for _, message, state in seen.inbox if state == "done"]
    numbers = [number_of(message) for message in done]
    answered = {reply_to for *_, reply_to, _ in seen.outbox if reply_to}
    expected = {message for message in done if kind_of(number_of(message)) in (NEED, HELLO)}
    due = sorted(_moment(at) for (at,) in seen.beats)
    gaps = [at for at, following in pairwise(due) if following - at != PULSE]
    needs = sum(kind_of(number) == NEED for number in numbers)
    return [
        *_show("message not settled", [row for row in seen.inbox if row[2] != "done"]),
        *_show("message without its answer", expected - answered),
        *_show("needs and their messages differ", [(needs, len(seen.needs))] if needs != len(seen.needs) else []),
        *_show("events missing", [len(seen.events)] if len(seen.events) != 2 * needs else []),
        *_show("not sent", [row for row in seen.outbox if _stuck(row, now)]),
        *_show("run left out after", gaps),
    ]


def number_of(message: str) -> int:
    """The number of a message: the page's are UUIDs, the gateway's r1000001."""
    return int(message[1:]) if message.startswith("r") else int(message.replace("-", ""), 16) - 1


def _stuck(row: Row, now: datetime) -> bool:
    channel, _chat, _private, _text, state, _reply_to, due_at = row
    if state == "queued":
        return _moment(due_at) <= now
    return state not in (("sent", "unknown") if channel == ACCOUNT else ("sent",))


def _moment(stored: object) -> datetime:
    moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _twice(what: str, items: Iterable[Hashable]) -> Iterator[str]:
    return _show(what, [item for item, count in Counter(items).items() if count > 1])


def _show(what: str, items: Collection[object]) -> Iterator[str]:
    if items:
        shown = ", ".join(map(str, list(items)[:SHOWN]))
        yield f"{what}: {len(items)}: {shown}"
