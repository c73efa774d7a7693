"""职责: hand-over of the chair, a week's warning of what is owed, and gaps told to the committee."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import obligations, people
from bot.domain.obligations import MONTHS, Owed
from bot.domain.people import STAFF
from bot.notices.obligations import lines
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.clock import Due, DueBetween, Job

MORNING = time(9, 30)
WEEK = timedelta(days=7)
LATE = timedelta(days=2)


def monthly(moment: Callable[[date], date]) -> DueBetween:
    """Half past nine of the day that belongs to a month (its first day); the scope is that first day."""

    def due(_conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
        first = (local(after).date().replace(day=1) - timedelta(days=1)).replace(day=1)
        while first <= local(until).date() + 2 * WEEK:
            at = datetime.combine(moment(first), MORNING, SHANGHAI)
            if after < at <= until:
                yield Due(at, first.isoformat())
            first = (first + timedelta(days=32)).replace(day=1)

    return due


def hand_over(conn: Connection, voice: Voice, due: Due) -> None:
    """A week before the month: whose turn begins hears what it brings, whose turn ends that it ends."""
    first = date.fromisoformat(due.scope)
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
    last = date.fromisoformat(due.scope) - timedelta(days=1)
    owed: dict[int, list[Owed]] = defaultdict(list)
    for debtor, theirs in _open(conn, last).items():
        for person_id in obligations.answerable(conn, debtor):
            owed[person_id] += theirs
    for person_id, theirs in owed.items():
        names = "、".join(dict.fromkeys(people.organisation_name(conn, one.organisation_id) for one in theirs))
        _write(conn, voice, person_id, f"{names}还没有记录的职责：\n{lines(conn, theirs)}")


def report(conn: Connection, voice: Voice, due: Due) -> None:
    """When a period is over: the gaps, to the committee."""
    last = date.fromisoformat(due.scope) - timedelta(days=1)
    gaps = [one for theirs in _open(conn, last).values() for one in theirs]
    if not gaps:
        return
    for person_id in people.holders(conn, STAFF):
        if _write(conn, voice, person_id, f"{last.month}月底到期、没有记录的职责：\n{lines(conn, gaps)}"):
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
        _write(conn, voice, person_id, text)


def _write(conn: Connection, voice: Voice, person_id: int, text: str) -> bool:
    channel = people.heard_on(conn, person_id)
    return channel is not None and voice.to_person(person_id, text, channel=channel)


JOBS = (
    Job("obligations.hand_over", monthly(lambda first: first_workday(first - WEEK, back=True)), hand_over, LATE),
    Job("obligations.warn", monthly(lambda first: first_workday(first - WEEK, back=True)), warn, LATE),
    Job("obligations.report", monthly(first_workday), report, LATE),
)
