"""How the bot speaks: messages to chats and people, put into the outbox inside the caller's transaction.

This is the airlock: phone and identity numbers are masked in every message that leaves for a group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from bot import outbox
from bot.domain import people
from bot.messages import Attached, carries_files, private_chat
from bot.outbox import Class, Post
from bot.pacing import limits, part_key, split
from knowledge.private import mask


class Voice:
    """Speaks for one cause (an inbox row, a job run). Keys derive from it, so that a replay says nothing twice."""

    def __init__(
        self,
        conn: Connection,
        now: datetime,
        cause: str,
        *,
        silent_in: int | None = None,
        queue: list[Post] | None = None,
    ) -> None:
        """`silent_in`: a chat (our own id) in which nothing is said, for it heard the same long ago.

        `queue`: where messages wait of which nobody asks whether their key is new; None: they are posted at once.
        """
        self._silent_in = silent_in
        self._queue = queue
        self._conn = conn
        self._now = now
        self._cause = cause
        self._said = 0

    @property
    def cause(self) -> str:
        """What this is said for; the keys of what is said begin so."""
        return self._cause

    @property
    def unwritten(self) -> Sequence[Post]:
        """What was said in this transaction and is not in the outbox yet."""
        return self._queue or ()

    @property
    def now(self) -> datetime:
        """When this is said; a job that is made up for runs later than it was due."""
        return self._now

    def to_chat(
        self,
        chat: people.Chat,
        text: str,
        *,
        to: str | None = None,
        reply_to: str | None = None,
        klass: Class = Class.NOTICE,
        key: str | None = None,
        due_at: datetime | None = None,
        verbatim: bool = False,
        files: Sequence[Attached] = (),
    ) -> bool:
        """Say something in a chat; masked unless it is private. False when that key was said before.

        `files` follow it, each a message of its own, where the channel can send them.

        `verbatim` is for texts that a secretary or the staff had before their eyes and let go out: a broadcast's
        hotline must arrive.
        """
        if chat.id == self._silent_in:
            return False
        self._said += 1
        return self._post(
            Post(
                key=key or f"{self._cause}:{self._said}",
                channel=chat.channel,
                chat=chat.external_id,
                text=text if chat.private or verbatim else mask(text),
                private=chat.private,
                to=to,
                reply_to=reply_to,
                klass=klass,
                due_at=due_at,
            ),
            files,
        )

    def to_chats(self, chats: Mapping[str, people.Chat], text: str, *, due_at: datetime | None) -> None:
        """Say in many groups, paced, what a secretary or the staff let go out; each under its key, once."""
        posts = [
            Post(key, chat.channel, chat.external_id, text, klass=Class.BULK, due_at=due_at)
            for key, chat in chats.items()
        ]
        outbox.post_all(self._conn, [part for one in posts for part in _parts(one, ())], self._now)

    def to_person(
        self,
        person_id: int,
        text: str,
        *,
        channel: str,
        klass: Class = Class.NOTICE,
        key: str | None = None,
        due_at: datetime | None = None,
        files: Sequence[Attached] = (),
    ) -> bool:
        """Say something to a person privately, on `channel` where they are known there."""
        where = people.address(self._conn, person_id, channel)
        if where is None:
            return False
        self._said += 1
        account, external = where
        return self._post(
            Post(
                key=key or f"{self._cause}:{self._said}",
                channel=account,
                chat=private_chat(external),
                text=text,
                private=True,
                to=external,
                klass=klass,
                due_at=due_at,
            ),
            files,
        )

    def unsay(self, keys: str) -> None:
        """Take back what was said under keys that begin so and has not gone out yet."""
        outbox.drop(self._conn, keys)

    def _post(self, message: Post, files: Sequence[Attached]) -> bool:
        """Queue a message, in parts where it is too long for its channel, and the files that follow it."""
        first, *rest = _parts(message, files if carries_files(message.channel) else ())
        if self._queue is not None and message.key.startswith(f"{self._cause}:"):
            self._queue += [first, *rest]
            return True
        if self._queue:  # what was said before goes before
            outbox.post_all(self._conn, self._queue, self._now)
            self._queue.clear()
        new = outbox.post(self._conn, first, self._now)
        outbox.post_all(self._conn, rest, self._now)
        return new


def _parts(message: Post, files: Sequence[Attached]) -> list[Post]:
    texts = split(message.text, limits(message.channel))
    parts = [replace(message, text=texts[0])]
    for number, text in enumerate(texts[1:], 2):
        parts.append(replace(message, key=part_key(message.key, number), text=text, reply_to=None))
    for number, file in enumerate(files, 1):
        key = f"{message.key}:file{number}"
        parts.append(replace(message, key=key, text=file.name, reply_to=None, file=file))
    return parts
