"""The clock: failed runs come again, an idle bot is quiet, old rows go."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import needs, people
from bot.voice import Voice
from scheduler.clock import BROKEN, Scheduler
from scheduler.job import Due, Job, Missed, cron
from scheduler.runs import BACKOFF, job_run
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


def noting(name: str, missed: Missed, done: list[str], title: str = "") -> Job:
    """A daily job that notes when it was due."""

    def run(conn: Connection, voice: Voice, due: Due) -> None:
        done.append(f"{due.at.astimezone(NOW.tzinfo):%m-%d}")

    return Job(name, cron(hour="10", minute="0"), run, timedelta(days=2), missed, title)


@pytest.mark.parametrize(
    ("missed", "expected"),
    [(Missed.SKIP, ["07-25", "07-26"]), (Missed.ONCE, ["07-26"]), (Missed.ASK, ["07-25", "07-26"])],
)
async def test_after_days_down_nothing_floods(park: Park, missed: Missed, expected: list[str]) -> None:
    cai = park.staff("蔡主任")
    await cai.whispers("帮助")
    done: list[str] = []
    scheduler = Scheduler(park.app.db, [noting("daily", missed, done, "每日一句")])
    await scheduler.start(NOW)  # the 22nd, 9:10
    back = NOW + timedelta(days=4, hours=1)  # five runs were missed, three of them too long ago
    await scheduler.tick(back)
    assert done == expected
    states = await park.rows("select state from job_run where job = 'daily' order by due_at")
    late = {Missed.SKIP: ["skipped"] * 3, Missed.ASK: ["skipped", "skipped", "asked"]}.get(missed, [])
    assert [row.state for row in states] == [*late, *["done"] * len(expected)]
    asked = [row.text for row in await park.rows("select text from outbox where text like '%每日一句%' order by id")]
    assert len(set(asked)) == (1 if missed == Missed.ASK else 0)


async def test_what_was_missed_is_made_up_for_when_the_staff_say_so(park: Park) -> None:
    cai = park.staff("蔡主任")
    await cai.whispers("帮助")
    await park.app.scheduler.tick(park.clock.now())
    park.clock.move_to(NOW.replace(month=8, day=4))  # down over the first working day of August
    await park.wait(minutes=1)
    assert "8月1日（周五）09:00自动发出的「月度活动菜单，发到各群」因程序没有运行错过了" in park.to_person(cai)[-1]
    assert park.to_chat("haina") == []
    assert await cai.whispers("1") == "好的，马上补发。"
    await park.wait(minutes=1)
    done = "select state from job_run where job = 'menus.push'"
    assert await park.rows(done) == [("done",)]
    assert "已经有人处理" not in "".join(park.to_person(cai))


async def test_a_job_that_cannot_say_what_is_due_stops_no_other(park: Park) -> None:
    done: list[str] = []
    broken = [True]

    def due(conn: Connection, after: object, until: object) -> list[Due]:
        if broken[0]:
            conn.execute(sa.text("select 1 from no_such_table"))
        return [Due(NOW + timedelta(seconds=1))]

    def run(conn: Connection, voice: Voice, due: Due) -> None:
        done.append("mended")

    jobs = [Job("broken", due, run, timedelta(days=1)), noting("sound", Missed.SKIP, done)]
    scheduler = Scheduler(park.app.db, jobs)
    await scheduler.start(NOW)
    await scheduler.tick(NOW + timedelta(hours=1))
    assert done == ["07-22"]
    broken[0] = False
    await scheduler.tick(NOW + timedelta(hours=1) + BROKEN)
    assert done == ["07-22", "mended"]  # its cursor had stayed


async def test_the_schedule_shows_what_is_coming(park: Park) -> None:
    cai, lin = park.staff("蔡主任"), park.member("林晓")
    assert "菜单" not in (await cai.whispers("日程") or "")  # nothing is planned for August
    await cai.says("@小红 发布活动：义诊，8月6日上午9点到11点，一楼大厅")
    await cai.says("确认")
    await cai.whispers("群发：中秋慰问安排见附件")
    await cai.whispers("8月1日上午10点发")
    await cai.whispers("确认")
    shown = await cai.whispers("日程")
    assert shown and "8月1日（周五）09:00 月度活动菜单，发到各群\n" in shown
    assert "8月1日（周五）10:00 群发1号：中秋慰问安排见附件" in shown
    assert "私发" in (await cai.says("@小红 日程") or "")
    assert "只对" in (await lin.whispers("日程") or "")
