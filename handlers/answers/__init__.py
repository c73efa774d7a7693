"""政策问答: answer from the knowledge base, hand on what it does not know, and let people teach it."""

from bot.capability import Handler
from handlers.answers import ask, care, reply, teach

HANDLERS: tuple[Handler, ...] = (*ask.HANDLERS, *reply.HANDLERS, *teach.HANDLERS, *care.HANDLERS)
