"""The menu of an organisation's month: what is in it, and where it was shown.

An activity has one number for the month in all menus, so that 选2 means the same in every group; one that is planned
later takes the next. These numbers are small, those of activities begin at `plan.FIRST_NUMBER`: neither can be taken
for the other, and both lead to the activity.
A menu counts in a chat once it was shown there: whoever never saw it cannot mean its numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people
from bot.domain.activities import Activity, lookup, plan
from bot.domain.people import Chat, Person

menu = sa.Table(
    "menu",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
    sa.Column("month", sa.String(7), nullable=False),  # YYYY-MM
    sa.Column("approved_at", UTCDateTime),
    sa.UniqueConstraint("organisation_id", "month"),
)

menu_item = sa.Table(
    "menu_item",
    metadata,
    sa.Column("menu_id", Id, sa.ForeignKey("menu.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), nullable=False),
    sa.UniqueConstraint("menu_id", "activity_id"),
)

menu_shown = sa.Table(
    "menu_shown",
    metadata,
    sa.Column("menu_id", Id, sa.ForeignKey("menu.id"), primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), primary_key=True, index=True),
    sa.Column("at", UTCDateTime, nullable=False),  # the last time
)


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of an organisation's month (YYYY-MM)."""

    id: int
    organisation_id: int
    month: str
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a menu."""

    number: int
    activity: Activity


_COLUMNS = [menu.c[name] for name in Menu.__slots__]

_ITEMS = (
    sa.select(menu_item.c.number, *plan.COLUMNS)
    .join(plan.activity, plan.activity.c.id == menu_item.c.activity_id)
    .where(menu_item.c.menu_id == sa.bindparam("menu"))
    .order_by(menu_item.c.number)
)


def month_of(moment: datetime) -> str:
    """The month of a moment in Shanghai, YYYY-MM."""
    return f"{local(moment):%Y-%m}"


def draw_up(conn: Connection, organisation_id: int, month: str, now: datetime) -> tuple[Menu, list[Item]] | None:
    """The menu of a month with what is still ahead; activities planned since take the next numbers.

    None when nothing is planned, or everything is over.
    """
    known = find(conn, organisation_id, month)
    coming = [what for what in planned(conn, organisation_id, month) if what.begins > now]
    if known is None:
        if not coming:
            return None
        row = {"organisation_id": organisation_id, "month": month}
        insert_new(conn, menu, [row], unique=("organisation_id", "month"))
        known = find(conn, organisation_id, month)
        assert known is not None
    _number(conn, known, coming)
    ahead = [item for item in items(conn, known.id) if item.activity.state == plan.PUBLISHED]
    ahead = [item for item in ahead if item.activity.begins > now and month_of(item.activity.begins) == month]
    return (known, ahead) if ahead else None


def _number(conn: Connection, what: Menu, activities: Iterable[Activity]) -> None:
    """Give each activity that has none its number: that of the other menus of the month, else the next of all."""
    conn.execute(sa.select(menu.c.id).where(menu.c.month == what.month).order_by(menu.c.id).with_for_update())
    query = sa.select(menu_item.c.menu_id, menu_item.c.activity_id, menu_item.c.number).join(menu)
    rows = conn.execute(query.where(menu.c.month == what.month)).all()
    taken = {row.activity_id: row.number for row in rows if row.menu_id == what.id}
    elsewhere = {row.activity_id: row.number for row in rows if row.number not in taken.values()}
    last = max((row.number for row in rows), default=0)
    for one in activities:
        if one.id not in taken:
            last = last if one.id in elsewhere else last + 1
            number = elsewhere.get(one.id, last)
            conn.execute(sa.insert(menu_item).values(menu_id=what.id, number=number, activity_id=one.id))


def items(conn: Connection, menu_id: int) -> list[Item]:
    """All lines of a menu by number, those that are over or called off among them."""
    return [Item(number, Activity(*row)) for number, *row in conn.execute(_ITEMS, {"menu": menu_id})]


def find(conn: Connection, organisation_id: int, month: str) -> Menu | None:
    """The menu of an organisation's month, if it was drawn up."""
    query = sa.select(*_COLUMNS).where(menu.c.organisation_id == organisation_id, menu.c.month == month)
    row = conn.execute(query).first()
    return Menu(*row) if row else None


def get(conn: Connection, menu_id: int) -> Menu:
    """The menu with that id."""
    return Menu(*conn.execute(sa.select(*_COLUMNS).where(menu.c.id == menu_id)).one())


def chosen(conn: Connection, what: Menu, number: int) -> Item | None:
    """The line that a number means: its own, or that of its activity."""
    return next((item for item in items(conn, what.id) if number in (item.number, item.activity.id)), None)


def planned(conn: Connection, organisation_id: int, month: str) -> list[Activity]:
    """The published activities of a month: the organisation's, those above it, those announced in its groups."""
    return lookup.of_month(conn, organisation_id, month, [chat.id for chat in groups(conn, organisation_id)])


def groups(conn: Connection, organisation_id: int) -> list[Chat]:
    """The open groups of an organisation, on all channels."""
    return [chat for chat in people.chats(conn, kind="group") if chat.organisation_id == organisation_id]


def organisations(conn: Connection) -> list[int]:
    """The organisations that have an open group."""
    bound = (chat.organisation_id for chat in people.chats(conn, kind="group"))
    return list(dict.fromkeys(one for one in bound if one is not None))


# where a menu was shown


def show(conn: Connection, menu_id: int, chat_id: int, now: datetime) -> None:
    """Note that a chat has the menu before its eyes."""
    row = {"menu_id": menu_id, "chat_id": chat_id, "at": now}
    if not insert_new(conn, menu_shown, [row], unique=("menu_id", "chat_id")):
        here = sa.and_(menu_shown.c.menu_id == menu_id, menu_shown.c.chat_id == chat_id)
        conn.execute(sa.update(menu_shown).where(here).values(at=now))


def shown_in(conn: Connection, chat_ids: Iterable[int], now: datetime) -> Menu | None:
    """The menu that one of these chats saw last; months that are over do not count."""
    query = (
        sa.select(*_COLUMNS)
        .join(menu_shown, menu_shown.c.menu_id == menu.c.id)
        .where(menu_shown.c.chat_id.in_(list(chat_ids)), menu.c.month >= month_of(now))
        .order_by(menu_shown.c.at.desc(), menu.c.id.desc())
    )
    row = conn.execute(query.limit(1)).first()
    return Menu(*row) if row else None


def seen(conn: Connection, chat: Chat, person: Person, now: datetime) -> Menu | None:
    """The menu that somebody in a chat can mean: what was last shown there; in private, else in their groups."""
    here = shown_in(conn, (chat.id,), now)
    if here or not chat.private:
        return here
    return shown_in(conn, [group.id for group in groups_of(conn, person.id)], now)


def groups_of(conn: Connection, person_id: int) -> list[Chat]:
    """The open groups where somebody has spoken, the latest joined first."""
    query = sa.select(people.presence.c.chat_id).where(people.presence.c.person_id == person_id)
    known = [people.get_chat(conn, one) for one in conn.scalars(query.order_by(people.presence.c.since.desc()))]
    return [chat for chat in known if chat.kind == "group"]


def home(conn: Connection, chat: Chat, person: Person, now: datetime) -> int | None:
    """Whose menu somebody in a chat asks for: the group's; in private that of the person's groups."""
    if not chat.private:
        return chat.organisation_id
    if met := seen(conn, chat, person, now):
        return met.organisation_id
    joined = (group.organisation_id for group in groups_of(conn, person.id))
    return next((one for one in joined if one), None) or person.organisation_id or people.district_id(conn)
