"""What is known while a batch of messages is settled: who speaks where as what, and which questions wait for them.

Most of what groups say is silence, and costs no statement of its own: the messages of a batch are looked up
together, and those that are left again after one had effects, which may have changed anything.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from bot import inbox, outbox, questions
from bot.db import EFFECTS, few_sizes, one_at_a_time
from bot.domain import people
from bot.domain.people import Meeting
from bot.inbox import Done, Row
from bot.outbox import Post
from bot.questions import Question

NEAR, FURTHEST = 8, 64
"""So many messages are looked up after one that had effects, as more may follow, and so many where nothing happens."""
_LOOK = questions.with_waiting(people.HEARD)


class Scene:
    """One transaction that settles messages.

    `posts`: what is said in it; `done`: what became of the messages. Both are written together at the end.
    """

    def __init__(self, conn: Connection, now: datetime, rows: Sequence[Row]) -> None:
        self.conn = conn
        self.now = now
        self.posts: list[Post] = []
        self.done: list[Done] = []
        self._ids = [row.id for row in rows]
        self._alone = False
        self._met: dict[int, Meeting] = {}
        self._ahead = FURTHEST
        self._seen: frozenset[int] = frozenset()
        self._meetings: dict[int, Meeting] = {}
        self._questions: dict[int, list[Question]] = {}

    def meeting(self, row: Row) -> Meeting | None:
        """Who speaks where; None when something of it is not on record as the channel tells it."""
        self._look(row)
        if row.id in self._met:
            return self._met[row.id]
        met = self._meetings.get(row.id)
        return met if met and not (met.first_time or _is_news(row, met)) else None

    def questions(self, row: Row) -> list[Question]:
        """The questions that wait for the sender, newest first."""
        self._look(row)
        return self._questions.get(row.id, [])

    def _look(self, row: Row) -> None:
        if row.id in self._seen:
            return
        at = self._ids.index(row.id)
        ids = self._ids[at : at + self._ahead]
        self._seen = frozenset(ids)
        rows = self.conn.execute(_LOOK, {"ids": few_sizes(ids), "now": self.now}).all()
        self._meetings = people.meetings(self.conn, rows)
        self._questions = questions.waiting(rows)
        self._ahead = FURTHEST

    def forget(self) -> None:
        """Something happened: look again, and not far ahead, for more may happen."""
        self._seen = frozenset()
        self._ahead = NEAR

    def write(self) -> None:
        """Put what was said and done into the database."""
        outbox.post_all(self.conn, self.posts, self.now)
        inbox.settle(self.conn, self.done)
        self.posts.clear()
        self.done.clear()

    def make_effects(self) -> bool:
        """Wait until nobody else makes effects, and keep others from it; True when they may have made some since."""
        if self._alone:
            return False
        self._alone = True
        if not one_at_a_time(self.conn, EFFECTS):
            return False
        self.forget()
        return True

    def meet(self, row: Row) -> Meeting:
        """Record who speaks where, and the role that the channel vouches for."""
        met = people.meet(self.conn, row, self.now)
        if _is_news(row, met) and row.role:
            people.grant(self.conn, met.person.id, row.role, chat_id=met.chat.id)
            met = replace(met, role=row.role)
        self.forget()
        self._met[row.id] = met
        return met


def _is_news(row: Row, met: Meeting) -> bool:
    """Whether the channel tells a name that is not known, or vouches for a role that is not held."""
    unnamed = bool(row.sender_name) and not met.person.name
    return unnamed or (row.role not in (None, met.role, people.STRANGER) and row.role in people.ROLES)
