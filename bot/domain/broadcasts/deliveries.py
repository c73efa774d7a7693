"""What became of a broadcast, group by group: read from the outbox, and changed in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import outbox as queue
from bot.domain.broadcasts.drafts import get, mark, release_at, targets
from bot.domain.broadcasts.tables import CONFIRMED, PAUSED, RECALLED, RECALLING, Broadcast
from bot.domain.people import Chat
from bot.outbox import Class, Post, outbox
from bot.pacing import limits, part_key, split

GONE = "dead"
COUNTED = "counted as sent"
"""What is noted of a message of which somebody decided that it arrived."""
HOLD = {"queued": PAUSED, "sending": "pausing"}
RELEASE = {held: before for before, held in HOLD.items()}
WITHDRAW = {"queued": GONE, PAUSED: GONE, "sending": "stopping", "pausing": "stopping"}
PUT_OFF = {"queued": "queued", "sending": "sending"}
"""From state to state: what is in flight is noted, for it comes back where the platform refuses it."""
SENT, UNKNOWN, FAILED, STOPPED, WAITING = "sent", "unknown", "failed", "recalled", "waiting"
_WORST = (UNKNOWN, FAILED, WAITING, SENT, STOPPED)
"""What a group's fate is where the parts of a long message differ: the first of these that occurs."""
CHUNK = 500
"""Messages that are looked up, or changed, by one statement."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a broadcast has arrived, group by group."""

    sent: tuple[Chat, ...]
    unknown: tuple[Chat, ...]  # may or may not have arrived; never repeated by itself
    failed: tuple[Chat, ...]
    recalled: tuple[Chat, ...]  # not sent any more, or taken back
    waiting: tuple[Chat, ...]
    last_at: datetime | None  # when the last message was sent
    next_at: datetime | None  # when the next of those that wait may go

    @property
    def total(self) -> int:
        """How many groups it was meant for."""
        return len(self.sent) + len(self.unknown) + len(self.failed) + len(self.recalled) + len(self.waiting)


def key(number: int, chat_id: int) -> str:
    """The outbox key of one delivery: a group gets a broadcast at most once."""
    return f"broadcast:{number}:{chat_id}"


def _recall_key(key_: str) -> str:
    return f"{key_}:recall"


def _keys(item: Broadcast, chats: Sequence[Chat]) -> Mapping[int, list[str]]:
    """The outbox keys of the deliveries by chat, one for each part of the text."""
    parts = {channel: len(split(item.text, limits(channel))) for channel in {chat.channel for chat in chats}}
    return {
        chat.id: [part_key(key(item.id, chat.id), number) for number in range(1, parts[chat.channel] + 1)]
        for chat in chats
    }


def progress(conn: Connection, number: int) -> Progress:
    """What the outbox says of a broadcast's messages."""
    item, chats = get(conn, number), targets(conn, number)
    keys = _keys(item, chats)
    every = [one for some in keys.values() for one in some]
    rows = {row.key: row for row in _rows(conn, every)}
    back = item.state in (RECALLING, RECALLED)
    recalls = {row.key: row for row in _rows(conn, map(_recall_key, every))} if back else {}
    found: dict[str, list[Chat]] = {fate: [] for fate in _WORST}
    for chat in chats:
        fates = {_fate(rows.get(one), recalls.get(_recall_key(one))) for one in keys[chat.id]}
        found[next(fate for fate in _WORST if fate in fates)].append(chat)
    last = max((row.sent_at for row in rows.values() if row.sent_at), default=None)
    following = min((row.due_at for row in rows.values() if row.state == "queued"), default=None)
    return Progress(**{fate: tuple(some) for fate, some in found.items()}, last_at=last, next_at=following)


def _rows(conn: Connection, keys: Iterator[str] | Sequence[str]) -> Iterator[Any]:
    columns = outbox.c.key, outbox.c.state, outbox.c.error, outbox.c.sent_at, outbox.c.due_at
    for some in _chunks(list(keys)):
        yield from conn.execute(sa.select(*columns).where(outbox.c.key.in_(some)))


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[first : first + CHUNK] for first in range(0, len(keys), CHUNK))


def _fate(row: Any, taking: Any) -> str:
    """Of one message, and of what takes it back: where that fails, it is out as it was."""
    if taking and taking.state not in (UNKNOWN, GONE):
        return STOPPED if taking.state == SENT else WAITING
    if row is None:
        return WAITING
    if row.state == GONE:
        return STOPPED if row.error == RECALLED else FAILED
    return str(row.state) if row.state in (SENT, UNKNOWN) else WAITING


def is_queued(conn: Connection, item: Broadcast) -> bool:
    """Whether anything of it waits to be sent: a cheap answer for the clock, which asks every second."""
    return conn.execute(sa.select(outbox.c.id).where(*_queued(item)).limit(1)).first() is not None


def waits_since(conn: Connection, item: Broadcast) -> datetime | None:
    """When the first of what waits to be sent was, or will be, due."""
    at: datetime | None = conn.scalar(sa.select(sa.func.min(outbox.c.due_at)).where(*_queued(item)))
    return at


def _queued(item: Broadcast) -> tuple[sa.TextClause, sa.ColumnElement[bool]]:
    """In words that let the database use its index of what is queued."""
    return sa.text("state = 'queued'"), outbox.c.key.like(f"broadcast:{item.id}:%")


def recall(conn: Connection, item: Broadcast, now: datetime) -> list[Chat]:
    """Stop what is still queued, and take back what the platforms let be taken back; the groups where that is tried.

    A message that is being sent can no longer be stopped: should it be refused, it is not sent again; should it
    arrive, it is taken back then (`take_back`).
    """
    _change(conn, item, WITHDRAW, error=RECALLED)
    ours = _recallable(conn, item)
    in_flight = {row.key for row in _rows(conn, list(ours)) if row.state == "stopping"}
    tried = {ours[one].id for one in in_flight} | take_back(conn, item, now)
    if tried:
        mark(conn, item.id, RECALLING)
    return [chat for chat in targets(conn, item.id) if chat.id in tried]


def take_back(conn: Connection, item: Broadcast, now: datetime) -> set[int]:
    """Take back what has arrived, was not tried yet and can be taken back still; the chats where that begins."""
    ours = _recallable(conn, item)
    tried = {row.key for row in _rows(conn, [_recall_key(one) for one in ours])}
    posts, begun = [], set()
    for some in _chunks([one for one in ours if _recall_key(one) not in tried]):
        sent = sa.select(outbox.c.key, outbox.c.gateway_id, outbox.c.sent_at).where(
            outbox.c.key.in_(some), outbox.c.state == SENT, outbox.c.gateway_id.is_not(None)
        )
        for row in conn.execute(sent):
            chat = ours[row.key]
            if now - row.sent_at < timedelta(seconds=limits(chat.channel).recall or 0):
                posts.append(_take_back(chat, row.key, row.gateway_id))
                begun.add(chat.id)
    queue.post_all(conn, posts, now)
    return begun


def _recallable(conn: Connection, item: Broadcast) -> dict[str, Chat]:
    """The outbox keys of its messages on platforms that let messages be taken back, and where they went."""
    chats = [chat for chat in targets(conn, item.id) if limits(chat.channel).recall]
    keys = _keys(item, chats)
    return {one: chat for chat in chats for one in keys[chat.id]}


def _take_back(chat: Chat, key_: str, gateway_id: str) -> Post:
    return Post(_recall_key(key_), chat.channel, chat.external_id, "", klass=Class.REPLY, recalls=gateway_id)


def pause(conn: Connection, item: Broadcast) -> int:
    """Hold back what is still queued; how many messages."""
    mark(conn, item.id, PAUSED)
    return _change(conn, item, HOLD)[PAUSED]


def resume(conn: Connection, item: Broadcast, now: datetime) -> datetime:
    """Let go what is held back; from when on. Like a confirmation, in quiet hours it waits for the morning."""
    mark(conn, item.id, CONFIRMED)
    begin = max(item.due_at or now, now if item.urgent else release_at(now))
    _change(conn, item, RELEASE, due_at=begin)
    return begin


def put_off(conn: Connection, item: Broadcast, until: datetime) -> int:
    """Let what is still queued wait for a moment; how many messages."""
    return _change(conn, item, PUT_OFF, outbox.c.due_at < until, due_at=until)["queued"]


def repeat(conn: Connection, item: Broadcast, now: datetime) -> datetime:
    """Send again, under the same keys, what is doubtful and what failed: somebody decided so. From when on."""
    mark(conn, item.id, CONFIRMED)
    begin = now if item.urgent else release_at(now)
    again: dict[str, object] = {"due_at": begin, "attempts": 0, "error": None}
    _change(conn, item, {UNKNOWN: "queued"}, **again)
    _change(conn, item, {GONE: "queued"}, outbox.c.error.is_distinct_from(RECALLED), **again)
    return begin


def presume_sent(conn: Connection, item: Broadcast, now: datetime) -> None:
    """Count what is doubtful as sent: somebody looked."""
    _change(conn, item, {UNKNOWN: SENT}, sent_at=now, error=COUNTED)


def _change(
    conn: Connection, item: Broadcast, moves: Mapping[str, str], *further: sa.ColumnElement[bool], **values: object
) -> Counter[str]:
    """Move its messages from state to state; how many are now in each.

    All moves in one statement, so that no message slips between two while it is taken or refused.
    """
    keys = [one for some in _keys(item, targets(conn, item.id)).values() for one in some]
    change = sa.update(outbox).where(outbox.c.state.in_(moves), *further)
    change = change.values(state=sa.case(dict(moves), value=outbox.c.state), **values)
    moved = (change.where(outbox.c.key.in_(some)).returning(outbox.c.state) for some in _chunks(keys))
    return Counter(state for one in moved for state in conn.scalars(one))
