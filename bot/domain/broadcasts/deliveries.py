"""What became of a broadcast, group by group: read from the outbox, and changed in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.broadcasts.drafts import get, mark, release_at, targets
from bot.domain.broadcasts.tables import CONFIRMED, PAUSED, Broadcast
from bot.domain.people import Chat
from bot.outbox import outbox
from bot.pacing import limits, part_key, split

RECALLED = "recalled"
GONE = "dead"
COUNTED = "counted as sent"
"""What is noted of a message of which somebody decided that it arrived."""
SENT, UNKNOWN, FAILED, STOPPED, WAITING = "sent", "unknown", "failed", "recalled", "waiting"
_WORST = (UNKNOWN, FAILED, WAITING, STOPPED, SENT)
"""What a group's fate is where the parts of a long message differ: the first of these that occurs."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a broadcast has arrived, group by group."""

    sent: tuple[Chat, ...]
    unknown: tuple[Chat, ...]  # may or may not have arrived; never repeated by itself
    failed: tuple[Chat, ...]
    recalled: tuple[Chat, ...]
    waiting: tuple[Chat, ...]
    last_at: datetime | None  # when the last message was sent

    @property
    def total(self) -> int:
        """How many groups it was meant for."""
        return len(self.sent) + len(self.unknown) + len(self.failed) + len(self.recalled) + len(self.waiting)


def key(number: int, chat_id: int) -> str:
    """The outbox key of one delivery: a group gets a broadcast at most once."""
    return f"broadcast:{number}:{chat_id}"


def _keys(item: Broadcast, chat: Chat) -> list[str]:
    """The outbox keys of a delivery, one for each part of the text."""
    parts = len(split(item.text, limits(chat.channel)))
    return [part_key(key(item.id, chat.id), number) for number in range(1, parts + 1)]


def progress(conn: Connection, number: int) -> Progress:
    """What the outbox says of a broadcast's messages."""
    item, chats = get(conn, number), targets(conn, number)
    keys = {chat.id: _keys(item, chat) for chat in chats}
    rows = {row.key: row for row in _rows(conn, [one for some in keys.values() for one in some])}
    found: dict[str, list[Chat]] = {fate: [] for fate in _WORST}
    for chat in chats:
        fates = {_fate(rows[one]) if one in rows else WAITING for one in keys[chat.id]}
        found[next(fate for fate in _WORST if fate in fates)].append(chat)
    last = max((row.sent_at for row in rows.values() if row.sent_at), default=None)
    return Progress(**{fate: tuple(some) for fate, some in found.items()}, last_at=last)


def _rows(conn: Connection, keys: Sequence[str]) -> Iterator[Any]:
    columns = outbox.c.key, outbox.c.state, outbox.c.error, outbox.c.sent_at
    for first in range(0, len(keys), 500):
        yield from conn.execute(sa.select(*columns).where(outbox.c.key.in_(keys[first : first + 500])))


def _fate(row: Any) -> str:
    if row.state == GONE:
        return STOPPED if row.error == RECALLED else FAILED
    return str(row.state) if row.state in (SENT, UNKNOWN) else WAITING


def recall(conn: Connection, item: Broadcast) -> None:
    """Take back what is still queued; a message that is being sent can no longer be stopped."""
    _change(conn, item, ("queued", PAUSED), state=GONE, error=RECALLED)


def pause(conn: Connection, item: Broadcast) -> int:
    """Hold back what is still queued; how many messages."""
    mark(conn, item.id, PAUSED)
    return _change(conn, item, ("queued",), state=PAUSED)


def resume(conn: Connection, item: Broadcast, now: datetime) -> datetime:
    """Let go what is held back; from when on. Like a confirmation, in quiet hours it waits for the morning."""
    mark(conn, item.id, CONFIRMED)
    begin = max(item.due_at or now, now if item.urgent else release_at(now))
    _change(conn, item, (PAUSED,), state="queued", due_at=begin)
    return begin


def repeat(conn: Connection, item: Broadcast, now: datetime) -> None:
    """Send again, under the same keys, what is doubtful and what failed: somebody decided so."""
    mark(conn, item.id, CONFIRMED)
    _change(conn, item, (UNKNOWN,), state="queued", due_at=now, attempts=0, error=None)
    failed = outbox.c.error.is_distinct_from(RECALLED)
    _change(conn, item, (GONE,), failed, state="queued", due_at=now, attempts=0, error=None)


def presume_sent(conn: Connection, item: Broadcast, now: datetime) -> None:
    """Count what is doubtful as sent: somebody looked."""
    _change(conn, item, (UNKNOWN,), state=SENT, sent_at=now, error=COUNTED)


def _change(
    conn: Connection, item: Broadcast, states: Sequence[str], *further: sa.ColumnElement[bool], **values: object
) -> int:
    keys = [one for chat in targets(conn, item.id) for one in _keys(item, chat)]
    mine = outbox.c.key.in_(keys), outbox.c.state.in_(states)
    return conn.execute(sa.update(outbox).where(*mine, *further).values(**values)).rowcount
