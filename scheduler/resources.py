"""资源共享: what the clock does: ask the next owner when one does not answer, and settle what is past."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain.resources import requests
from bot.domain.worktime import add_working_hours
from bot.notices.resources import ask_next
from bot.voice import Voice
from scheduler.job import Due, Job, cron

PATIENCE = 8.0
"""Working hours that an owner has to answer before the next one is asked."""
LONGEST = timedelta(days=30)


def without_answer(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Owners who did not answer in time; the scope is the request and the resource."""
    for number, resource_id, asked_at in requests.overdue(conn, until):
        at = add_working_hours(asked_at, PATIENCE)
        if after < at <= until:
            yield Due(at, f"{number}:{resource_id}")


def try_next(conn: Connection, voice: Voice, due: Due) -> None:
    """Ask the next owner; where there is none, the one who was asked may still answer."""
    number, _ = due.scope.split(":")
    wanted = requests.get(conn, int(number))
    if wanted.state == requests.ASKED:
        ask_next(conn, voice, wanted, due.at)


def settle(conn: Connection, _: Voice, due: Due) -> None:
    """Close what is past, in silence."""
    requests.settle(conn, local(due.at).date(), due.at)


JOBS = (
    Job("resources.next_owner", without_answer, try_next, timedelta(hours=12)),
    Job("resources.settle", cron(hour="0", minute="5"), settle, LONGEST),
)
