"""Policy butlers (政策管家): the roster, who is away, and swaps of turns."""

from bot.domain.duty import swaps
from bot.domain.duty.roster import (
    Asked,
    Shift,
    asked_field,
    be_away,
    days_with_turns,
    first_from,
    load,
    missing,
    on,
    planned,
    set_day,
    weekly,
)
from bot.domain.duty.swaps import Swap

__all__ = [
    "Asked",
    "Shift",
    "Swap",
    "asked_field",
    "be_away",
    "days_with_turns",
    "first_from",
    "load",
    "missing",
    "on",
    "planned",
    "set_day",
    "swaps",
    "weekly",
]
