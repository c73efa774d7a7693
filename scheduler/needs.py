"""诉求: what the clock does for needs."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.domain import needs
from bot.domain.needs import By
from bot.notices.needs import dispatch
from bot.voice import Voice
from scheduler.clock import Due, Job

WAIT_FOR_CONTACT = timedelta(minutes=30)


def without_contact(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Needs whose reporter did not leave a phone number in time: dispatched without it, never lost."""
    for need in needs.waiting_for_contact(conn, until - WAIT_FOR_CONTACT):
        if need.reported_at + WAIT_FOR_CONTACT > after:
            yield Due(need.reported_at + WAIT_FOR_CONTACT, str(need.id))


def dispatch_without_contact(conn: Connection, voice: Voice, due: Due) -> None:
    """Dispatch a need that still waits for a phone number."""
    need = needs.get(conn, int(due.scope))
    if need.state == "reported":
        dispatch(conn, voice, need, By(None, due.at))


JOBS = (Job("needs.dispatch", without_contact, dispatch_without_contact, timedelta(days=30)),)
