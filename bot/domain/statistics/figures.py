"""Counting: needs with their three rates, and the policy questions of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.answers import policy_question
from bot.domain.needs import CATEGORIES
from bot.domain.statistics.cases import Case
from bot.domain.statistics.scope import Period, Scope
from bot.inbox import inbox


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with what it is a share of."""

    hits: int
    base: int


@dataclass(frozen=True, slots=True)
class Rates:
    """三率, and how many needs are left out of them.

    Response: somebody took it in time; left out are those withdrawn before, and those whose time is not up yet.
    Resolution: done by now; left out are those withdrawn. Satisfaction: of those rated; no rating is none.
    """

    response: Rate
    resolution: Rate
    satisfaction: Rate
    withdrawn: int
    not_due: int
    unrated: int


@dataclass(frozen=True, slots=True)
class Group:
    """The needs of one service group."""

    category: str
    reported: int
    resolved: int


def resolved(cases: Sequence[Case]) -> int:
    """How many are done."""
    return sum(case.resolved_at is not None for case in cases)


def overdue(cases: Sequence[Case], now: datetime) -> int:
    """How many are not done though their time is up."""
    return sum(case.open and case.resolve_by is not None and case.resolve_by < now for case in cases)


def by_group(cases: Sequence[Case]) -> list[Group]:
    """The seven groups in their order, empty ones too."""
    parts = {name: [case for case in cases if case.category == name] for name in CATEGORIES}
    return [Group(name, len(part), resolved(part)) for name, part in parts.items()]


def rates(cases: Sequence[Case], now: datetime) -> Rates:
    """The three rates of needs, as they stand `now`."""
    staying = [case for case in cases if not case.withdrawn]
    answerable = [case for case in cases if case.responded_at or not case.withdrawn]
    due = [case for case in answerable if case.responded_at or (case.respond_by and case.respond_by <= now)]
    rated = [case for case in staying if case.rating]
    return Rates(
        response=Rate(sum(_in_time(case) for case in due), len(due)),
        resolution=Rate(resolved(staying), len(staying)),
        satisfaction=Rate(sum(case.rating == "satisfied" for case in rated), len(rated)),
        withdrawn=len(cases) - len(staying),
        not_due=len(answerable) - len(due),
        unrated=sum(case.resolved_at is not None and not case.rating for case in staying),
    )


def _in_time(case: Case) -> bool:
    return case.responded_at is not None and (case.respond_by is None or case.responded_at <= case.respond_by)


@dataclass(frozen=True, slots=True)
class Questions:
    """Policy questions: how many were asked, and how many still wait for a person."""

    asked: int
    waiting: int


def questions(conn: Connection, period: Period, scope: Scope) -> Questions:
    """The policy questions of a period."""
    chat = people.chat
    here = sa.and_(chat.c.channel == inbox.c.channel, chat.c.external_id == inbox.c.chat)
    asked = (
        sa.select(sa.func.count())
        .select_from(inbox.join(chat, here))
        .where(inbox.c.outcome == "ask_policy", inbox.c.at >= period.begins, inbox.c.at < period.over)
        .where(scope.covers(chat.c.id))
    )
    waiting = (
        sa.select(sa.func.count())
        .where(policy_question.c.state == "open", scope.covers(policy_question.c.chat_id))
        .where(policy_question.c.asked_at >= period.begins, policy_question.c.asked_at < period.over)
    )
    return Questions(conn.scalar(asked) or 0, conn.scalar(waiting) or 0)
