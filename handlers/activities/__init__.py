"""活动: publish, change, sign up, leave, check in, ask."""

from bot.capability import Handler
from handlers.activities import change, check_in, leave, publish, query, sign_up

HANDLERS: tuple[Handler, ...] = (
    *publish.HANDLERS,
    *change.HANDLERS,
    *query.HANDLERS,
    *sign_up.HANDLERS,
    *leave.HANDLERS,
    *check_in.HANDLERS,
)
