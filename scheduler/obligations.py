"""职责: hand-over of the chair, a week's warning of what is owed, and gaps told to the committee."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.domain import obligations, people
from bot.domain.obligations import MONTHS, Owed
from bot.domain.people import STAFF
from bot.notices.obligations import lines
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.asking import tell
from scheduler.job import Due, Job
from scheduler.months import monthly

MORNING = time(9, 30)
WEEK = timedelta(days=7)
LATE = timedelta(days=2)


def eve(first: date) -> datetime:
    """Half past nine of the last working day that is a week before a month."""
    return datetime.combine(first_workday(first - WEEK, back=True), MORNING, SHANGHAI)


def opening(first: date) -> datetime:
    """Half past nine of a month's first working day."""
    return datetime.combine(first_workday(first), MORNING, SHANGHAI)


def _first(due: Due) -> date:
    return date.fromisoformat(f"{due.scope}-01")


def hand_over(conn: Connection, voice: Voice, due: Due) -> None:
    """A week before the month: whose turn begins hears what it brings, whose turn ends that it ends."""
    first = _first(due)
    comes, goes = obligations.chair(conn, first), obligations.chair(conn, first - timedelta(days=1))
    if comes is None or comes == goes:
        return
    name = people.organisation_name(conn, comes)
    duties = [one for one in obligations.owed(conn, first) if one.organisation_id == comes and not one.evidence]
    theirs = [one for one in duties if one.obligation.who == obligations.CHAIR]
    _tell(conn, voice, comes, f"{first.month}月起由{name}任轮值主席。要做的：\n{lines(conn, theirs)}")
    if goes is not None:
        _tell(conn, voice, goes, f"{first.month}月起轮值主席交给{name}，请做好交接。")


def warn(conn: Connection, voice: Voice, due: Due) -> None:
    """A week before a period ends: what is still owed, in one message for each who answers for it."""
    last = _first(due) - timedelta(days=1)
    owed: dict[int, list[Owed]] = defaultdict(list)
    for debtor, theirs in _open(conn, last).items():
        for person_id in obligations.answerable(conn, debtor):
            owed[person_id] += theirs
    for person_id, theirs in owed.items():
        names = "、".join(dict.fromkeys(people.organisation_name(conn, one.organisation_id) for one in theirs))
        tell(conn, voice, person_id, f"{names}还没有记录的职责：\n{lines(conn, theirs)}")


def report(conn: Connection, voice: Voice, due: Due) -> None:
    """When a period is over: the gaps, to the committee."""
    last = _first(due) - timedelta(days=1)
    gaps = [one for theirs in _open(conn, last).values() for one in theirs]
    if not gaps:
        return
    for person_id in people.holders(conn, STAFF):
        if tell(conn, voice, person_id, f"{last.month}月底到期、没有记录的职责：\n{lines(conn, gaps)}"):
            return


def _open(conn: Connection, last: date) -> dict[int, list[Owed]]:
    """Organisation → what it owes in the periods that end on a day."""
    ending = [every for every in MONTHS if obligations.period(every, last).last == last]
    found: dict[int, list[Owed]] = defaultdict(list)
    for one in obligations.owed(conn, last, ending):
        if not one.evidence:
            found[one.organisation_id].append(one)
    return found


def _tell(conn: Connection, voice: Voice, organisation_id: int, text: str) -> None:
    for person_id in obligations.answerable(conn, organisation_id):
        tell(conn, voice, person_id, text)


JOBS = (
    Job("obligations.hand_over", monthly(eve), hand_over, LATE),
    Job("obligations.warn", monthly(eve), warn, LATE),
    Job("obligations.report", monthly(opening), report, LATE),
)
