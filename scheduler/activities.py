"""活动: reminders the day before at nine and one hour before, to those with a seat, once each."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import people
from bot.domain.activities import lookup, plan, sign_ups
from bot.domain.activities.plan import Activity
from bot.notices.activities import reminder, tell_holders
from bot.voice import Voice
from scheduler.clock import Due, Job

MORNING = time(9, 0)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


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
    mine: dict[tuple[int, str], list[Activity]] = {}
    for what in lookup.beginning(conn, first - timedelta(seconds=1), first + DAY - timedelta(seconds=1)):
        for entry in sign_ups.entries(conn, what.id, sign_ups.SEATED):
            channel = people.get_chat(conn, entry.chat_id).channel
            theirs = mine.setdefault((entry.person_id or entry.by_id, channel), [])
            if what not in theirs:
                theirs.append(what)
    for (person_id, channel), activities in mine.items():
        voice.to_person(person_id, reminder(activities, "明天"), channel=channel)


def hours_before(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """One hour before each activity; put off, it falls due anew."""
    for what in lookup.beginning(conn, after + HOUR, until + HOUR):
        yield Due(what.begins - HOUR, str(what.id))


def remind_of_start(conn: Connection, voice: Voice, due: Due) -> None:
    """Tell those with a seat that it begins in an hour."""
    what = plan.get(conn, int(due.scope))
    seated = sign_ups.entries(conn, what.id, sign_ups.SEATED)
    tell_holders(conn, voice, seated, reminder((what,), "一小时后"))


JOBS = (
    Job("activities.day_before", days_before, remind_of_tomorrow, timedelta(hours=9)),
    Job("activities.hour_before", hours_before, remind_of_start, timedelta(minutes=45)),
)
