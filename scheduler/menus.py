"""月度菜单: pushed on the month's first working day, 必选 reminded on the 20th, settled on the last working day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot import questions
from bot.clock import SHANGHAI, local
from bot.domain import menus, people
from bot.domain.menus import Item, Member
from bot.messages import private_chat
from bot.notices import menus as notices
from bot.outbox import Class
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.clock import Due, DueBetween, Job

OFFICE_HOURS_LEFT = timedelta(hours=8)
ANSWER_WITHIN = timedelta(days=3)


def monthly(moment: Callable[[date], datetime]) -> DueBetween:
    """Due once a month, at the moment that a month (its first day) has; the scope is the month, YYYY-MM."""

    def due(_conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
        first = local(after).date().replace(day=1)
        while first <= local(until).date():
            at = moment(first)
            if after < at <= until:
                yield Due(at, f"{first:%Y-%m}")
            first = _next(first)

    return due


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def push_moment(first: date) -> datetime:
    """Nine o'clock on a month's first working day."""
    return datetime.combine(first_workday(first), time(9, 0), SHANGHAI)


def reminder_moment(first: date) -> datetime:
    """Nine o'clock on the 20th."""
    return datetime.combine(first.replace(day=20), time(9, 0), SHANGHAI)


def settlement_moment(first: date) -> datetime:
    """Four o'clock on a month's last working day."""
    last = first_workday(_next(first) - timedelta(days=1), back=True)
    return datetime.combine(last, time(16, 0), SHANGHAI)


def push(conn: Connection, voice: Voice, due: Due) -> None:
    """Each open group gets its organisation's menu; a month without activities says nothing."""
    for home in menus.organisations(conn):
        drawn = menus.draw_up(conn, home, due.scope, due.at)
        if drawn is None:
            continue
        menu, items = drawn
        words = notices.text(conn, menu, items)
        for chat in menus.groups(conn, home):
            menus.show(conn, menu.id, chat.id, due.at)
            voice.to_chat(chat, words, klass=Class.BULK, key=f"menu:{due.scope}:{chat.id}")


@dataclass(slots=True)
class Wanting:
    """Somebody with the 必选 items that they have not chosen, by activity, and the menus these stand in."""

    member: Member
    items: dict[int, Item]
    menus: set[int]


def remind(conn: Connection, voice: Voice, due: Due) -> None:
    """Whoever saw a menu and has not chosen a 必选 item that lies ahead is told once, all in one message."""
    wanting: dict[int, Wanting] = {}
    for home in menus.organisations(conn):
        drawn = menus.draw_up(conn, home, due.scope, due.at)
        if drawn is None or menus.on_display(conn, home, due.scope) is None:
            continue
        menu, items = drawn
        required = [item for item in items if item.activity.required and _open(item, due.at)]
        for member in menus.members(conn, home):
            theirs = wanting.setdefault(member.person.id, Wanting(member, {}, set()))
            for item in required:
                if item.activity.id not in theirs.items and menus.lacks(conn, member.person.id, item.activity.id):
                    theirs.items[item.activity.id] = item
                    theirs.menus.add(menu.id)
    for theirs in wanting.values():
        if theirs.items:
            _tell(conn, voice, due, theirs)


def _open(item: Item, now: datetime) -> bool:
    return item.activity.deadline is None or item.activity.deadline > now


def _tell(conn: Connection, voice: Voice, due: Due, theirs: Wanting) -> None:
    """Remind one person; where all is in one menu, a bare number in the private chat then answers."""
    member, numbered = theirs.member, len(theirs.menus) == 1
    words = notices.reminder(due.scope, list(theirs.items.values()), numbered=numbered)
    key = f"menu-reminder:{due.scope}:{member.person.id}"
    if not voice.to_person(member.person.id, words, channel=member.channel, key=key) or not numbered:
        return
    where = people.address(conn, member.person.id, member.channel)
    assert where is not None
    chat = people.meet_chat(conn, where[0], private_chat(where[1]), private=True)
    menus.show(conn, min(theirs.menus), chat.id, due.at)
    questions.ask(
        conn,
        chat_id=chat.id,
        person_id=member.person.id,
        capability="choose_number",
        slot="numbers",
        args={},
        now=due.at,
        expires_at=due.at + ANSWER_WITHIN,
    )


def settle(conn: Connection, voice: Voice, due: Due) -> None:
    """Each secretary gets one message about the month of all the organisations whose groups they are in."""
    homes: dict[int, tuple[Member, list[int]]] = {}
    for home in menus.organisations(conn):
        if menus.on_display(conn, home, due.scope):
            for secretary in menus.secretaries(conn, home):
                homes.setdefault(secretary.person.id, (secretary, []))[1].append(home)
    for secretary, theirs in homes.values():
        words = notices.settlement(conn, due.scope, theirs, due.at)
        key = f"menu-settlement:{due.scope}:{secretary.person.id}"
        voice.to_person(secretary.person.id, words, channel=secretary.channel, key=key)


JOBS = (
    Job("menus.push", monthly(push_moment), push, OFFICE_HOURS_LEFT),
    Job("menus.remind", monthly(reminder_moment), remind, OFFICE_HOURS_LEFT),
    Job("menus.settle", monthly(settlement_moment), settle, timedelta(hours=4)),
)
