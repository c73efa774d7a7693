"""群发: how groups are called, how far a broadcast has come, and the report when it is out."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast
from bot.domain.people import Chat
from bot.outbox import Class, outbox
from bot.voice import Voice

UNNAMED = ("", "工作群")
RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a broadcast has arrived, group by group."""

    sent: tuple[str, ...]
    unknown: tuple[str, ...]  # may or may not have arrived; never repeated by itself
    failed: tuple[str, ...]
    recalled: tuple[str, ...]
    waiting: tuple[str, ...]
    last_at: datetime | None  # when the last message was sent

    @property
    def total(self) -> int:
        """How many groups it was meant for."""
        return len(self.sent) + len(self.unknown) + len(self.failed) + len(self.recalled) + len(self.waiting)


def title(chat: Chat) -> str:
    """What a group is called; one whose title was never learnt, by its id on the platform."""
    return chat.title if chat.title not in UNNAMED else f"工作群 {chat.external_id.split('@')[0]}"


def send(conn: Connection, voice: Voice, item: Broadcast) -> None:
    """Queue a confirmed broadcast to every group, paced, once each."""
    for chat in broadcasts.targets(conn, item.id):
        voice.to_chat(
            chat,
            item.text,
            klass=Class.BULK,
            key=broadcasts.key(item.id, chat.id),
            due_at=item.due_at,
            verbatim=True,
        )


def progress(conn: Connection, number: int) -> Progress:
    """What the outbox says of a broadcast's messages."""
    chats = broadcasts.targets(conn, number)
    keys = [broadcasts.key(number, chat.id) for chat in chats]
    query = sa.select(outbox.c.key, outbox.c.state, outbox.c.error, outbox.c.sent_at).where(outbox.c.key.in_(keys))
    rows = {row.key: row for row in conn.execute(query)}
    found: dict[str, list[str]] = {name: [] for name in ("sent", "unknown", "failed", RECALLED, "waiting")}
    for chat, key in zip(chats, keys, strict=True):
        row = rows.get(key)
        found[_fate(row.state, row.error) if row else "waiting"].append(title(chat))
    last = max((row.sent_at for row in rows.values() if row.sent_at), default=None)
    return Progress(**{name: tuple(titles) for name, titles in found.items()}, last_at=last)


def _fate(state: str, error: str | None) -> str:
    if state == "dead":
        return RECALLED if error == RECALLED else "failed"
    return state if state in ("sent", "unknown") else "waiting"


def recall(conn: Connection, number: int) -> None:
    """Take back what is still queued; a message that is being sent can no longer be stopped."""
    keys = [broadcasts.key(number, chat.id) for chat in broadcasts.targets(conn, number)]
    queued = sa.update(outbox).where(outbox.c.key.in_(keys), outbox.c.state == "queued")
    conn.execute(queued.values(state="dead", error=RECALLED))


def report(number: int, done: Progress) -> str:
    """How a broadcast went: 群发3号已发送到2/2个群, and what is doubtful about it."""
    text = f"群发{number}号：已送达{len(done.sent)}/{done.total}个群"
    doubts = (
        ("待确认（可能已到，不会自动重发）", done.unknown),
        ("没有发成", done.failed),
        ("已撤回", done.recalled),
        ("还没发", done.waiting),
    )
    parts = [f"{words}：{'、'.join(titles)}" for words, titles in doubts if titles]
    return "；".join([text, *parts]) + "。"
