"""Telling and asking somebody by the clock: in the private chat."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot import questions
from bot.domain import people
from bot.domain.people import Chat
from bot.messages import private_chat
from bot.voice import Voice


def tell(conn: Connection, voice: Voice, person_id: int, text: str, key: str | None = None) -> bool:
    """Write to somebody where they were met last; False for who never spoke."""
    channel = people.heard_on(conn, person_id)
    return channel is not None and voice.to_person(person_id, text, channel=channel, key=key)


def ask_privately(
    conn: Connection,
    person_id: int,
    channel: str,
    capability: str,
    slot: str,
    now: datetime,
    args: Mapping[str, str],
    within: timedelta,
) -> Chat:
    """Wait for somebody's answer in the private chat, which is returned."""
    where = people.address(conn, person_id, channel)
    assert where is not None
    chat = people.meet_chat(conn, where[0], private_chat(where[1]), private=True)
    questions.ask(
        conn,
        chat_id=chat.id,
        person_id=person_id,
        capability=capability,
        slot=slot,
        args=args,
        now=now,
        expires_at=now + within,
    )
    return chat
