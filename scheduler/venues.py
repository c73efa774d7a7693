"""阵地预约: a private reminder at 17:00 the day before."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import activities, people
from bot.domain.venues import Booking, bookings
from bot.notices.venues import reminder
from bot.voice import Voice
from scheduler.job import Due, Job

EVENING = time(17, 0)
DAY = timedelta(days=1)


def evenings_before(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Five in the evening before each day with bookings; the scope is the day of the bookings."""
    days = {local(held.start).date() for held in bookings.between(conn, after, until + 2 * DAY)}
    for day in sorted(days):
        at = datetime.combine(day - DAY, EVENING, SHANGHAI)
        if after < at <= until:
            yield Due(at, day.isoformat())


def remind_of_tomorrow(conn: Connection, voice: Voice, due: Due) -> None:
    """One private message for each person, however many bookings; an activity has reminders of its own."""
    mine: dict[tuple[int, str], list[Booking]] = {}
    for held in bookings.of_day(conn, date.fromisoformat(due.scope)):
        if activities.rooms.activity_of(conn, held.id):
            continue
        channel = people.get_chat(conn, held.chat_id).channel
        mine.setdefault((held.person_id, channel), []).append(held)
    for (person_id, channel), held_by in mine.items():
        voice.to_person(person_id, reminder(conn, held_by), channel=channel)


JOBS = (
    Job("venues.evening_before", evenings_before, remind_of_tomorrow, timedelta(hours=5), title="次日场地提醒，私聊"),
)
