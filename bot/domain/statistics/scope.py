"""Whose figures, and of which days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import people
from bot.domain.activities.reach import subtree
from bot.domain.people import SECRETARY, Chat, Person
from bot.errors import Refusal


@dataclass(frozen=True, slots=True)
class Period:
    """Days of which figures are asked, both counted."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first moment of it."""
        return datetime.combine(self.first, time(), tzinfo=SHANGHAI)

    @property
    def over(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=SHANGHAI)


def month_of(now: datetime) -> Period:
    """The month that `now` is in."""
    first = local(now).date().replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def quarter_of(now: datetime) -> Period:
    """The quarter that `now` is in."""
    today = local(now).date()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return Period(first, (first + timedelta(days=92)).replace(day=1) - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: those of some organisations and chats; `organisations` None is everything."""

    organisations: frozenset[int] | None
    chats: frozenset[int] = frozenset()

    def covers(self, chat_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """The condition that a row of a chat belongs here."""
        if self.organisations is None:
            return sa.true()
        there = sa.select(people.chat.c.id).where(people.chat.c.organisation_id.in_(self.organisations))
        return sa.or_(chat_id.in_(self.chats), chat_id.in_(there))

    def covers_reported(
        self, chat_id: sa.ColumnElement[int], person_id: sa.ColumnElement[int]
    ) -> sa.ColumnElement[bool]:
        """The condition that something said in a chat by a person belongs here, by where or by who."""
        if self.organisations is None:
            return sa.true()
        theirs = sa.select(people.person.c.id).where(people.person.c.organisation_id.in_(self.organisations))
        return sa.or_(self.covers(chat_id), person_id.in_(theirs))


EVERYTHING = Scope(None)


def of_secretary(conn: Connection, someone: Person, where: Chat) -> Scope:
    """The trees of the organisations whose secretary somebody is; in a group, the part that belongs to it.

    The root of the tree is nobody's merely because an unbound group belongs to it: of such a group, a secretary
    sees what was said in it. Raises Refusal where no organisation is known.
    """
    grant = people.role_grant
    held = list(
        conn.execute(
            sa.select(grant.c.chat_id, grant.c.organisation_id).where(
                grant.c.person_id == someone.id, grant.c.role == SECRETARY
            )
        )
    )
    chats = {row.chat_id for row in held if row.chat_id is not None}
    tops = {row.organisation_id for row in held if row.organisation_id is not None}
    bound = {people.get_chat(conn, chat_id).organisation_id for chat_id in chats} - {people.district_id(conn)}
    tops |= (bound | {someone.organisation_id}) - {None}
    organisations: set[int] = set().union(*(subtree(conn, top) for top in tops))
    if not where.private:
        chats &= {where.id}
        organisations &= subtree(conn, where.organisation_id) if where.organisation_id else set()
    groups = {chat_id for chat_id in chats if not people.get_chat(conn, chat_id).private}
    if not organisations and not groups:
        raise Refusal("还不知道您负责哪个组织，请先登记，比如「我是海纳支部的陈明」。")
    return Scope(frozenset(organisations), frozenset(groups))
