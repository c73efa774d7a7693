"""诉求: what the clock does for needs."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.domain import needs, people
from bot.domain.needs import By
from bot.notices.needs import desk, dispatch
from bot.voice import Voice
from scheduler.clock import Due, Job

WAIT_FOR_CONTACT = timedelta(minutes=30)


def without_contact(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Needs whose reporter did not leave a phone number in time: dispatched without it, never lost."""
    for need in needs.waiting_for_contact(conn, after - WAIT_FOR_CONTACT, until - WAIT_FOR_CONTACT):
        yield Due(need.reported_at + WAIT_FOR_CONTACT, str(need.id))


def dispatch_without_contact(conn: Connection, voice: Voice, due: Due) -> None:
    """Dispatch a need that still waits for a phone number."""
    need = needs.get(conn, int(due.scope))
    if need.state == "reported":
        dispatch(conn, voice, need, By(None, due.at))


def unanswered(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Needs that nobody accepted in time."""
    for need in needs.overdue(conn, after, until, response=True):
        assert need.respond_by is not None
        yield Due(need.respond_by, str(need.id))


def remind_desk(conn: Connection, voice: Voice, due: Due) -> None:
    """Remind the service group's chat, once."""
    need = needs.get(conn, int(due.scope))
    if need.state not in ("dispatched", "returned", "reopened"):
        return
    chat = desk(conn, need)
    if chat:
        voice.to_chat(chat, f"诉求{need.id}号已到响应时限，还没有人接单，请尽快回复「接单 {need.id}」。")


def unresolved(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Needs that are not resolved in time."""
    for need in needs.overdue(conn, after, until, response=False):
        assert need.resolve_by is not None
        yield Due(need.resolve_by, str(need.id))


def escalate(conn: Connection, voice: Voice, due: Due) -> None:
    """One level up, told privately: to whoever handles it, and to the staff."""
    need = needs.get(conn, int(due.scope))
    if need.state not in needs.OPEN:
        return
    need = needs.escalate(conn, need.id, By(None, due.at), "超过办理时限")
    channel = people.get_chat(conn, need.chat_id).channel
    text = f"诉求{need.id}号（{need.category}）已到办理时限仍未办结，已上报{needs.LEVELS[need.level]}跟进。"
    for person_id in dict.fromkeys([need.handler_id, *people.holders(conn, people.STAFF)]):
        if person_id:
            voice.to_person(person_id, text, channel=channel)


JOBS = (
    Job("needs.dispatch", without_contact, dispatch_without_contact, timedelta(days=30)),
    Job("needs.unanswered", unanswered, remind_desk, timedelta(days=1)),
    Job("needs.unresolved", unresolved, escalate, timedelta(days=30)),
)
