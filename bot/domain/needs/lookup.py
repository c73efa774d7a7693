"""Finding needs: by number, by person, by chat, by what the clock waits for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import UTCDateTime
from bot.domain.needs.tables import NEED, Need, need, need_event
from bot.domain.needs.transitions import OPEN, WAITING
from bot.errors import Refusal

SHOWN = 20
"""Needs that are looked at when one of several may be meant."""

_NUMBERED = sa.select(*NEED).where(need.c.id == sa.bindparam("number"))


def get(conn: Connection, number: int) -> Need:
    """The need of that number. Raises Refusal for an unknown one."""
    found = find(conn, number)
    if found is None:
        raise Refusal(f"没有找到诉求{number}号，请核对编号；发「我的诉求」可以看您报过的，发「待办」可以看要办的。")
    return found


def find(conn: Connection, number: int) -> Need | None:
    """The need of that number, if there is one."""
    if not 0 < number < 2**31:
        return None
    row = conn.execute(_NUMBERED, {"number": number}).first()
    return Need(*row) if row else None


def of_outside(conn: Connection, source: str, outside_no: str) -> Need | None:
    """The need that came from another system under that number."""
    found = _select(conn, need.c.source == source, need.c.outside_no == outside_no)
    return found[0] if found else None


def same_again(conn: Connection, reporter_id: int, text: str, since: datetime) -> Need | None:
    """The need that the same person reported in the same words since then, unless it is over."""
    said = sa.or_(need.c.text == text, need.c.text.startswith(f"{text}；", autoescape=True))  # with what was added
    same = need.c.reporter_id == reporter_id, said, need.c.reported_at >= since
    found = _select(conn, *same, need.c.state.in_((*OPEN, "resolved")))
    return found[0] if found else None


def latest_in_chat(conn: Connection, chat_id: int, since: datetime) -> Need | None:
    """The open need that was reported last in a chat since then."""
    found = _select(conn, need.c.chat_id == chat_id, need.c.state.in_(OPEN), need.c.reported_at >= since)
    return found[0] if found else None


def of_reporter(conn: Connection, reporter_id: int, states: Sequence[str]) -> list[Need]:
    """What somebody reported that is in one of these states, newest first."""
    return _select(conn, need.c.reporter_id == reporter_id, need.c.state.in_(states))


def joined_by(conn: Connection, person_id: int, states: Sequence[str], since: datetime | None = None) -> list[Need]:
    """What somebody else reported (since a moment) and this person joined, newest first."""
    theirs = sa.select(need_event.c.need_id).where(need_event.c.kind == "joined", need_event.c.actor_id == person_id)
    lately = [need.c.reported_at >= since] if since else []
    return _select(conn, need.c.id.in_(theirs), need.c.state.in_(states), *lately)


def of_handler(conn: Connection, handler_id: int, states: Sequence[str]) -> list[Need]:
    """What somebody handles that is in one of these states, newest first."""
    return _select(conn, need.c.handler_id == handler_id, need.c.state.in_(states))


def in_chat(conn: Connection, chat_id: int, category: str | None, states: Sequence[str]) -> list[Need]:
    """What was reported in a chat, or dispatched to it as the chat of a service group, newest first."""
    here = need.c.chat_id == chat_id
    return _select(conn, (need.c.category == category) if category else here, need.c.state.in_(states))


def of_categories(conn: Connection, categories: Sequence[str], states: Sequence[str]) -> list[Need]:
    """What concerns some service groups and is in one of these states, newest first."""
    return _select(conn, need.c.category.in_(categories), need.c.state.in_(states))


def _select(conn: Connection, *conditions: sa.ColumnElement[bool]) -> list[Need]:
    query = sa.select(*NEED).where(*conditions).order_by(need.c.id.desc()).limit(SHOWN)
    return [Need(*row) for row in conn.execute(query)]


# for the clock, which looks at all of them, again and again


def _within(moment: sa.ColumnElement[datetime]) -> sa.Select[Any]:
    after, until = (sa.bindparam(name, type_=UTCDateTime) for name in ("after", "until"))
    return sa.select(*NEED).where(moment > after, moment <= until)


_REPORTED = _within(need.c.reported_at).where(need.c.state == sa.literal("reported")).order_by(need.c.id.desc())
_UNANSWERED = _within(need.c.respond_by).where(need.c.state.in_(WAITING)).order_by(need.c.id.desc())
_DUE = {
    what: _within(need.c[what]).order_by(need.c[what], need.c.id) for what in ("remind_at", "step_at", "feedback_at")
}


def _in_span(conn: Connection, query: sa.Select[Any], after: datetime, until: datetime) -> list[Need]:
    return [Need(*row) for row in conn.execute(query, {"after": after, "until": until})]


def waiting_for_contact(conn: Connection, after: datetime, until: datetime) -> list[Need]:
    """Needs that were reported in a span and still wait for a phone number."""
    return _in_span(conn, _REPORTED, after, until)


def unanswered(conn: Connection, after: datetime, until: datetime) -> list[Need]:
    """Needs whose time to respond ran out in a span, and that nobody accepted."""
    return _in_span(conn, _UNANSWERED, after, until)


def due(conn: Connection, what: str, after: datetime, until: datetime) -> list[Need]:
    """Needs whose `remind_at`, `step_at` or `feedback_at` lies in a span, the earliest first."""
    return _in_span(conn, _DUE[what], after, until)
