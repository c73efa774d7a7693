"""The clock: failed runs come again, an idle bot is quiet, old rows go."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import needs, people
from bot.voice import Voice
from scheduler.clock import BACKOFF, Due, Job, Scheduler, job_run
from tests.actors import NOW, Park

DUE = NOW + timedelta(minutes=1)


def once(conn: Connection, after: object, until: object) -> list[Due]:
    return [Due(DUE)]


def failing(times: int) -> Job:
    """A job whose first runs fail after they have had an effect."""
    left = [times]

    def run(conn: Connection, voice: Voice, due: Due) -> None:
        conn.execute(sa.insert(people.person).values(name="run"))
        left[0] -= 1
        if left[0] >= 0:
            raise ZeroDivisionError

    return Job("shaky", once, run, timedelta(days=1))


@pytest.mark.parametrize(
    ("times", "state", "effects"), [(2, "done", 1), (len(BACKOFF), "done", 1), (len(BACKOFF) + 1, "failed", 0)]
)
async def test_a_run_that_fails_is_tried_again(park: Park, times: int, state: str, effects: int) -> None:
    scheduler = Scheduler(park.app.db, [failing(times)])
    await scheduler.start(NOW)
    now = DUE
    for wait in (timedelta(0), timedelta(seconds=1), *BACKOFF, timedelta(hours=2)):
        now += wait
        await scheduler.tick(now)
    assert await park.rows("select state from job_run where job = 'shaky'") == [(state,)]
    assert await park.rows("select count(*) from person where name = 'run'") == [(effects,)]
    assert await park.app.db.run(scheduler.next_due, now + timedelta(days=1)) in (None, DUE)


async def test_an_idle_tick_moves_no_cursor(park: Park) -> None:
    job = Job("quiet", lambda *_: [], lambda *_: None, timedelta(days=1))
    scheduler = Scheduler(park.app.db, [job])
    await scheduler.start(NOW)
    cursors = "select count(distinct at) from job_cursor where job = 'quiet' and at > (select min(at) from job_cursor)"
    await scheduler.tick(NOW + timedelta(seconds=30))
    assert await park.rows(cursors) == [(0,)]
    await scheduler.tick(NOW + timedelta(seconds=90))
    assert await park.rows(cursors) == [(1,)]


async def test_old_runs_are_forgotten(park: Park) -> None:
    def fill(conn: Connection) -> None:
        for days in (1, 100):
            at = NOW - timedelta(days=days)
            row = {"job": "old", "scope": "", "due_at": at, "ran_at": at, "state": "done", "attempts": 0}
            conn.execute(sa.insert(job_run).values(**row))

    await park.app.db.run(fill)
    await park.wait(days=1)
    assert await park.rows("select count(*) from job_run where job = 'old'") == [(1,)]


async def test_no_need_is_forgotten_however_many_wait(park: Park) -> None:
    """All that is due at once is escalated: needs of one day share the end of their time."""

    def report(conn: Connection) -> None:
        chat = people.meet_chat(conn, "replay", "haina")
        liu = people.meet_person(conn, "replay", "wx_liu", "柳工")
        for number in range(30):
            by = needs.By(liu.id, NOW)
            needs.report(conn, by, category="物业服务", text=f"第{number}件", chat_id=chat.id)

    await park.app.db.run(report)
    await park.wait(minutes=31)
    assert await park.rows("select state, count(*) from need group by state") == [("dispatched", 30)]
    await park.wait(days=4)
    assert await park.rows("select level, count(*) from need group by level") == [(3, 30)]
