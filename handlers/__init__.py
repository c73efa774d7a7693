"""What the bot can do. A capability that is not listed here is not live; the first that matches wins."""

from bot.capability import Handler
from handlers import activities, answers, broadcasts, needs, people, points, receipts

HANDLERS: tuple[Handler, ...] = (
    *broadcasts.HANDLERS,
    *answers.HANDLERS,
    *needs.HANDLERS,
    *activities.HANDLERS,
    *points.HANDLERS,
    *receipts.HANDLERS,
    *people.HANDLERS,
)
