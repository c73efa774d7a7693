"""会客厅、联席会议: topics, agendas, promises and what became of them; the quarterly claim round."""

from bot.capability import Handler
from handlers.topics import claims, hearings

HANDLERS: tuple[Handler, ...] = (*hearings.HANDLERS, *claims.HANDLERS)
