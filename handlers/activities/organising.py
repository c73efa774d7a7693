"""Who organises activities: secretaries and the staff; the leader of a club its own."""

from bot.capability import Context
from bot.domain.activities import clubs
from bot.domain.people import SECRETARY, STAFF

ORGANISERS = (SECRETARY, STAFF)


def leads_club(ctx: Context) -> bool:
    """Whether the sender leads a club. What they may do with which activity is decided where it is known."""
    return bool(clubs.led_by(ctx.conn, ctx.person.id))
