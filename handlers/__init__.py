"""What the bot can do. A capability that is not listed here is not live; the first that matches wins."""

from bot.capability import Handler
from handlers import answers, needs, people

HANDLERS: tuple[Handler, ...] = (
    *answers.HANDLERS,
    *needs.HANDLERS,
    *people.HANDLERS,
)
