"""群发: tell the drafter when a broadcast is out, and when it does not get out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import broadcasts, doubts, people
from bot.domain.broadcasts import deliveries
from bot.notices.broadcasts import report, tell_result
from bot.voice import Voice
from scheduler.clock import Due, Job, Missed, cron

FIRST, NIGHT, DAYTIME = 8, timedelta(hours=15), timedelta(hours=3)
"""The first hour in which doubts are told, and how far it and the later ones look back."""
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


def tell_doubts(conn: Connection, voice: Voice, due: Due) -> None:
    """Tell the staff, once, of other messages of the last hours of which nobody knows whether they arrived."""
    back = NIGHT if local(due.at).hour == FIRST else DAYTIME
    found = doubts.since(conn, due.at - back)
    if found:
        text = f"有{len(found)}条消息不知是否送到或没有发成，不会自动重发。请回复「待确认消息」查看。"
        for person_id in people.holders(conn, people.STAFF):
            voice.to_person(person_id, text, channel="")


JOBS = (
    Job("broadcasts.report", finished, report_finished, timedelta(days=30)),  # late is no reason to skip a report
    Job("broadcasts.stalled", stalled, report_stalled, timedelta(hours=12)),
    Job("broadcasts.doubts", cron(hour="8,11,14,17", minute="5"), tell_doubts, timedelta(hours=3), Missed.ONCE),
)
