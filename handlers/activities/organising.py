"""Who organises activities: secretaries and the staff; the leader of a club its own."""

from collections.abc import Mapping
from typing import Any

from bot.capability import Context
from bot.domain.activities import clubs
from bot.domain.people import SECRETARY, STAFF

ORGANISERS = (SECRETARY, STAFF)
MOST_POINTS = 100
"""For being at one activity."""


def leads_club(ctx: Context) -> bool:
    """Whether the sender leads a club. What they may do with which activity is decided where it is known."""
    return bool(clubs.led_by(ctx.conn, ctx.person.id))


def beyond(ctx: Context, values: Mapping[str, Any]) -> str:
    """Why the sender may not give an activity these columns; empty where they may."""
    if ctx.role not in ORGANISERS and values.keys() & {"organiser", "points", "required"}:
        return "积分、必选和主办由书记或工作人员来定，社团负责人不能写。"
    if (values.get("points") or 0) > MOST_POINTS:
        return f"参加一次活动最多{MOST_POINTS}积分。"
    return ""
