"""群发: tell the drafter when a broadcast is out, and when it does not get out."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI, local
from bot.domain import broadcasts, doubts, people
from bot.domain.broadcasts import deliveries
from bot.domain.doubts import Doubt
from bot.notices.broadcasts import report, tell_put_off, tell_result, tell_taken_back
from bot.voice import Voice
from scheduler.job import Due, Job, Missed, cron

TOLD_AT = tuple(time(hour, 5) for hour in (8, 11, 14, 17))
"""When the staff hear of messages in doubt: each at the next of these times."""
NIGHTFALL = cron(hour=str(broadcasts.QUIET_FROM.hour), minute="0")
NIGHT = timedelta(hours=16)
"""No message waits longer for that."""
SETTLING = timedelta(minutes=1)
"""How long after it was tried a message may come into doubt."""
STALLED = timedelta(hours=1)
EACH = timedelta(seconds=6)
"""How long a broadcast may take in all, and more for each group, before its drafter hears that it is stuck."""


def finished(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Broadcasts whose every message is sent, given up or doubtful: due as soon as anybody sees it."""
    for item in broadcasts.under_way(conn):
        if deliveries.is_queued(conn, item):
            continue
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


def taken_back(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Broadcasts whose messages were taken back as far as the platforms let them."""
    for item in broadcasts.under_way(conn, broadcasts.RECALLING):
        if not deliveries.is_queued(conn, item) and not deliveries.progress(conn, item.id).waiting:
            yield Due(after + timedelta(microseconds=1), str(item.id))


def report_taken_back(conn: Connection, voice: Voice, due: Due) -> None:
    """Say, once, where it is gone and where it is not. What arrived after all since is taken back first."""
    item = broadcasts.get(conn, int(due.scope))
    if deliveries.take_back(conn, item, voice.now):
        return
    if broadcasts.finish(conn, item.id, due.at, broadcasts.RECALLED):
        tell_taken_back(conn, voice, item, due.at)


def stop_for_the_night(conn: Connection, voice: Voice, due: Due) -> None:
    """What is not out by the quiet hours goes on in the morning, and its drafter knows; urgent ones go on.

    What has yet to begin, at a time of its drafter's own or in the morning, keeps its time.
    """
    until = broadcasts.release_at(due.at)
    for item in broadcasts.under_way(conn):
        begun = item.due_at is not None and item.due_at <= due.at
        if item.urgent or not begun or not deliveries.put_off(conn, item, until):
            continue
        tell_put_off(voice, item, deliveries.progress(conn, item.id), until)


def stalled(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Broadcasts that should be out by now."""
    for item in broadcasts.under_way(conn):
        if item.due_at is None or until < item.due_at + STALLED:
            continue
        begins = max(item.due_at, deliveries.waits_since(conn, item) or item.due_at)
        at = begins + STALLED + EACH * len(broadcasts.targets(conn, item.id))
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


def in_doubt(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """When other messages of which nobody knows whether they arrived are told of: once, however many."""
    moments = {_told_at(one) for one in doubts.since(conn, after - NIGHT)}
    return [Due(at) for at in sorted(moments) if after < at <= until]


def _told_at(one: Doubt) -> datetime:
    tried = local(one.started_at + SETTLING)
    times = (datetime.combine(tried.date(), at, SHANGHAI) for at in TOLD_AT)
    tomorrow = datetime.combine(tried.date() + timedelta(days=1), TOLD_AT[0], SHANGHAI)
    return next((at for at in times if at >= tried), tomorrow)


def tell_doubts(conn: Connection, voice: Voice, due: Due) -> None:
    """Tell the staff of those whose time has come."""
    found = [one for one in doubts.since(conn, due.at - NIGHT) if _told_at(one) == due.at]
    if found:
        text = f"有{len(found)}条消息不知是否送到或没有发成，不会自动重发。请回复「待确认消息」查看。"
        for person_id in people.holders(conn, people.STAFF):
            voice.to_person(person_id, text, channel="")


JOBS = (
    Job("broadcasts.night", NIGHTFALL, stop_for_the_night, timedelta(hours=11), Missed.ONCE),
    Job("broadcasts.taken_back", taken_back, report_taken_back, timedelta(days=1)),
    Job("broadcasts.report", finished, report_finished, timedelta(days=30)),  # late is no reason to skip a report
    Job("broadcasts.stalled", stalled, report_stalled, timedelta(hours=12)),
    Job("broadcasts.doubts", in_doubt, tell_doubts, timedelta(hours=3)),
)
