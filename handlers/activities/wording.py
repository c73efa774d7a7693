"""What people write of an activity: a plan in words, and changes to one (地点改成二楼, 改到周四下午3点, 限50人)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.activities import Activity
from knowledge import notices, times
from knowledge.numbers import NUMERAL, number
from knowledge.slots import announced


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as read, with what a careful colleague would ask about it."""

    title: str
    start: datetime | None
    end: datetime | None
    place: str
    capacity: int | None
    deadline: datetime | None
    audience: str
    required: bool
    points: int | None
    contact: str
    series: str
    organiser: str
    weekday: int | None  # as written beside the date, Monday 0

    def columns(self) -> dict[str, Any]:
        """As columns of an activity."""
        return {
            "title": self.title[:64],
            "start": self.start,
            "end": self.end,
            "place": self.place[:64],
            "capacity": self.capacity,
            "deadline": self.deadline,
            "audience": self.audience[:64],
            "required": self.required,
            "points": self.points,
            "contact": self.contact[:64],
            "series": self.series[:32],
            "organiser": self.organiser[:64],
        }

    def worth(self) -> dict[str, Any]:
        """What it says of its points and of whether one must come, as columns."""
        said = {"points": self.points, "required": self.required or None}
        return {name: value for name, value in said.items() if value is not None}


SHORTEST = 8
"""Title, day and place do not go into less."""


def read_plan(text: str, now: datetime) -> Plan | None:
    """Read an announcement or a 发布活动 command; None where too little is said to speak of a plan."""
    body = announced.body(text)
    if len(body) < SHORTEST:  # 下午3点 is an answer to something
        return None
    title, place = _by_position(body, now) if body != text else ("", "")
    notice = notices.parse(text, now)
    if notice is None:
        event = times.event_time(body, now)
        if not title or not (event or place):
            return None
        notice = notices.Notice(title, event.start if event else None, event.end if event else None, place)
    title, place = _fuller(notice.title, title), _fuller(notice.place, place)
    if place in title or place not in body:  # a mere word of the title, or of the command
        place = ""
    if notice.start is None and not place:
        return None
    series = _SERIES.search(body)
    return Plan(
        title=title,
        start=notice.start,
        end=notice.end,
        place=place,
        capacity=notice.capacity,
        deadline=notice.deadline,
        audience=notice.audience,
        required=bool(notice.required),
        points=notice.points,
        contact=" ".join(part for part in (notice.contact, notice.phone) if part),
        series=series[1].strip() if series else "",
        organiser=notice.organiser,
        weekday=notice.weekday,
    )


_SERIES = re.compile(r"(?:所属)?(?:系列|品牌)\s*[:：是为]\s*[「“\"]?([^,，。;；\n」”\"]{2,20})")


def _fuller(read: str, part: str) -> str:
    """What was read, or the whole part of the command that it is a piece of."""
    return part if read in part else read


_PART = re.compile(r"[,，。;；\n]+")
_PLACED = re.compile(r"^在|[楼层室厅院馆站场园堂号校]$")
_NO_PLACE = re.compile(r"\d\s*[人名位分]|限|报名|截止|参加|对象|时间|联系|电话|自带|准时|欢迎|请")


def _by_position(body: str, now: datetime) -> tuple[str, str]:
    """Title and place of a command whose parts are set off by commas, or by spaces alone: without a time, the first
    that is called like no place, and the next one.
    """
    parts = [part.strip() for part in _PART.split(body) if part.strip()]
    if len(parts) == 1:
        parts = parts[0].split()
    said = [part for part in parts if not times.find(part, now)]
    title = next(
        (part for part in said if part == parts[0] or not (_PLACED.search(part) or _NO_PLACE.search(part))), ""
    )
    place = next((part for part in said if part != title and 2 <= len(part) <= 24 and not _NO_PLACE.search(part)), "")
    return title if len(title) <= 30 else "", re.sub(r"^(?:在|地点[:：]?)", "", place)


_FIELDS = {
    "end": "结束时间|散场时间",
    "start": "活动时间|开始时间|时间|日期|日子",
    "place": "活动地点|地点|地址|地方|场地|位置",
    "capacity": "人数|名额|限额|上限|人员上限",
    "title": "活动名称|名称|标题|题目|主题|名字|活动名",
    "points": "积分|分值",
    "deadline": "报名截止(?:时间|日期)?|截止(?:时间|日期|报名)?",
    "audience": "(?:参加|活动)?对象|参加人员",
    "contact": "联系人|联系方式|联系电话",
    "series": "系列|品牌",
    "organiser": "主办(?:方|单位)?|组织者|承办(?:方|单位)?",
}
_CHANGE = (
    r"(?:也|要|请|应该)?"
    r"(?:改[成为到在至]?|换[成到为]?|调整?[为到成至]?|推迟[到至]|提前[到至]|延[期后]?[到至]|[是为:：])\s*"
)
_NAMED = re.compile("|".join(rf"(?P<{field}>(?:{words}))" for field, words in _FIELDS.items()))
_VALUE = re.compile(rf"\s*{_CHANGE}(?P<value>[^,，。;；\n]+)")
_BARE = re.compile(
    r"(?:^|[,，。;；\s])(?:再|就|请|麻烦|帮我)?(?:改[成为到在至]|换[成到]|推迟[到至]|提前[到至]|延期?[到至])\s*(?P<value>[^,，。;；\n]+)"
)
_LIMIT = re.compile(rf"(?:限额?|最多|上限)\s*(?:改[成为到])?\s*({NUMERAL})\s*(?:个?人|名|位)")
_REPLACED = re.compile(r"把(?P<old>[^,，。;；\n]{1,30}?)(?:改[成为到]|换[成为])(?P<new>[^,，。;；\n]+)")
_NUMERAL = re.compile(NUMERAL)
_KIND = re.compile(r"(?:改[成为]|设为|变成|[是为])\s*(?P<kind>必选|自选)")
_WEEKDAY = re.compile(r"\s*(?:周|星期|礼拜)[一二三四五六日天]")
_DATED = re.compile(r"[月日号周]|星期|礼拜|[今明后]天|\d[-/.]\d")


def edits(text: str, draft: Activity, now: datetime) -> dict[str, Any]:
    """The columns of a draft that a message changes; {} when it is no change or a mere question."""
    if len(text) > 120 or re.search(r"[吗么?]\W*$", text):
        return {}
    changes: dict[str, Any] = {}
    for field in _NAMED.finditer(text):
        value = _VALUE.match(text, field.end())
        if value and field.lastgroup:
            changes |= _read(field.lastgroup, value["value"].strip(), draft, now)
    if limit := _LIMIT.search(text):
        changes["capacity"] = number(limit[1])
    if kind := _KIND.search(text):
        changes["required"] = kind["kind"] == "必选"
    if not changes and (found := _REPLACED.search(text)):
        changes = _replace(found["old"].strip(), found["new"].strip(), draft, now)
    if not changes and (bare := _BARE.search(text)):
        changes = _guess(bare["value"].strip(), draft, now)
    return changes


def _read(field: str, value: str, draft: Activity, now: datetime) -> dict[str, Any]:
    if field in ("capacity", "points"):
        digits = _NUMERAL.search(value)
        return {field: number(digits[0])} if digits else {}
    if field == "start":
        return new_time(value, draft, now)
    if field == "end":
        event = times.event_time(value, _day_of(draft, now))
        return {"end": event.start} if event else {}
    if field == "deadline":
        return _deadline(value, now)
    return {field: value.strip('「」“”"吧了 ')[:64]}


def _deadline(value: str, now: datetime) -> dict[str, Any]:
    moment = times.when(value, now)
    if moment is None:
        return {}
    whole_day = moment.granularity == "day"
    return {"deadline": moment.start.replace(hour=23, minute=59) if whole_day else moment.end or moment.start}


def _replace(old: str, new: str, draft: Activity, now: datetime) -> dict[str, Any]:
    """把A改成B: B takes the place of A where A stands in the draft."""
    for field, present in (("title", draft.title), ("place", draft.place)):
        if old and old in present:
            return {field: present.replace(old, new)[:64]}
    return _guess(new, draft, now)


def _guess(value: str, draft: Activity, now: datetime) -> dict[str, Any]:
    """A new value without a field's name tells by its form which it is."""
    if changed := new_time(value, draft, now):
        return changed
    if heads := re.fullmatch(rf"({NUMERAL})\s*(?:个?人|名|位)\W*", value):
        return {"capacity": number(heads[1])}
    return {"place": value[:64]} if 2 <= len(value) <= 24 else {}


def new_time(value: str, draft: Activity, now: datetime) -> dict[str, Any]:
    """Start and end that a text names; what it leaves open (the day, the hour, the length) stays as it was."""
    event = times.event_time(value, _from_when(value, draft, now))
    if event is None:
        return {}
    start, end = event.start, event.end
    if event.granularity == "day":
        if draft.start is None:
            return {}
        before = draft.start.astimezone(now.tzinfo)
        start, end = start.replace(hour=before.hour, minute=before.minute), None
    if end is None and draft.start and draft.end:
        end = start + (draft.end - draft.start)
    return {"start": start, "end": end}


def _from_when(value: str, draft: Activity, now: datetime) -> datetime:
    """From when on a new time is meant: an hour in the draft's day, a bare 周四 in its week."""
    day = _day_of(draft, now)
    if _WEEKDAY.match(value):
        return max(now, day - timedelta(days=day.weekday()))
    return now if _DATED.search(value) else day


def _day_of(draft: Activity, now: datetime) -> datetime:
    """The start of the draft's day, in which an hour without a day lies."""
    if draft.start is None:
        return now
    return draft.start.astimezone(now.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
