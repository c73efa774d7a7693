"""日程: what will happen by itself, and what was missed while nothing ran."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.engine import Connection

from bot import questions
from bot.domain import people
from bot.messages import private_chat
from bot.notices.broadcasts import shown
from bot.voice import Voice

DECIDE_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will happen by itself."""

    at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class MissedRun:
    """A run of a job that came too late."""

    job: str
    scope: str
    due_at: datetime

    def as_args(self) -> dict[str, str]:
        """As the arguments of a question."""
        return {"job": self.job, "scope": self.scope, "due": self.due_at.isoformat()}


class Agenda(Protocol):
    """What the clock can tell, and be told."""

    def coming(self, conn: Connection, after: datetime, until: datetime) -> list[Coming]:
        """What will happen by itself."""

    def settle_missed(self, conn: Connection, missed: MissedRun, now: datetime, *, run: bool) -> bool:
        """Make up for a run that was missed, or not; False when that is decided."""


def ask_about(conn: Connection, voice: Voice, missed: MissedRun, title: str) -> None:
    """Ask the staff whether what was missed shall be made up for; the first word counts."""
    text = (
        f"本应{shown(missed.due_at)}自动发出的「{title or missed.job}」因程序没有运行错过了。"
        "回复 1 现在补发，回复 2 不发了。"
    )
    for person_id in people.holders(conn, people.STAFF):
        where = people.address(conn, person_id, "")
        if where is None or not voice.to_person(person_id, text, channel=where[0]):
            continue
        chat = people.meet_chat(conn, where[0], private_chat(where[1]), private=True)
        questions.ask(
            conn,
            chat_id=chat.id,
            person_id=person_id,
            capability="missed_run",
            slot="decision",
            args=missed.as_args(),
            now=voice.now,
            expires_at=voice.now + DECIDE_WITHIN,
        )
