"""社团: members learn of what their clubs newly hold, where no group of theirs has heard of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain.activities import clubs, lookup, plan, reach
from bot.domain.activities.plan import Activity
from bot.notices.activities import civil, club_news
from bot.voice import Voice
from scheduler.asking import tell
from scheduler.job import Due, Job

HOUR = timedelta(hours=1)
NIGHT = timedelta(hours=14)


def told_at(published: datetime) -> datetime:
    """The full hour after something was published, so that several things are one message; never at night."""
    whole = local(published).replace(minute=0, second=0, microsecond=0)
    return civil(whole + HOUR)


def newly_published(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """The hours at which there is something to tell."""
    published = lookup.published_by_clubs(conn, after - NIGHT, until)
    return [Due(at) for at in sorted({told_at(one) for one in published.values()}) if after < at <= until]


def tell_members(conn: Connection, voice: Voice, due: Due) -> None:
    """One message for each member who is in none of the groups that have read it, and did not publish it."""
    published = lookup.published_by_clubs(conn, due.at - NIGHT, due.at)
    mine: dict[int, list[Activity]] = {}
    for number, at in published.items():
        what = plan.get(conn, number)
        club = clubs.called(conn, what.organiser)
        if told_at(at) != due.at or club is None:
            continue
        heard = reach.heard_in(conn, [chat.id for chat in plan.announced_in(conn, number)])
        for person_id in clubs.members(conn, club.id):
            if person_id != what.drafter_id and person_id not in heard:
                mine.setdefault(person_id, []).append(what)
    for person_id, news in mine.items():
        tell(conn, voice, person_id, club_news(news))


JOBS = (Job("clubs.news", newly_published, tell_members, timedelta(hours=12)),)
