"""月度活动菜单: the activities of an organisation's month, who chose what, and whose word it needs."""

from bot.domain.menus.approval import approve, approver, set_approver, waits
from bot.domain.menus.choices import Member, lacks, members, on_display, secretaries, those
from bot.domain.menus.months import (
    Menu,
    chosen,
    draw_up,
    find,
    get,
    groups,
    groups_of,
    home,
    month_of,
    organisations,
    planned,
    seen,
    show,
    shown_in,
)

__all__ = [
    "Member",
    "Menu",
    "approve",
    "approver",
    "chosen",
    "draw_up",
    "find",
    "get",
    "groups",
    "groups_of",
    "home",
    "lacks",
    "members",
    "month_of",
    "on_display",
    "organisations",
    "planned",
    "secretaries",
    "seen",
    "set_approver",
    "show",
    "shown_in",
    "those",
    "waits",
]
