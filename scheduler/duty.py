"""政策管家: the day before, whose turn it is hears of it, and staff of a turn that nobody takes."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import duty, people
from bot.domain.people import STAFF
from bot.notices.duty import plain
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.asking import tell
from scheduler.job import Due, Job

AFTERNOON = time(16, 0)
DAY = timedelta(days=1)
LONGEST = timedelta(days=12)


def day_before(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Four in the afternoon of the working day before each day on which somebody sits in; the scope is that day."""
    # A turn is told of on the working day before it: no holiday is longer than LONGEST.
    for day in duty.days_with_turns(conn, local(after).date(), local(until).date() + LONGEST):
        told = _told_at(day)
        if after < told <= until:
            yield Due(told, day.isoformat())


def _told_at(day: date) -> datetime:
    return datetime.combine(first_workday(day - DAY, back=True), AFTERNOON, SHANGHAI)


def remind(conn: Connection, voice: Voice, due: Due) -> None:
    """Privately: the turn to who has it, a gap to the staff."""
    day = date.fromisoformat(due.scope)
    for shift in duty.on(conn, day):
        known = people.named(conn, shift.person)
        for person_id in known if len(known) == 1 else ():  # of two of that name, nobody knows which
            tell(
                conn,
                voice,
                person_id,
                f"提醒：{plain(day)}您在{shift.place}坐班（{shift.hours}）。来不了请说「坐班请假」。",
            )
    gaps = [f"{shift.field}（{shift.person}来不了）" for shift in duty.missing(conn, day)]
    for person_id in people.holders(conn, STAFF) if gaps else ():
        if tell(conn, voice, person_id, f"{plain(day)}坐班空缺：{'、'.join(gaps)}。可说「换班」另排，或告知群里。"):
            return


JOBS = (Job("duty.day_before", day_before, remind, timedelta(hours=5)),)
