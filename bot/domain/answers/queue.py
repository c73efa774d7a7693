"""The questions that wait for a person: numbered, joined where they are the same, answered once for all."""

import re
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from rapidfuzz.fuzz import ratio
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import duty, people
from bot.domain.answers.tables import DECLINED, PROPOSED, QUESTION, Question, policy_question
from bot.domain.needs import officers
from bot.errors import Refusal
from knowledge.taught import likeness

_WAITING = sa.select(*QUESTION).where(policy_question.c.state == sa.literal("open")).order_by(policy_question.c.id)
RECENT = 200
SAME = 75
"""From this likeness (of 100) on, two texts say the same."""
JOINED = 0.9
"""Likeness, words of one meaning being one, from which on two people wait for the same answer."""
_FIGURES = re.compile(r"\d+|[一二三四五六七八九十百千万]+")


def asked_for(conn: Connection, question: str, answer: str) -> list[Question]:
    """The queued questions that this settles: the same question in other words, or given nearly this answer."""
    query = sa.select(*QUESTION).order_by(policy_question.c.id.desc()).limit(RECENT)
    return [
        queued
        for queued in (Question(*row) for row in conn.execute(query))
        if ratio(queued.answer or "", answer) >= SAME or ratio(queued.text, question) >= SAME
    ]


def queue(
    conn: Connection, *, text: str, category: str, asker_id: int, chat_id: int, now: datetime
) -> tuple[Question, bool]:
    """Record a question for a person; the same question by the same asker that still waits is that question.

    What somebody else waits for already gets a number of its own, and waits with the other.
    """
    open_ones = _open(conn)
    own = next((one for one in open_ones if one.asker_id == asker_id and _same(one.text, text)), None)
    if own:
        return own, False
    values = {"text": text, "category": category, "asker_id": asker_id, "chat_id": chat_id, "asked_at": now}
    values["same_as"] = next((one.same_as or one.id for one in open_ones if _same(one.text, text)), None)
    number = conn.scalar(sa.insert(policy_question).values(state="open", **values).returning(policy_question.c.id))
    assert number is not None
    return get(conn, number), True


def _open(conn: Connection) -> list[Question]:
    query = sa.select(*QUESTION).where(policy_question.c.state == "open").order_by(policy_question.c.id.desc())
    return [Question(*row) for row in conn.execute(query.limit(RECENT))]


def _same(one: str, other: str) -> bool:
    """The same question, hardly reworded: with the same figures, for they are what is asked about."""
    return one == other or (_FIGURES.findall(one) == _FIGURES.findall(other) and likeness(one, other) >= JOINED)


def find(conn: Connection, number: int) -> Question | None:
    """The question of that number, if there is one."""
    if not 0 < number < 2**31:
        return None
    row = conn.execute(sa.select(*QUESTION).where(policy_question.c.id == number)).first()
    return Question(*row) if row else None


def get(conn: Connection, number: int) -> Question:
    """The question of that number. Raises Refusal for an unknown one."""
    found = find(conn, number)
    if found is None:
        raise Refusal(f"没有找到问题{number}号，请核对编号。")
    return found


def answer(conn: Connection, number: int, text: str, author_id: int, now: datetime) -> list[Question]:
    """A person's answer to a question and to all that wait with it; the first one counts."""
    current = get(conn, number)
    if current.state == "answered":
        who = people.display_name(people.get_person(conn, current.answered_by)) if current.answered_by else "别人"
        raise Refusal(f"问题{number}号已由{who}答复过，没有重复发送。要更正请发「改答 {number}：新答复」。")
    together = current.same_as or current.id
    all_together = sa.or_(policy_question.c.id == together, policy_question.c.same_as == together)
    conn.execute(
        sa.update(policy_question)
        .where(policy_question.c.state == "open", all_together)
        .values(state="answered", answer=text, answered_by=author_id, answered_at=now)
    )
    just_now = policy_question.c.answered_at == now, policy_question.c.answered_by == author_id
    query = sa.select(*QUESTION).where(all_together, *just_now).order_by(policy_question.c.id)
    return [Question(*row) for row in conn.execute(query)]


def answer_anew(conn: Connection, number: int, text: str, author_id: int, now: datetime) -> list[Question]:
    """Another answer in the place of one that was given, for all who got that. Raises Refusal where none was given."""
    current = get(conn, number)
    if current.state != "answered":
        raise Refusal(f"问题{number}号还没有答复，请发「回复{number}：答案」。")
    if current.answer == text:
        raise Refusal(f"问题{number}号的答复就是这样，没有重复发送。")
    together = current.same_as or current.id
    same = sa.or_(policy_question.c.id == together, policy_question.c.same_as == together)
    answered = same, policy_question.c.answer == current.answer
    changed = list(conn.scalars(sa.select(policy_question.c.id).where(*answered).order_by(policy_question.c.id)))
    values = {"answer": text, "answered_by": author_id, "answered_at": now}
    conn.execute(sa.update(policy_question).where(policy_question.c.id.in_(changed)).values(**values))
    return [get(conn, id) for id in changed]


def store(conn: Connection, number: int, stored_as: str) -> None:
    """Note what became of an answer in the knowledge base."""
    conn.execute(sa.update(policy_question).where(policy_question.c.id == number).values(stored_as=stored_as))


def waiting(conn: Connection) -> Sequence[Question]:
    """The questions without an answer, oldest first."""
    return [Question(*row) for row in conn.execute(_WAITING)]


def drafts(conn: Connection) -> Sequence[Question]:
    """The answers that staff have yet to agree to, oldest first."""
    query = sa.select(*QUESTION).where(policy_question.c.stored_as == PROPOSED).order_by(policy_question.c.id)
    return [Question(*row) for row in conn.execute(query)]


def is_settled(question: Question) -> bool:
    """Whether its answer is an entry already."""
    return question.stored_as not in (None, PROPOSED, DECLINED)


def on_duty(conn: Connection, category: str, now: datetime) -> list[int]:
    """Who is asked in private: the officer of the service group, else today's policy butlers who are known here."""
    if officer := [row.person_id for row in officers.roster(conn) if row.category == category][-1:]:
        return officer
    names = {shift.person for shift in duty.on(conn, local(now).date())}
    answerers = [*people.holders(conn, people.HANDLER), *people.holders(conn, people.STAFF)]
    return [id for id in dict.fromkeys(answerers) if people.get_person(conn, id).name in names]
