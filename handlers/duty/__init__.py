"""政策管家."""

from bot.capability import Handler
from handlers.duty import change, query

HANDLERS: tuple[Handler, ...] = (*change.HANDLERS, *query.HANDLERS)
