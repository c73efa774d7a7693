"""积分."""

from bot.capability import Handler
from handlers.points import exchange, query, rules, shelf

HANDLERS: tuple[Handler, ...] = (*query.HANDLERS, *exchange.HANDLERS, *shelf.HANDLERS, *rules.HANDLERS)
