"""Upkeep: what nobody will ask for again is removed, and what will soon be missing is said."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import questions
from bot.clock import local
from bot.db import Db
from bot.domain import access, people, retention
from bot.files import FileStore
from bot.voice import Voice
from knowledge.workdays import calendar_covers
from scheduler.job import Due, Job, Missed, cron
from scheduler.runs import forget_runs, job_run

DECEMBER = cron(month="12", day="1,15,25", hour="9", minute="30")
"""The State Council publishes the next year's calendar in November."""
ON_ITS_WAY = timedelta(days=1)
"""How long a file may wait for the message that brings it."""
KEEP_RUNS = timedelta(days=90)


def tidy(conn: Connection, _voice: Voice, due: Due) -> None:
    """Remove expired questions and keys, and old runs."""
    questions.sweep(conn, due.at)
    access.sweep(conn, due.at)
    forget_runs(conn, due.at - KEEP_RUNS)


def forget_texts(keep: timedelta) -> Job:
    """Forget what messages said so long ago. That they came and went, and what became of them, stays on record."""

    def forget(conn: Connection, _voice: Voice, due: Due) -> None:
        retention.forget_texts(conn, due.at - keep)

    return Job("upkeep.texts", cron(hour="3", minute="40"), forget, timedelta(days=1), Missed.ONCE)


async def sweep_files(db: Db, files: FileStore, due: Due) -> None:
    """Remove the files that nothing refers to any more."""
    wanted = await db.run(retention.files_in_use)
    await asyncio.to_thread(files.remove_others, wanted, due.at - ON_ITS_WAY)


def swept(_conn: Connection, _voice: Voice, _due: Due) -> None:
    """All of it is done before the transaction."""


def miss_calendar(conn: Connection, voice: Voice, due: Due) -> None:
    """Tell the staff when next year's days off are not known: from January on, every deadline would be wrong."""
    year = local(due.at).year + 1
    if calendar_covers(year):
        return
    text = (
        f"{year}年的放假调休安排还没有装进来，到时工作日会按周一至周五算，时限和定时推送可能不准。"
        "请技术人员升级 chinesecalendar 组件后重启；检查办法：chuishao doctor。"
    )
    for person_id in people.holders(conn, people.STAFF):
        voice.to_person(person_id, text, channel="", key=f"calendar:{year}:{due.at:%m%d}:{person_id}")


def runs(conn: Connection) -> dict[str, int]:
    """How many runs of jobs are in each state."""
    query = sa.select(job_run.c.state, sa.func.count()).group_by(job_run.c.state)
    return {state: count for state, count in conn.execute(query)}


JOBS = (
    Job("upkeep", cron(hour="3", minute="30"), tidy, timedelta(days=1), Missed.ONCE),
    Job(
        "upkeep.files",
        cron(day_of_week="sun", hour="3", minute="50"),
        swept,
        timedelta(days=1),
        Missed.ONCE,
        prepare=sweep_files,
    ),
    Job("upkeep.calendar", DECEMBER, miss_calendar, timedelta(days=2), Missed.ONCE),
)
