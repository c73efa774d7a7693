"""群发: draft, edit, confirm, approve; how far it has come; hold it back, take it back, decide about doubts."""

from bot.capability import Handler
from handlers.broadcasts import decide, doubts, draft, follow, later, lists, recall

HANDLERS: tuple[Handler, ...] = (
    *doubts.HANDLERS,
    *follow.HANDLERS,
    *recall.HANDLERS,
    *lists.HANDLERS,
    *decide.HANDLERS,
    *draft.HANDLERS,
    *later.HANDLERS,
)
