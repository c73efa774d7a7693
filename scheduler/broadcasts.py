"""群发: tell the drafter when a broadcast is out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.domain import broadcasts
from bot.notices.broadcasts import progress, report
from bot.voice import Voice
from scheduler.clock import Due, Job


def finished(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Broadcasts whose every message is sent, given up or doubtful: due as soon as anybody sees it."""
    for item in broadcasts.under_way(conn):
        done = progress(conn, item.id)
        if done.waiting:
            continue
        at = max(done.last_at or after, after + timedelta(microseconds=1))
        if at <= until:
            yield Due(at, str(item.id))


def report_finished(conn: Connection, voice: Voice, due: Due) -> None:
    """Close a broadcast and report it, once."""
    item = broadcasts.get(conn, int(due.scope))
    if broadcasts.finish(conn, item.id, due.at):
        voice.to_person(item.drafter_id, report(item.id, progress(conn, item.id)), channel=item.channel)


JOBS = (Job("broadcasts.report", finished, report_finished, timedelta(days=30)),)
"""Late is no reason to skip a report."""
