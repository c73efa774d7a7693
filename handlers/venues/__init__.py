"""阵地预约: book a room of the service centre, change and cancel it, ask when it is free."""

from bot.capability import Handler
from handlers.venues import amend, book, cancel, change, query

HANDLERS: tuple[Handler, ...] = (
    *amend.HANDLERS,
    *cancel.HANDLERS,
    *change.HANDLERS,
    *query.HANDLERS,
    *book.HANDLERS,
)
