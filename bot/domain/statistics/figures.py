"""Counting: needs with their three rates, and the policy questions of a period."""

from collections.abc import Callable, Sequence
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
    One that was merged into another counts there alone.
    """

    response: Rate
    resolution: Rate
    satisfaction: Rate
    withdrawn: int
    merged: int
    not_due: int
    unrated: int


@dataclass(frozen=True, slots=True)
class Behind:
    """The numbers of the needs behind the rates: those that fall short, and those that are left out."""

    late: list[int]
    unresolved: list[int]
    neutral: list[int]
    dissatisfied: list[int]
    withdrawn: list[int]
    merged: list[int]
    not_due: list[int]
    unrated: list[int]


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


def split(cases: Sequence[Case], of: Callable[[Case], str]) -> dict[str, list[Case]]:
    """The cases by what they belong to, the most numerous first."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(of(case), []).append(case)
    return dict(sorted(found.items(), key=lambda part: (-len(part[1]), part[0])))


def rates(cases: Sequence[Case], now: datetime) -> Rates:
    """The three rates of needs, as they stand `now`."""
    seen = behind(cases, now)
    due = [case for case in cases if not case.merged and (case.responded_at or not case.withdrawn)]
    staying = [case for case in cases if case.counts]
    rated = sum(bool(case.rating) for case in staying)
    answerable = len(due) - len(seen.not_due)
    return Rates(
        response=Rate(answerable - len(seen.late), answerable),
        resolution=Rate(len(staying) - len(seen.unresolved), len(staying)),
        satisfaction=Rate(rated - len(seen.neutral) - len(seen.dissatisfied), rated),
        withdrawn=len(seen.withdrawn),
        merged=len(seen.merged),
        not_due=len(seen.not_due),
        unrated=len(seen.unrated),
    )


def behind(cases: Sequence[Case], now: datetime) -> Behind:
    """Which needs keep the rates down, and which are left out of them."""
    staying = [case for case in cases if case.counts]
    asked = [case for case in cases if not case.merged and (case.responded_at or not case.withdrawn)]
    due = [case for case in asked if case.responded_at or (case.respond_by and case.respond_by <= now)]
    return Behind(
        late=[case.id for case in due if not _in_time(case)],
        unresolved=[case.id for case in staying if case.resolved_at is None],
        neutral=[case.id for case in staying if case.rating == "neutral"],
        dissatisfied=[case.id for case in staying if case.rating == "dissatisfied"],
        withdrawn=[case.id for case in cases if case.withdrawn],
        merged=[case.id for case in cases if case.merged],
        not_due=[case.id for case in asked if case not in due],
        unrated=[case.id for case in staying if case.resolved_at is not None and not case.rating],
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
