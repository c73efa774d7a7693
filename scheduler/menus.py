"""月度菜单: submitted where somebody approves it, pushed on the month's first working day, 必选 reminded on the 20th,
settled on the last working day.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.db import Db
from bot.domain import menus
from bot.domain.menus import Item, Member, Menu
from bot.files import FileStore, NotKept
from bot.notices import menus as notices
from bot.posters.words import Poster
from bot.voice import Voice
from knowledge.workdays import add_workdays, first_workday
from scheduler.asking import ask_privately
from scheduler.job import Due, Job, Missed
from scheduler.months import following, monthly

log = logging.getLogger(__name__)

OFFICE_HOURS_LEFT = timedelta(hours=8)
ANSWER_WITHIN = timedelta(days=3)


def push_moment(first: date) -> datetime:
    """Nine o'clock on a month's first working day."""
    return notices.push_moment(f"{first:%Y-%m}")


def reminder_moment(first: date) -> datetime:
    """Nine o'clock on the 20th."""
    return datetime.combine(first.replace(day=20), time(9, 0), SHANGHAI)


def settlement_moment(first: date) -> datetime:
    """Four o'clock on a month's last working day."""
    last = first_workday(following(first) - timedelta(days=1), back=True)
    return datetime.combine(last, time(16, 0), SHANGHAI)


def submission_moment(first: date) -> datetime:
    """Nine o'clock three working days before the menu is pushed."""
    return datetime.combine(add_workdays(first_workday(first), -3), time(9, 0), SHANGHAI)


def push(conn: Connection, voice: Voice, due: Due) -> None:
    """Each open group gets its organisation's menu; a month without activities says nothing.

    One that waits for approval goes out when it is given; its approver is asked again.
    """
    for home in menus.organisations(conn):
        drawn = menus.draw_up(conn, home, due.scope, due.at)
        if drawn and not menus.waits(conn, drawn[0]):
            notices.push(conn, voice, *drawn, due.at)
    submit(conn, voice, due)


async def draw(db: Db, files: FileStore, due: Due) -> None:
    """The pictures of the menus that are about to go out; a menu goes out without one that cannot be kept."""
    wanted = await db.run(_undrawn, due)
    if not wanted:
        return
    from bot.posters.picture import draw as paint  # Pillow and its font only where a picture is wanted

    for menu_id, words in wanted:
        content = await asyncio.to_thread(paint, words)
        try:
            picture = await asyncio.to_thread(files.keep, content, f"{words.head}.png")
        except (NotKept, OSError):
            log.exception("poster not kept", extra={"menu": menu_id})
            continue
        await db.run(menus.keep_poster, menu_id, picture)


def _undrawn(conn: Connection, due: Due) -> list[tuple[int, Poster]]:
    drawn = [menus.draw_up(conn, home, due.scope, due.at) for home in menus.organisations(conn)]
    return [(one[0].id, notices.poster(conn, *one)) for one in drawn if one and menus.wants_poster(conn, one[0])]


def anything_planned(conn: Connection, due: Due) -> bool:
    """Whether any group would get a menu, as things stand."""
    return any(menus.planned(conn, home, due.scope) for home in menus.organisations(conn))


def anything_shown(conn: Connection, due: Due) -> bool:
    """Whether any group has seen the month's menu."""
    return any(menus.on_display(conn, home, due.scope) for home in menus.organisations(conn))


def submit(conn: Connection, voice: Voice, due: Due) -> None:
    """Each approver gets the menus that wait for their word in one message."""
    waiting: dict[int, list[tuple[Menu, list[Item]]]] = {}
    for home in menus.organisations(conn):
        drawn, approver = menus.draw_up(conn, home, due.scope, due.at), menus.approver(conn, home)
        if drawn and approver and menus.waits(conn, drawn[0]):
            waiting.setdefault(approver, []).append(drawn)
    for approver, pairs in waiting.items():
        channel = menus.groups(conn, pairs[0][0].organisation_id)[0].channel
        if voice.to_person(approver, notices.for_approval(conn, pairs), channel=channel):
            args = {"menus_asked": "、".join(str(menu.id) for menu, _ in pairs)}
            ask_privately(conn, approver, channel, "approve_menus", "decision", due.at, args, timedelta(days=30))


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
    chat = ask_privately(conn, member.person.id, member.channel, "choose_number", "numbers", due.at, {}, ANSWER_WITHIN)
    menus.show(conn, min(theirs.menus), chat.id, due.at)


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
    Job("menus.submit", monthly(submission_moment), submit, OFFICE_HOURS_LEFT),
    Job(
        "menus.push",
        monthly(push_moment),
        push,
        OFFICE_HOURS_LEFT,
        Missed.ASK,
        "月度活动菜单，发到各群",
        anything_planned,
        draw,
    ),
    Job("menus.remind", monthly(reminder_moment), remind, OFFICE_HOURS_LEFT, title="必选活动提醒，私聊"),
    Job(
        "menus.settle",
        monthly(settlement_moment),
        settle,
        timedelta(hours=4),
        title="本月活动小结，私聊各书记",
        in_store=anything_shown,
    ),
)
