"""积分: the end of old points on the first of a month, its notice, and the reconciliation for staff."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import people, points
from bot.domain.people import STAFF
from bot.notices.points import account_of, expiry_notice
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.asking import tell
from scheduler.job import Due, Job, cron
from scheduler.months import following, monthly

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
    end = datetime.combine(following(local(due.at).date().replace(day=1)), time(0, 5), SHANGHAI)
    before = points.over_by(conn, end)
    for person_id, amount in (points.expiring(conn, before) if before else {}).items():
        tell(conn, voice, person_id, expiry_notice(amount, end), f"points.expiry:{person_id}:{end:%Y-%m}")


def reconcile(conn: Connection, voice: Voice, due: Due) -> None:
    """Last month's account, privately to the first of the staff who has ever written to the bot."""
    after = local(due.at).replace(day=1, hour=0, minute=0)
    first = (after - timedelta(days=1)).replace(day=1)
    done = points.reconcile(conn, first, after)
    if not (done.issued or done.redeemed or done.expired or done.wrong):
        return
    for person_id in people.holders(conn, STAFF):
        if tell(conn, voice, person_id, account_of(conn, first, after), f"points.account:{first:%Y-%m}"):
            return


def opening(first: date) -> datetime:
    """Ten o'clock on a month's first working day."""
    return datetime.combine(first_workday(first), TEN, SHANGHAI)


JOBS = (
    Job("points.expire", cron(day="1", hour="0", minute="5"), expire, LATE),
    Job("points.warn", monthly(opening), warn, LATE),
    Job("points.reconcile", monthly(opening), reconcile, LATE),
)
