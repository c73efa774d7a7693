"""资源共享: offer, look for, agree, list, take down."""

from bot.capability import Handler
from handlers.resources import agree, listing, offer, seek

HANDLERS: tuple[Handler, ...] = (
    *agree.HANDLERS,
    *listing.HANDLERS,
    *offer.HANDLERS,
    *seek.HANDLERS,
)
