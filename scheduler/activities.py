"""活动: reminders the day before at nine and one hour before, thanks in the evening; one message a person each time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import people, points
from bot.domain.activities import attendance, lookup, sign_ups
from bot.domain.activities.plan import Activity
from bot.domain.broadcasts.drafts import at_night
from bot.notices.activities import reminder, thanks
from bot.voice import Voice
from scheduler.asking import ask_privately
from scheduler.job import Due, Job, cron

MORNING, EVENING = time(9, 0), time(20, 0)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RATE_WITHIN = timedelta(days=2)


def days_before(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Nine o'clock on each day before a day with activities; the scope is the day of the activities."""
    days = {local(what.begins).date() for what in lookup.beginning(conn, after, until + 2 * DAY)}
    for day in sorted(days):
        at = datetime.combine(day - DAY, MORNING, SHANGHAI)
        if after < at <= until:
            yield Due(at, day.isoformat())


def remind_of_tomorrow(conn: Connection, voice: Voice, due: Due) -> None:
    """One message for each person with a seat tomorrow, however many activities they are in."""
    first = datetime.combine(date.fromisoformat(due.scope), time(0), SHANGHAI)
    activities = lookup.beginning(conn, first - timedelta(seconds=1), first + DAY - timedelta(seconds=1))
    _remind(conn, voice, activities, "明天")


def moment_before(what: Activity) -> datetime:
    """One hour before an activity; where people are not to be written to then, the evening before that."""
    at = local(what.begins) - HOUR
    if not at_night(at):
        return at
    evening = datetime.combine(at.date(), EVENING, SHANGHAI)
    return evening if evening <= at else evening - DAY


def hours_before(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """The moment before each activity, once for all that share it; put off, one falls due anew."""
    moments = {moment_before(what) for what in lookup.beginning(conn, after, until + DAY)}
    return [Due(at, at.isoformat()) for at in sorted(moments) if after < at <= until]


def remind_of_start(conn: Connection, voice: Voice, due: Due) -> None:
    """Tell those with a seat that it begins in an hour, or early next morning."""
    coming = [what for what in lookup.beginning(conn, due.at, due.at + DAY) if moment_before(what) == due.at]
    for lead in ("一小时后", "今晚", "明早"):
        _remind(conn, voice, [what for what in coming if _lead(what, due.at) == lead], lead)


def _lead(what: Activity, now: datetime) -> str:
    if what.begins - now == HOUR:
        return "一小时后"
    return "今晚" if local(what.begins).date() == local(now).date() else "明早"


def _remind(conn: Connection, voice: Voice, activities: Sequence[Activity], lead: str) -> None:
    mine: dict[tuple[int, str], list[Activity]] = {}
    for what in activities:
        for entry in sign_ups.entries(conn, what.id, sign_ups.SEATED):
            channel = people.get_chat(conn, entry.chat_id).channel
            theirs = mine.setdefault((entry.person_id or entry.by_id, channel), [])
            if what not in theirs:
                theirs.append(what)
    for (person_id, channel), wanted in mine.items():
        voice.to_person(person_id, reminder(wanted, lead), channel=channel)


def thank(conn: Connection, voice: Voice, due: Due) -> None:
    """Whoever came to what closed since yesterday evening is thanked once, and asked for one number."""
    over = lookup.beginning(conn, due.at - 4 * DAY, due.at)
    over = [what for what in over if due.at - DAY < attendance.closes(what) <= due.at]
    mine: dict[int, list[Activity]] = {}
    for what in over:
        for person_id, _, _ in attendance.present(conn, what.id):
            mine.setdefault(person_id, []).append(what)
    for person_id, been in mine.items():
        where = people.address(conn, person_id, "")
        if where is None:
            continue
        earned = [(what.title, points.given(conn, attendance.point_key(what.id, person_id))) for what in been]
        words = thanks(earned, points.balance(conn, person_id))
        voice.to_person(person_id, words, channel=where[0], key=f"thanks:{due.at:%Y-%m-%d}:{person_id}")
        args = {"activities": "、".join(str(what.id) for what in been)}
        ask_privately(conn, person_id, where[0], "rate_activity", "stars", due.at, args, RATE_WITHIN)


JOBS = (
    Job("activities.day_before", days_before, remind_of_tomorrow, timedelta(hours=9), title="次日活动提醒，私聊"),
    Job("activities.hour_before", hours_before, remind_of_start, timedelta(minutes=45)),
    Job("activities.thanks", cron(hour="19", minute="0"), thank, timedelta(hours=2)),
)
