"""All tables in one place, for the migrations: importing this module registers every table of every area."""

from bot import inbox, lanes, outbox, questions, workers
from bot.db import metadata
from bot.domain import (
    access,
    activities,
    answers,
    attachments,
    broadcasts,
    duty,
    learning,
    menus,
    needs,
    obligations,
    people,
    points,
    receipts,
    resources,
    solitaires,
    statistics,
    topics,
    venues,
    visits,
    work_orders,
)
from scheduler import runs

AREAS = (
    inbox,
    outbox,
    lanes,
    questions,
    workers,
    people,
    needs,
    answers,
    activities,
    points,
    broadcasts,
    receipts,
    resources,
    access,
    statistics,
    duty,
    obligations,
    venues,
    visits,
    menus,
    solitaires,
    learning,
    work_orders,
    attachments,
    topics,
    runs,
)

__all__ = ["AREAS", "metadata"]
