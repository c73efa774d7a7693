"""Talk: what somebody said just before, which message a quote means, and what they last set going in a chat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import inbox as events
from bot.domain import people
from bot.domain.activities.rooms import activity_booking
from bot.domain.activities.sign_ups import HELD, sign_up
from bot.domain.needs import OPEN, need, need_event
from bot.domain.people import Chat
from bot.domain.venues.bookings import BOOKED, booking
from bot.inbox import COLUMNS, Row, inbox
from bot.outbox import Class, Post, outbox
from knowledge.normalize import Quote, clean, simplify

BREATH = timedelta(minutes=3)
"""Between the parts of what somebody says in several messages."""
LATELY = timedelta(minutes=10)
"""How long what was set going is what 改成4个 means."""
SETTLED_WITHIN = timedelta(minutes=2)
"""From what is said to what comes of it: the rows of sign-ups and bookings do not name their message."""
PARTS = 3
"""Messages before the present one that may belong to it."""
_LOOKED_AT = 200
_AMONG, _SHORTENED = 20, 12
_CAUSE = re.compile(r"(?:reply|again:\d+):(\d+)(?::|$)")
_SETTLED = re.compile(r"(?:reply|again):(\d+)(?::|$)")
"""Of the key of a reply: what it replies to, and what was settled when it was said."""
_OUTCOMES = ("sign_up", "amend_sign_up", "book_venue", "booking_answer", "amend_booking")
_PASSED_OVER = ("overheard", "small_talk", "alarm", "place_alone")  # outcomes of what may yet become something

NEED, SIGN_UP, BOOKING = "need", "sign_up", "booking"


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a quote means. The bot's own words come with the message that they answer, where there is one."""

    text: str
    own: bool
    message: Row | None


@dataclass(frozen=True, slots=True)
class Item:
    """Something that somebody set going."""

    kind: str
    id: int
    at: datetime


def before(conn: Connection, row: Row, within: timedelta = BREATH) -> list[Row]:
    """What the sender said in this chat in one breath with a message, oldest first."""
    query = sa.select(*COLUMNS).where(
        inbox.c.channel == row.channel, inbox.c.chat == row.chat, inbox.c.id < row.id, inbox.c.kind == "text"
    )
    found: list[Row] = []
    since = row.at - within
    for earlier in (Row(*values) for values in conn.execute(query.order_by(inbox.c.id.desc()).limit(_AMONG))):
        if earlier.sender != row.sender:
            continue
        if earlier.at < since or len(found) == PARTS:
            break
        found.append(earlier)
        since = earlier.at - within
    return found[::-1]


def unused(conn: Connection, rows: Sequence[Row]) -> list[Row]:
    """Those of some messages that nothing has come of, nor of which will, and that are no reply to another."""
    ids = [row.id for row in rows]
    reported = sa.select(need_event.c.inbox_id).where(need_event.c.inbox_id.in_(ids))
    acted_on = sa.select(inbox.c.id).where(inbox.c.id.in_(ids), inbox.c.outcome.not_in(_PASSED_OVER))
    taken = set(conn.scalars(reported.union(acted_on))) if ids else set()
    return [row for row in rows if row.id not in taken and clean(row.text).quote is None]


def quoted(conn: Connection, chat: Chat, quote: Quote) -> Said | None:
    """The message of this chat that a quote shows, the latest where several say the same."""
    wanted = _bare(quote.text)
    if not wanted:
        return None
    return _by_bot(conn, chat, wanted) or _by_people(conn, chat, quote, wanted)


def numbered(conn: Connection, inbox_id: int) -> Row | None:
    """The message of that number in the inbox, if there is one."""
    found = conn.execute(sa.select(*COLUMNS).where(inbox.c.id == inbox_id)).first() if inbox_id < 2**31 else None
    return Row(*found) if found else None


def last_words(conn: Connection, chat: Chat, row: Row) -> Said | None:
    """The last words of the bot in a chat before a message; where there are none, the message before it."""
    here = outbox.c.channel == chat.channel, outbox.c.chat == chat.external_id
    query = sa.select(outbox.c.key, outbox.c.text).where(*here).order_by(outbox.c.id.desc())
    said = conn.execute(query.limit(1)).first()
    cause = _CAUSE.match(said.key) if said else None
    if said and cause:
        return Said(said.text, own=True, message=events.get(conn, int(cause[1])))
    earlier = [one for one in events.recent(conn, chat.channel, chat.external_id, 2) if one.id < row.id]
    return Said(earlier[-1].text, own=False, message=earlier[-1]) if earlier else None


def replied_since(conn: Connection, row: Row, asked_by: str | None, unwritten: Sequence[Post]) -> bool:
    """Whether the sender of a message has had another reply here since the one that asked them something.

    False where no reply asked: what the bot says of its own accord waits longer for its answer. By the messages that
    were replied to, for all that is settled together is said at the same time, and some of it not written yet.
    """
    here = outbox.c.channel == row.channel, outbox.c.chat == row.chat, outbox.c.to == row.sender
    query = sa.select(outbox.c.key).where(*here, outbox.c.klass == int(Class.REPLY)).order_by(outbox.c.id.desc())
    keys = conn.scalars(query.limit(_AMONG)).all() if asked_by else []
    theirs = row.channel, row.chat, row.sender, Class.REPLY
    keys = [*keys, *(one.key for one in unwritten if (one.channel, one.chat, one.to, one.klass) == theirs)]
    settled = [int(found[1]) for key in keys if (found := _SETTLED.match(key))]
    asked = _SETTLED.match(asked_by) if asked_by else None
    return asked is not None and int(asked[1]) in settled and max(settled) > int(asked[1])


def role_of(conn: Connection, row: Row) -> str:
    """The role of whoever said something."""
    return row.role or people.role_of(conn, row.channel, row.chat, row.sender)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", simplify(text))


def _same(text: str, wanted: str) -> bool:
    """Whether a text is the one quoted: in full, or its beginning where the quote was cut."""
    bare = _bare(text)
    return bare == wanted or (len(wanted) >= _SHORTENED and bare.startswith(wanted))


def _by_bot(conn: Connection, chat: Chat, wanted: str) -> Said | None:
    here = outbox.c.channel == chat.channel, outbox.c.chat == chat.external_id
    query = sa.select(outbox.c.key, outbox.c.text).where(*here).order_by(outbox.c.id.desc()).limit(_LOOKED_AT)
    for key, text in conn.execute(query):
        if _same(text, wanted):
            cause = _CAUSE.match(key)
            return Said(text, own=True, message=events.get(conn, int(cause[1])) if cause else None)
    return None


def _by_people(conn: Connection, chat: Chat, quote: Quote, wanted: str) -> Said | None:
    rows = events.recent(conn, chat.channel, chat.external_id, _LOOKED_AT)[::-1]
    same = [row for row in rows if row.kind == "text" and _says(row, wanted)]
    named = [row for row in same if row.sender_name == quote.name]
    return next((Said(row.text, own=False, message=row) for row in named or same), None)


def _says(row: Row, wanted: str) -> bool:
    return _same(row.text, wanted) or (len(row.text) >= len(wanted) and _same(clean(row.text).text, wanted))


def became(conn: Connection, inbox_id: int) -> tuple[str | None, str | None, float | None]:
    """What became of a message: outcome, intent and confidence; all None while nobody has looked at it."""
    columns = inbox.c.outcome, inbox.c.intent, inbox.c.confidence
    outcome, intent, confidence = conn.execute(sa.select(*columns).where(inbox.c.id == inbox_id)).one()
    return outcome, intent, confidence


def needs_of(conn: Connection, inbox_id: int) -> list[int]:
    """The needs that a message reported."""
    query = sa.select(need_event.c.need_id).where(need_event.c.inbox_id == inbox_id, need_event.c.kind == "created")
    return list(conn.scalars(query.order_by(need_event.c.id)))


def set_going(conn: Connection, row: Row) -> list[Item]:
    """What a message set going and still stands."""
    met = people.heard(conn, [row.id]).get(row.id)
    numbers = needs_of(conn, row.id)
    theirs = sa.select(sa.literal(NEED), need.c.id, need.c.reported_at)
    queries = [theirs.where(need.c.id.in_(numbers), need.c.state.in_(OPEN))] if numbers else []
    outcome, _, _ = became(conn, row.id)
    if met and outcome in _OUTCOMES:
        queries += _others(met.person.id, met.chat.id, row.at, row.at + SETTLED_WITHIN)
    return [Item(*found) for query in queries for found in conn.execute(query)]


def last_item(conn: Connection, person_id: int, chat_id: int, since: datetime, until: datetime) -> Item | None:
    """What somebody set going last in a chat, in a span, and still stands."""
    reported = sa.select(sa.literal(NEED), need.c.id, need.c.reported_at).where(
        need.c.reporter_id == person_id,
        need.c.chat_id == chat_id,
        need.c.reported_at >= since,
        need.c.state.in_(OPEN),
    )
    queries = [reported, *_others(person_id, chat_id, since, until)]
    found = [Item(*row) for query in queries for row in conn.execute(query)]
    return max(found, key=lambda item: (item.at, item.id), default=None)


def _others(person_id: int, chat_id: int, since: datetime, until: datetime) -> list[sa.Select[Any]]:
    return [
        sa.select(sa.literal(SIGN_UP), sign_up.c.id, sign_up.c.at).where(
            sign_up.c.by_id == person_id,
            sign_up.c.chat_id == chat_id,
            sign_up.c.at.between(since, until),
            sign_up.c.state.in_(HELD),
        ),
        sa.select(sa.literal(BOOKING), booking.c.id, booking.c.touched_at).where(
            booking.c.person_id == person_id,
            booking.c.chat_id == chat_id,
            booking.c.touched_at.between(since, until),
            booking.c.state == BOOKED,
            ~sa.exists().where(activity_booking.c.booking_id == booking.c.id),  # an activity's is the activity's
        ),
    ]
