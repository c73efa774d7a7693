"""部(局)长会客厅 and 联席会议: topics collected before a session, what was promised there, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, metadata
from bot.errors import Refusal

OPEN, PROMISED, DONE = "open", "promised", "done"
STATES = {OPEN: "待答复", PROMISED: "已承诺", DONE: "已办结"}
ALIKE = 0.34
"""Share of the shorter text's character pairs from which on two topics are shown as perhaps the same."""
_COMMON = frozenset("的了吗呢我们他是有在和与能不能怎么办希望请问题解决帮忙协调企业公司员工，。！？、,.!? \n")

hearing = sa.Table(
    "hearing",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("organiser_id", Id, sa.ForeignKey("person.id"), nullable=False),
)

topic = sa.Table(
    "topic",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("hearing_id", Id, sa.ForeignKey("hearing.id"), index=True),  # None: waits for the next session
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("proposer_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("merged_into_id", Id),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(64)),
    sa.Column("due", sa.Date),
    sa.Column("promise", sa.Text),
    sa.Column("promised_at", UTCDateTime, index=True),
    sa.Column("promised_to_id", Id, sa.ForeignKey("person.id")),  # who recorded it, and is asked how it goes
)

topic_note = sa.Table(
    "topic_note",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("topic_id", Id, sa.ForeignKey("topic.id"), nullable=False, index=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One session."""

    id: int
    kind: str
    text: str
    at: datetime
    organiser_id: int


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it stands."""

    id: int
    hearing_id: int | None
    text: str
    proposer_id: int
    chat_id: int
    at: datetime
    merged_into_id: int | None
    state: str
    owner: str | None
    due: date | None
    promise: str | None
    promised_at: datetime | None
    promised_to_id: int | None


HEARING = [hearing.c[name] for name in Hearing.__slots__]
TOPIC = [topic.c[name] for name in Topic.__slots__]
_PROMISED = (
    sa.select(*TOPIC)
    .where(topic.c.state == sa.literal(PROMISED), topic.c.promised_at > sa.bindparam("after", type_=UTCDateTime))
    .where(topic.c.promised_at <= sa.bindparam("until", type_=UTCDateTime))
    .order_by(topic.c.promised_at, topic.c.id)
)


def call(conn: Connection, kind: str, text: str, at: datetime, organiser_id: int) -> Hearing:
    """A session is called: it takes the topics that waited for one."""
    values = {"kind": kind, "text": text, "at": at, "organiser_id": organiser_id}
    number = conn.scalar(sa.insert(hearing).values(**values).returning(hearing.c.id))
    assert number is not None
    waiting = topic.c.hearing_id.is_(None), topic.c.state == OPEN
    conn.execute(sa.update(topic).where(*waiting).values(hearing_id=number))
    return Hearing(number, kind, text, at, organiser_id)


def upcoming(conn: Connection, now: datetime) -> Hearing | None:
    """The next session."""
    row = conn.execute(sa.select(*HEARING).where(hearing.c.at > now).order_by(hearing.c.at).limit(1)).first()
    return Hearing(*row) if row else None


def find_hearing(conn: Connection, number: int | None, now: datetime) -> Hearing:
    """The session of that number; without one the next, else the last. Raises Refusal."""
    query = sa.select(*HEARING)
    row = conn.execute(query.where(hearing.c.id == number)).first() if number else None
    found = Hearing(*row) if row else None if number else upcoming(conn, now)
    if found is None and not number:
        last = conn.execute(query.order_by(hearing.c.at.desc()).limit(1)).first()
        found = Hearing(*last) if last else None
    if found is None:
        raise Refusal("没有找到这场会。先发「会客厅：时间，地点，主题」登记一场。")
    return found


def propose(conn: Connection, text: str, proposer_id: int, chat_id: int, now: datetime) -> tuple[Topic, bool]:
    """A topic for the next session, and whether it is new: the same words of the same person are one topic."""
    same = topic.c.proposer_id == proposer_id, topic.c.text == text, topic.c.state == OPEN
    known = conn.execute(sa.select(*TOPIC).where(*same)).first()
    if known:
        return Topic(*known), False
    session = upcoming(conn, now)
    values = {"text": text, "proposer_id": proposer_id, "chat_id": chat_id, "at": now, "state": OPEN}
    values["hearing_id"] = session.id if session else None
    number = conn.scalar(sa.insert(topic).values(**values).returning(topic.c.id))
    assert number is not None
    return get(conn, number), True


def get(conn: Connection, number: int) -> Topic:
    """The topic of that number, or the one that it was merged into. Raises Refusal."""
    row = conn.execute(sa.select(*TOPIC).where(topic.c.id == number)).first() if number < 2**31 else None
    if row is None:
        raise Refusal(f"没有找到议题{number}号，请核对编号。")
    found = Topic(*row)
    return get(conn, found.merged_into_id) if found.merged_into_id else found


def of_hearing(conn: Connection, number: int) -> list[Topic]:
    """The topics of a session, without those that were merged into others."""
    query = sa.select(*TOPIC).where(topic.c.hearing_id == number, topic.c.merged_into_id.is_(None))
    return [Topic(*row) for row in conn.execute(query.order_by(topic.c.id))]


def unfinished(conn: Connection) -> list[Topic]:
    """All topics that wait for an answer, or for what was promised."""
    query = sa.select(*TOPIC).where(topic.c.state != DONE, topic.c.merged_into_id.is_(None))
    return [Topic(*row) for row in conn.execute(query.order_by(topic.c.id))]


def proposed_by(conn: Connection, person_id: int) -> list[Topic]:
    """What somebody proposed, newest first; of what was merged, the topic that goes on."""
    query = sa.select(topic.c.id).where(topic.c.proposer_id == person_id).order_by(topic.c.id.desc())
    return list(dict.fromkeys(get(conn, number) for number in conn.scalars(query)))


def proposers(conn: Connection, number: int) -> list[tuple[int, int]]:
    """Who proposed a topic, and what was merged into it: person and chat, each person once."""
    query = sa.select(topic.c.proposer_id, topic.c.chat_id)
    query = query.where((topic.c.id == number) | (topic.c.merged_into_id == number)).order_by(topic.c.id)
    return list({person: (person, chat) for person, chat in reversed(list(conn.execute(query)))}.values())[::-1]


def alike(topics: Sequence[Topic]) -> list[tuple[Topic, Topic]]:
    """Pairs of open topics that may be the same, the likeliest first."""
    pairs = {one.id: _pairs(one.text) for one in topics}
    found = [
        (len(pairs[one.id] & pairs[other.id]) / min(len(pairs[one.id]), len(pairs[other.id])), one, other)
        for at, one in enumerate(topics)
        for other in topics[at + 1 :]
        if pairs[one.id] and pairs[other.id] and one.state == other.state == OPEN
    ]
    likely = sorted((item for item in found if item[0] >= ALIKE), key=lambda item: -item[0])
    return [(one, other) for _, one, other in likely]


def _pairs(text: str) -> set[str]:
    words = "".join(" " if char in _COMMON else char for char in text)
    return {part[at : at + 2] for part in words.split() for at in range(len(part) - 1)}


def merge(conn: Connection, number: int, into: int) -> Topic:
    """Two topics are the same: one goes on, with the proposers of both."""
    target, gone = get(conn, into), get(conn, number)
    if target.id == gone.id:
        raise Refusal("这两个议题已经合并过了。")
    both = (topic.c.id == gone.id) | (topic.c.merged_into_id == gone.id)
    conn.execute(sa.update(topic).where(both).values(merged_into_id=target.id))
    return target


def promise(conn: Connection, number: int, owner: str, due: date, text: str, by: int, now: datetime) -> Topic:
    """What somebody promised to do about a topic, until when."""
    current = get(conn, number)
    if current.state == DONE:
        raise Refusal(f"议题{current.id}号已经办结了。")
    values = {"state": PROMISED, "owner": owner, "due": due, "promise": text, "promised_at": now, "promised_to_id": by}
    conn.execute(sa.update(topic).where(topic.c.id == current.id).values(**values))
    note(conn, current.id, by, text, now)
    return get(conn, current.id)


def finish(conn: Connection, number: int, by: int, text: str, now: datetime) -> Topic:
    """It is done."""
    current = get(conn, number)
    if current.state == DONE:
        raise Refusal(f"议题{current.id}号已经办结了。")
    conn.execute(sa.update(topic).where(topic.c.id == current.id).values(state=DONE))
    note(conn, current.id, by, text, now)
    return get(conn, current.id)


def note(conn: Connection, number: int, person_id: int, text: str, now: datetime) -> None:
    """Write down how it goes."""
    conn.execute(sa.insert(topic_note).values(topic_id=number, person_id=person_id, at=now, text=text))


def promised_between(conn: Connection, after: datetime, until: datetime) -> list[Topic]:
    """Topics whose promise was recorded in a span and is not kept yet."""
    return [Topic(*row) for row in conn.execute(_PROMISED, {"after": after, "until": until})]
