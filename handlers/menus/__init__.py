"""月度菜单: shown, chosen from, its theme and its approval."""

from bot.capability import Handler
from handlers.menus import approve, choose

HANDLERS: tuple[Handler, ...] = (*choose.HANDLERS, *approve.HANDLERS)
