"""Days that a broadcast names as seen from today (今晚, 明天), and that are other days when it goes out."""

import re
from datetime import datetime

from bot.clock import local
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast
from bot.notices.broadcasts import shown
from knowledge import times
from knowledge.times.nonexistent import no_such_day

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


_DATED = re.compile(
    r"(?:(?P<month>\d{1,2})\s*月\s*)?(?<!\d)(?P<day>\d{1,2})\s*[日号]\s*[(（]?\s*(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
)
_NAMED = re.compile(
    r"(?P<said>[本这下]?个?(?:周|星期|礼拜)[一二三四五六日天])\s*[(（]\s*(?:(?P<month>\d{1,2})\s*月\s*)?(?P<day>\d{1,2})\s*[日号]?\s*[)）]"
)
_DAYS = "一二三四五六日"


def contradictions(text: str, now: datetime) -> str:
    """What is said of a day that no calendar has, or whose weekday is another; empty where all is well."""
    found = [f"没有{none}这一天"] if (none := no_such_day(text)) else []
    for one in _DATED.finditer(text):
        day = times.when(f"{one['month'] + '月' if one['month'] else ''}{one['day']}日", now)
        if day and _DAYS[day.start.weekday()] != one["weekday"].replace("天", "日"):
            found.append(
                f"{day.start.month}月{day.start.day}日是周{_DAYS[day.start.weekday()]}，文中写的是周{one['weekday']}"
            )
    for one in _NAMED.finditer(text):
        day = times.when(one["said"], now)
        if day and day.start.day != int(one["day"]):
            found.append(f"{one['said']}是{day.start.month}月{day.start.day}日，文中写的是{one['day']}日")
    return f"注意：{'；'.join(found)}。请核对。" if found else ""


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
