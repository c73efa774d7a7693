"""What the bot can do. A capability that is not listed here is not live; the first that matches wins."""

from bot.capability import Handler
from handlers import (
    activities,
    answers,
    broadcasts,
    chatlogs,
    duty,
    learning,
    menus,
    needs,
    people,
    points,
    receipts,
    resources,
    solitaires,
    statistics,
    status,
    venues,
    visits,
)

HANDLERS: tuple[Handler, ...] = (
    *chatlogs.HANDLERS,
    *learning.HANDLERS,
    *broadcasts.HANDLERS,
    *answers.HANDLERS,
    *solitaires.HANDLERS,
    *needs.HANDLERS,
    *menus.HANDLERS,
    *resources.HANDLERS,
    *venues.HANDLERS,
    *activities.HANDLERS,
    *points.HANDLERS,
    *receipts.HANDLERS,
    *visits.HANDLERS,
    *statistics.HANDLERS,
    *status.HANDLERS,
    *duty.HANDLERS,
    *people.HANDLERS,
)
