"""会客厅、联席会议: the clock asks after promises, and reminds staff of the quarterly claim round."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import people, topics
from bot.notices.topics import claim_list, promised
from bot.voice import Voice
from knowledge.workdays import first_workday
from scheduler.job import Due, Job

ASKED_AFTER = (timedelta(days=7), timedelta(days=30))
FOLLOW_AT, CLAIMS_AT = time(9, 0), time(9, 30)
QUARTERS = (1, 4, 7, 10)
HOLIDAYS = timedelta(days=12)


def promises(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Promises that are 7 or 30 days old: on the first working morning from then on."""
    # a morning may be earlier in the day than the promise was, and later by the longest holidays
    soonest, latest = min(ASKED_AFTER), max(ASKED_AFTER)
    found = topics.promised_between(conn, after - latest - HOLIDAYS, until - soonest + timedelta(days=1))
    mornings = [
        (_morning(one.promised_at + days), one.id, days) for one in found if one.promised_at for days in ASKED_AFTER
    ]
    for at, number, days in sorted(mornings):
        if after < at <= until:
            yield Due(at, f"{number}:{days.days}")


def _morning(moment: datetime) -> datetime:
    return datetime.combine(first_workday(local(moment).date()), FOLLOW_AT, tzinfo=SHANGHAI)


def ask_how_it_goes(conn: Connection, voice: Voice, due: Due) -> None:
    """Ask whoever recorded the promise, privately."""
    number, days = due.scope.split(":")
    one = topics.get(conn, int(number))
    if one.state != topics.PROMISED or one.promised_to_id is None:
        return
    overdue = "，已过承诺日期" if one.due and one.due < local(due.at).date() else ""
    text = (
        f"议题{one.id}号承诺已{days}天{overdue}：{promised(one)}。"
        f"请回复「议题{one.id}进展：…」，办好了回复「议题{one.id}办结」。"
    )
    voice.to_person(one.promised_to_id, text, channel=people.get_chat(conn, one.chat_id).channel)


def quarters(_: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """The first working morning of each quarter."""
    firsts = (date(year, month, 1) for year in range(local(after).year, local(until).year + 1) for month in QUARTERS)
    for first in firsts:
        if not local(after - HOLIDAYS).date() <= first <= local(until).date():
            continue
        at = datetime.combine(first_workday(first), CLAIMS_AT, tzinfo=SHANGHAI)
        if after < at <= until:
            yield Due(at)


def remind_of_claims(conn: Connection, voice: Voice, _: Due) -> None:
    """Tell the staff what could be put on the table; they publish it."""
    text = claim_list(conn)
    if text is None:
        return
    count = text.count("\n") - 1
    for person_id in people.holders(conn, people.STAFF):
        words = f"新季度了，有{count}件诉求可以摆上桌请大家认领。看清单并发布，请回复「发布认领清单」。"
        voice.to_person(person_id, words, channel="")


JOBS = (
    Job("topics.promises", promises, ask_how_it_goes, timedelta(days=7), title="会客厅承诺跟进"),
    Job("topics.claims", quarters, remind_of_claims, timedelta(days=7), title="季度需求认领提醒"),
)
