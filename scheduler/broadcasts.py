"""群发: tell the drafter when a broadcast is out, and when it does not get out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.domain import broadcasts
from bot.domain.broadcasts import deliveries
from bot.notices.broadcasts import report, tell_result
from bot.voice import Voice
from scheduler.clock import Due, Job

STALLED = timedelta(hours=1)
EACH = timedelta(seconds=6)
"""How long a broadcast may take in all, and more for each group, before its drafter hears that it is stuck."""


def finished(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Broadcasts whose every message is sent, given up or doubtful: due as soon as anybody sees it."""
    for item in broadcasts.under_way(conn):
        done = deliveries.progress(conn, item.id)
        if done.waiting:
            continue
        at = max(done.last_at or after, after + timedelta(microseconds=1))
        if at <= until:
            yield Due(at, str(item.id))


def report_finished(conn: Connection, voice: Voice, due: Due) -> None:
    """Close a broadcast and report it, once."""
    item = broadcasts.get(conn, int(due.scope))
    if broadcasts.finish(conn, item.id, due.at):
        tell_result(conn, voice, item, due.at)


def stalled(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Broadcasts that should be out by now."""
    for item in broadcasts.under_way(conn):
        if item.due_at is None:
            continue
        at = item.due_at + STALLED + EACH * len(broadcasts.targets(conn, item.id))
        if after < at <= until:
            yield Due(at, str(item.id))


def report_stalled(conn: Connection, voice: Voice, due: Due) -> None:
    """Say, once, which groups still wait."""
    item = broadcasts.get(conn, int(due.scope))
    done = deliveries.progress(conn, item.id)
    if item.state == broadcasts.CONFIRMED and done.waiting:
        text = (
            f"{report(item.id, done)}发送比预计慢，可能是通道没有连上，我会接着发；不想等请回复「撤回群发{item.id}」。"
        )
        voice.to_person(item.drafter_id, text, channel=item.channel)


JOBS = (
    Job("broadcasts.report", finished, report_finished, timedelta(days=30)),  # late is no reason to skip a report
    Job("broadcasts.stalled", stalled, report_stalled, timedelta(hours=12)),
)
