"""群发: draft, edit, confirm; how far it has come; take it back."""

from bot.capability import Handler
from handlers.broadcasts import draft, follow

HANDLERS: tuple[Handler, ...] = (*follow.HANDLERS, *draft.HANDLERS)
