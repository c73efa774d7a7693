"""What the bot can do. A capability that is not listed here is not live; the first that matches wins."""

from bot.capability import Handler
from handlers import activities, answers, broadcasts, duty, needs, people, points, receipts, statistics, visits

HANDLERS: tuple[Handler, ...] = (
    *broadcasts.HANDLERS,
    *answers.HANDLERS,
    *needs.HANDLERS,
    *activities.HANDLERS,
    *points.HANDLERS,
    *receipts.HANDLERS,
    *visits.HANDLERS,
    *statistics.HANDLERS,
    *duty.HANDLERS,
    *people.HANDLERS,
)
