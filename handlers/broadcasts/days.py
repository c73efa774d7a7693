"""Days that a broadcast names as seen from today (今晚, 明天), and that are other days when it goes out."""

import re
from datetime import datetime

from bot.clock import local
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast
from bot.notices.broadcasts import shown
from knowledge import times

SEEN_FROM_TODAY = re.compile(
    r"[今明昨][天日晚早晨夜]|[大前后][前后]?天|当[天日晚]|[本这上下]个?(?:周|星期|礼拜|月)|周末"
)


def misleading(text: str, written: datetime, goes_out: datetime) -> list[str]:
    """The words for days that mean others when the text goes out than when it was written."""
    then = {found.span: found.start for found in times.find(text, goes_out)}
    words = [
        seen[0]
        for found in times.find(text, written)
        if (seen := SEEN_FROM_TODAY.match(text[slice(*found.span)]))
        and not found.repeats
        and then.get(found.span) != found.start
    ]
    return list(dict.fromkeys(words))


def warning(item: Broadcast, now: datetime, way_out: str = "") -> str:
    """What the drafter should know of such words; empty where it goes out on the day it was written, or names none."""
    goes_out = broadcasts.due_at(item, now)
    if local(goes_out).date() == local(item.drafted_at).date():
        return ""
    words = "、".join(f"「{word}」" for word in misleading(item.text, item.drafted_at, goes_out))
    if not words:
        return ""
    until = f"定在{shown(goes_out)}发" if item.wanted_at else f"现在是休息时间，要到{shown(goes_out)}才发"
    way_out = way_out or ("请改成日期" if item.wanted_at else "请改成日期，或回复「紧急」马上发")
    return f"注意：{until}，文中的{words}到时就不对了：{way_out}。"
