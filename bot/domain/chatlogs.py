"""Chat logs that people pass on: whose words they are, what of them is news, and what came of it.

Each utterance becomes an event in the inbox, told by the message that holds the log, and takes the path of any other.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import inbox, outbox
from bot.domain import needs, people
from bot.domain.needs import By, Need, timing
from bot.domain.people import Chat, identity, person, presence, role_grant
from bot.domain.people.organisations import ancestry
from bot.inbox import Row, as_row
from bot.messages import Incoming, Kind
from knowledge.chatlog import ChatLog, Utterance
from knowledge.normalize import simplify

NICKNAME = "小红"
NEAR = timedelta(minutes=10)
"""How far the clocks of a log and of a gateway may be apart."""
UNTIMED = timedelta(days=7)
"""How far back the words of a log without times are looked for."""
_LOOKED_AT, _OWN_LOOKED_AT = 5_000, 500
_PARTS = re.compile(r"[\s\-—_·|()（）/]+")
_NOISE = re.compile(r"[\s\u2005]+|@小红")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a log added: how many utterances are new, how many were known, which names fit several people."""

    new: int
    known: int
    doubtful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one utterance."""

    id: int
    speaker: str
    state: str
    outcome: str


class Speakers:
    """Who goes by which name in a chat: those who have spoken there, and those who hold a role there."""

    def __init__(self, conn: Connection, chat: Chat) -> None:
        self._conn = conn
        self._chat = chat
        self._named: dict[str, set[int]] = defaultdict(set)
        self._told: dict[str, int] = {}  # known from logs alone
        self._companies: dict[int, str] = {}
        self._read()
        self.doubtful: set[str] = set()

    def _read(self) -> None:
        heard = sa.exists().where(presence.c.person_id == person.c.id, presence.c.chat_id == self._chat.id)
        above = ancestry(self._conn, self._chat.organisation_id)
        held = sa.exists().where(
            role_grant.c.person_id == person.c.id,
            (role_grant.c.chat_id == self._chat.id) | role_grant.c.organisation_id.in_(above),
        )
        reached = sa.exists().where(identity.c.person_id == person.c.id)
        query = sa.select(person.c.id, person.c.name, person.c.company, reached.label("reached"))
        for row in self._conn.execute(query.where(heard | held).order_by(person.c.id)):
            if row.reached:
                self._named[_key(row.name)].add(row.id)
                self._companies[row.id] = row.company or ""
            else:
                self._told.setdefault(_key(row.name), row.id)
        columns = inbox.inbox.c
        shown = sa.select(columns.sender_name, identity.c.person_id).distinct()
        shown = shown.join(
            identity, (identity.c.channel == columns.channel) & (identity.c.external_id == columns.sender)
        )
        here = columns.channel == self._chat.channel, columns.chat == self._chat.external_id, columns.via_id.is_(None)
        for name, person_id in self._conn.execute(shown.where(*here)):
            self._named[_key(name)].add(person_id)
        self._named.pop("", None)

    def known(self, name: str) -> int | None:
        """The one person whom a name surely means here; None for nobody and for several."""
        found = self._named.get(_key(name), set())
        if not found:
            parts = [part for part in _PARTS.split(name) if part]
            found = {
                one for part in parts for one in self._named.get(_key(part), ()) if self._works_at(one, parts, part)
            }
        if len(found) > 1:
            self.doubtful.add(name)
        return next(iter(found)) if len(found) == 1 else None

    def _works_at(self, person_id: int, parts: Sequence[str], name: str) -> bool:
        """刘芳-海纳电子 is 刘芳 where she is known to be of 海纳电子."""
        company = self._companies.get(person_id, "")
        return any(len(part) > 1 and part != name and (part in company or company in part) for part in parts if company)

    def named(self, name: str) -> int:
        """The person to whom the words of a name count: the one known, else one of whom only logs tell."""
        found = self.known(name) or self._told.get(_key(name))
        if found is None:
            found = self._conn.scalar(sa.insert(person).values(name=name[:64]).returning(person.c.id))
            assert found is not None
            self._told[_key(name)] = found
        return found


def _key(name: str) -> str:
    return re.sub(r"\s+", "", simplify(name)).casefold()


def take_in(conn: Connection, source: Row, chat: Chat, log: ChatLog, now: datetime, *, only: str | None) -> Taken:
    """Put what is new of a log into the inbox, as said in a chat by its speakers; `only`: what this speaker said."""
    said = [one for one in log.utterances if only is None or _key(one.speaker) == _key(only)]
    speakers, heard = Speakers(conn, chat), _Heard(conn, chat, said, source)
    rows = []
    for number, one in enumerate(said):
        if _key(one.speaker) == NICKNAME or heard.knows(one, speakers.known(one.speaker)):
            continue
        speaker = speakers.named(one.speaker)
        event = Incoming(
            channel=chat.channel,
            message_id=f"log:{source.id}:{number}",
            chat=chat.external_id,
            sender=people.external_id(conn, speaker, chat.channel) or f"log:{speaker}",
            text=one.text,
            at=one.at or source.at,
            sender_name=one.speaker,
            mentioned=f"@{NICKNAME}" in one.text,
        )
        rows.append(as_row(event, now) | {"via_id": source.id, "speaker_id": speaker})
    inbox.accept(conn, rows)
    if rows:
        _close(conn, source, chat, now)
    return Taken(len(rows), len(said) - len(rows), tuple(sorted(speakers.doubtful)))


def _close(conn: Connection, source: Row, chat: Chat, now: datetime) -> None:
    """The event that follows the last utterance in its conversation: what came of the log can be told."""
    event = Incoming(
        channel=chat.channel,
        message_id=f"log:{source.id}:read",
        chat=chat.external_id,
        sender=source.sender,
        text="",
        at=now,
        kind=Kind.LOG_READ,
    )
    inbox.accept(conn, [as_row(event, now) | {"via_id": source.id}])


class _Heard:
    """What was said in a chat around the time of a log, by people and by the bot; each counts once."""

    def __init__(self, conn: Connection, chat: Chat, said: Sequence[Utterance], source: Row) -> None:
        moments = [one.at for one in said if one.at]
        untimed = len(moments) < len(said)
        start = min([*moments, source.at]) - (UNTIMED if untimed else NEAR)
        end = max([*moments, source.at]) + NEAR
        self._conn, self._channel = conn, chat.channel
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in _between(conn, chat, start, end):
            if row.id != source.id:
                self._rows[_words(row.text)].append(row)
        self._own = Counter(
            _words(text) for _, text, at, _ in outbox.recent(conn, chat.channel, chat.external_id, 500) if at >= start
        )

    def knows(self, one: Utterance, speaker: int | None) -> bool:
        """Whether it was heard already."""
        words = _words(one.text)
        if len(words) > 4 and self._own[words]:
            self._own[words] -= 1
            return True
        for row in self._rows[words]:
            near = one.at is None or abs(row.at - one.at) <= NEAR
            if near and (_key(row.sender_name) == _key(one.speaker) or self._is(row, speaker)):
                self._rows[words].remove(row)
                return True
        return False

    def _is(self, row: Row, speaker: int | None) -> bool:
        if speaker is None:
            return False
        return speaker in (row.speaker_id, people.find_person(self._conn, self._channel, row.sender))


def _between(conn: Connection, chat: Chat, start: datetime, end: datetime) -> Iterable[Row]:
    columns = inbox.inbox.c
    here = columns.channel == chat.channel, columns.chat == chat.external_id, columns.kind == Kind.TEXT.value
    query = sa.select(*inbox.COLUMNS).where(*here, columns.at.between(start, end))
    return [Row(*row) for row in conn.execute(query.order_by(columns.id.desc()).limit(_LOOKED_AT))][::-1]


def _words(text: str) -> str:
    return _NOISE.sub("", simplify(text))


def outcomes(conn: Connection, source_id: int) -> list[Outcome]:
    """What became of each utterance of a log, in order."""
    columns = inbox.inbox.c
    query = sa.select(columns.id, columns.sender_name, columns.state, sa.func.coalesce(columns.outcome, ""))
    told = columns.via_id == source_id, columns.kind == Kind.TEXT.value
    return [Outcome(*row) for row in conn.execute(query.where(*told).order_by(columns.id))]


def reported(conn: Connection, source_id: int) -> list[tuple[int, str, int]]:
    """The needs that a log reported: number, who reported it, in which utterance."""
    told = sa.select(inbox.inbox.c.id).where(inbox.inbox.c.via_id == source_id)
    events = needs.need_event.c
    query = (
        sa.select(needs.need.c.id, person.c.name, events.inbox_id)
        .join(needs.need_event, events.need_id == needs.need.c.id)
        .join(person, person.c.id == needs.need.c.reporter_id)
        .where(events.kind == "created", events.inbox_id.in_(told))
        .order_by(needs.need.c.id)
    )
    return [(number, name, said) for number, name, said in conn.execute(query)]


def start_clock(conn: Connection, number: int, now: datetime) -> Need:
    """A need whose time to respond ran out before anybody here heard of it: the time runs from now."""
    found = needs.get(conn, number)
    if found.state not in needs.WAITING or found.respond_by is None or found.respond_by > now:
        return found
    return needs.change(conn, number, "reminded", By(None, now), **timing.until_answered(conn, found, now))


def by_speakers(conn: Connection, chats: Sequence[Chat], log: ChatLog) -> list[Chat]:
    """Chats with those first where most of a log's speakers have spoken."""
    names = {one.speaker for one in log.utterances}
    query = sa.select(presence.c.chat_id, sa.func.count()).join(person, person.c.id == presence.c.person_id)
    found = conn.execute(query.where(person.c.name.in_(names)).group_by(presence.c.chat_id))
    hits = {chat_id: number for chat_id, number in found}
    return sorted(chats, key=lambda chat: -hits.get(chat.id, 0))
