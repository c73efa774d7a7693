"""活动: publish, change, sign up, leave, check in, ask."""

from bot.capability import Handler
from handlers.activities import amend, change, check_in, confirm, leave, publish, query, rate, sign_up, titled, vouch

FIRST = titled.HANDLERS
"""Before those of other areas: 读书会取消，场地停电 gives no room back."""

HANDLERS: tuple[Handler, ...] = (
    *amend.HANDLERS,
    *publish.HANDLERS,
    *change.HANDLERS,
    *vouch.HANDLERS,
    *query.HANDLERS,
    *sign_up.HANDLERS,
    *leave.HANDLERS,
    *check_in.HANDLERS,
    *confirm.HANDLERS,
    *rate.HANDLERS,
)
