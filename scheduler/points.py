"""积分: the end of old points on the first of a month, its notice, and the reconciliation for staff."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import people, points
from bot.domain.people import STAFF
from bot.notices.points import account_of, expiry_notice
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.clock import Due, Job, cron

TEN = time(10, 0)
LATE = timedelta(days=5)
"""Points end even when the bot was away on the first."""


def expire(conn: Connection, _voice: Voice, due: Due) -> None:
    """Take what is over: in silence, the notice went out a month ago."""
    before = points.over_by(conn, due.at)
    if before is not None:
        points.expire(conn, before, due.at)


def warn(conn: Connection, voice: Voice, due: Due) -> None:
    """Tell everybody privately what ends on the first of the next month."""
    end = (local(due.at).replace(day=1, hour=0, minute=5) + timedelta(days=32)).replace(day=1)
    before = points.over_by(conn, end)
    for person_id, amount in (points.expiring(conn, before) if before else {}).items():
        channel = people.heard_on(conn, person_id)
        if channel:
            text, key = expiry_notice(amount, end), f"points.expiry:{person_id}:{end:%Y-%m}"
            voice.to_person(person_id, text, channel=channel, key=key)


def reconcile(conn: Connection, voice: Voice, due: Due) -> None:
    """Last month's account, privately to the first of the staff who has ever written to the bot."""
    after = local(due.at).replace(day=1, hour=0, minute=0)
    first = (after - timedelta(days=1)).replace(day=1)
    done = points.reconcile(conn, first, after)
    if not (done.issued or done.redeemed or done.expired or done.wrong):
        return
    for person_id in people.holders(conn, STAFF)[:1]:
        if channel := people.heard_on(conn, person_id):
            voice.to_person(
                person_id, account_of(conn, first, after), channel=channel, key=f"points.account:{first:%Y-%m}"
            )


def first_workdays(_conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Ten o'clock on each month's first working day."""
    first = local(after).date().replace(day=1)
    while first <= local(until).date():
        at = datetime.combine(first_workday(first), TEN, SHANGHAI)
        if after < at <= until:
            yield Due(at)
        first = (first + timedelta(days=32)).replace(day=1)


JOBS = (
    Job("points.expire", cron(day="1", hour="0", minute="5"), expire, LATE),
    Job("points.warn", first_workdays, warn, LATE),
    Job("points.reconcile", first_workdays, reconcile, LATE),
)
