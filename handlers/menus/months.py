"""Which month is meant."""

import re

from bot.capability import Context
from bot.clock import local


def month_named(ctx: Context, said: str) -> str:
    """The month that is said: this one, the next, or the next one of that name."""
    today = local(ctx.now)
    number = int(digits[0]) if (digits := re.match(r"\d+", said)) else today.month + said.startswith("下")
    number = (number - 1) % 12 + 1
    return f"{today.year + (number < today.month)}-{number:02}"
