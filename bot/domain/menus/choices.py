"""Of whom the choices are expected, who made none, and who is told of it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.activities import attendance, sign_ups
from bot.domain.menus.months import Menu, find, groups, menu_shown
from bot.domain.people import COMPANY, MEMBER, SECRETARY, Person


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an organisation's groups, and the channel to reach them on."""

    person: Person
    channel: str


def those(conn: Connection, organisation_id: int, *roles: str) -> list[Member]:
    """Who holds one of these roles in an organisation's groups and has been heard there; once each."""
    found: dict[int, Member] = {}
    for chat in groups(conn, organisation_id):
        query = sa.select(people.presence.c.person_id).where(people.presence.c.chat_id == chat.id)
        for person_id in conn.scalars(query.order_by(people.presence.c.person_id)):
            person = people.get_person(conn, person_id)
            if person_id not in found and people.role_in(conn, person, chat) in roles:
                found[person_id] = Member(person, chat.channel)
    return list(found.values())


def members(conn: Connection, organisation_id: int) -> list[Member]:
    """Those of whom the 必选 items are expected."""
    return those(conn, organisation_id, MEMBER, COMPANY)


def secretaries(conn: Connection, organisation_id: int) -> list[Member]:
    """Those who get the settlement: secretaries heard in the groups."""
    return those(conn, organisation_id, SECRETARY)


def lacks(conn: Connection, person_id: int, activity_id: int) -> bool:
    """Whether somebody neither signed up for an activity, nor came, nor asked leave with a reason."""
    table = sign_ups.sign_up
    answered = sa.or_(table.c.state.in_((*sign_ups.HELD, sign_ups.LEAVE)), table.c.reason != "")
    mine = sa.select(table.c.id).where(table.c.activity_id == activity_id, table.c.person_id == person_id, answered)
    if conn.execute(mine).first():
        return False
    return all(person_id != one for one, _, _ in attendance.present(conn, activity_id))


def on_display(conn: Connection, organisation_id: int, month: str) -> Menu | None:
    """The menu of a month, if any group of the organisation has seen it."""
    known = find(conn, organisation_id, month)
    if known is None:
        return None
    here = [chat.id for chat in groups(conn, organisation_id)]
    query = sa.select(menu_shown.c.chat_id).where(menu_shown.c.menu_id == known.id, menu_shown.c.chat_id.in_(here))
    return known if conn.execute(query).first() else None
