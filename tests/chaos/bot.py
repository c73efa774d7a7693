"""The bot as a process: the real program, with a clock that leaps and a job whose effects can be counted."""

import asyncio
import logging
import os
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from bot import app as composition
from bot import logs, outbox, pacing
from bot.channels.web import WebChannel
from bot.channels.wecom import robot
from bot.commands.run import listen, serve
from bot.migrations import migrate
from bot.outbox import Class, Post
from bot.settings import Settings
from bot.voice import Voice
from scheduler import JOBS
from scheduler.job import Due, Job, cron
from tests.channels.platform import BOT_ID, SECRET
from tests.chaos.world import LeapingClock, World

ACCOUNT = "wecom"
PULSES = sa.table("chaos_pulse", sa.column("due"))
"""One row a run, and nothing in the database that would keep out a second one."""


def run(folder: Path, url: str, port: int, gateway: int) -> None:
    """`chuishao run` on two channels."""
    logs.configure("INFO", "text")
    # Without the platform's limits: the gateway is here to be sent to, again and again.
    pacing.DATA = folder / "limits.yaml"
    robot.BACKOFF, robot.OFFLINE_PAUSE = 0.1, 0.5
    vars(composition)["JOBS"] = (*JOBS, Job("pulse", cron(second="*/10"), pulse, timedelta(days=1)))
    settings = Settings(
        _env_file=None, database_url=url, port=port, files=folder / "files", bulk_interval=0.01, semantic=False
    )
    channel = robot.RobotChannel(ACCOUNT, BOT_ID, SECRET, url=f"wss://127.0.0.1:{gateway}/", ca_file=folder / "ca.pem")
    world = World(folder / "world")
    if url.startswith("sqlite"):
        obey(world)
    with listen(settings) as listening:
        migrate(url)
        asyncio.run(serve(settings, [WebChannel(), channel], listening, LeapingClock(world)))


def obey(world: World) -> None:
    """Open SQLite as one that is read-only, while the harness says so."""

    @event.listens_for(sa.Engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(f"PRAGMA query_only={int(world.read_only)}")


def pulse(conn: Connection, _voice: Voice, due: Due) -> None:
    """An effect and a broadcast message."""
    conn.execute(sa.insert(PULSES).values(due=due.at.isoformat()))
    post = Post(f"pulse:{due.at.isoformat()}", ACCOUNT, "pulse", f"整点 {due.at.isoformat()}", klass=Class.BULK)
    outbox.post_all(conn, [post], due.at)


def write_to(log: Path) -> None:
    """Let everything that this process says go to a file."""
    logging.raiseExceptions = False  # the disk may be full
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
