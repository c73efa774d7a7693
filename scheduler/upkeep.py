"""Upkeep: what nobody will ask for again is removed."""

from datetime import timedelta

from sqlalchemy.engine import Connection

from bot import questions
from bot.voice import Voice
from scheduler.clock import Due, Job, cron, forget_runs

KEEP_RUNS = timedelta(days=90)


def tidy(conn: Connection, _voice: Voice, due: Due) -> None:
    """Remove expired questions and old runs."""
    questions.sweep(conn, due.at)
    forget_runs(conn, due.at - KEEP_RUNS)


JOBS = (Job("upkeep", cron(hour="3", minute="30"), tidy, timedelta(days=1)),)
