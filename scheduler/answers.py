"""政策问答: what the clock does: ask again about what nobody answered, and remind staff to check entries."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import answers, people
from bot.domain.worktime import add_working_hours
from bot.notices.answers import desk, overdue, stale_list
from bot.voice import Voice
from scheduler.job import Due, Job, cron

PATIENCE = 4.0
"""Working hours after which an unanswered question is put before the handlers and the staff again."""
LONGEST = timedelta(days=14)
"""No wait of PATIENCE is longer: the longest holidays and a weekend."""
WEEK = timedelta(days=7)


def unanswered(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Questions that nobody answered in time, but for those that wait with another."""
    for question in answers.waiting(conn):
        at = add_working_hours(question.asked_at, PATIENCE)
        if question.same_as is None and after < at <= until:
            yield Due(at, str(question.id))


def ask_again(conn: Connection, voice: Voice, due: Due) -> None:
    """One reminder: in the chat of the handlers, and where there is none, to the staff."""
    question = answers.get(conn, int(due.scope))
    if question.state != "open":
        return
    if chat := desk(conn, question):
        voice.to_chat(chat, overdue(question))
        return
    channel = people.get_chat(conn, question.chat_id).channel
    for person_id in people.holders(conn, people.STAFF):
        voice.to_person(person_id, overdue(question), channel=channel)


def recheck(conn: Connection, voice: Voice, due: Due) -> None:
    """One message to each of the staff, in a week that brought something new to check."""
    today = local(due.at).date()
    found = answers.stale(conn, today)
    if not any(one.since > today - WEEK for one in found):
        return
    channels = dict.fromkeys(chat.channel for chat in people.chats(conn))
    for person_id in people.holders(conn, people.STAFF):
        known_on = next((channel for channel in channels if people.external_id(conn, person_id, channel)), None)
        if known_on:
            voice.to_person(person_id, stale_list(found), channel=known_on, key=f"recheck:{today}:{person_id}")


JOBS = (
    Job("answers.unanswered", unanswered, ask_again, LONGEST),
    Job("answers.recheck", cron(day_of_week="mon", hour="9", minute="0"), recheck, timedelta(hours=8)),
)
