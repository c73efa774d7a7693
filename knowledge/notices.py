"""Announcements: what a 【活动通知】, a plan in plain words or a `发布活动：…` command says of an activity."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from knowledge import times
from knowledge.numbers import NUMERAL, number
from knowledge.private import phone
from knowledge.slots import announced
from knowledge.slots.answers import contact_name


@dataclass(frozen=True, slots=True)
class Notice:
    """An activity's plan as announced; None and "" where nothing is said. Times are aware."""

    title: str
    start: datetime | None = None
    end: datetime | None = None
    place: str = ""
    capacity: int | None = None
    deadline: datetime | None = None
    audience: str = ""
    required: bool | None = None  # 必选 True, 自选 False
    points: int | None = None
    organiser: str = ""
    contact: str = ""
    phone: str = ""
    weekday: int | None = None  # as written beside the date, Monday 0
    repeats: str | None = None


_END = r"[^,。;!\n]{2,40}"
_LABELS = {
    "audience": rf"(?:参加|参与|参会|面向|活动|适合)?(?:对象|人员|人群)\s*[::]\s*({_END})",
    "organiser": rf"(?:主办|组织|承办|发起)(?:单位|方|部门)?\s*[::]\s*({_END})",
}
_FIELDS = {name: re.compile(source) for name, source in _LABELS.items()}
_PER_GROUP = r"(?<!每家)(?<!每户)(?<!每组)(?<!支部)(?<!公司)(?<!单位)(?<!企业)(?<!每队)(?<!一家)(?<!每次)(?<!小时)"
_CAPACITY = re.compile(
    rf"{_PER_GROUP}(?:最多|只)?(?:限额?|限定|上限|容纳|仅限|只收|只招|招满|招募?|报满|满|招收)(?:为|是|报)?\s*({NUMERAL})\s*(?:个?人|名|位|席|组)"
    rf"|(?:人数上限|名额|座位|人数限|限额|席位|上限)\s*(?:只有|共|为|是|限)?\s*[::]?\s*({NUMERAL})\s*(?:个|人|名|位|席|$|[,。;\n])"
    rf"|({NUMERAL})\s*(?:个|名)?(?:名额|座位|席位|人封顶|人为限|人额满)"
)
_DEADLINE = re.compile(
    r"(?:报名)?截[止至](?:日期|时间)?\s*(?:为|是|到|至|:)*\s*([^,。;\n]{2,20})"
    r"|(?:请|于|在|务必){0,3}([^,。;!\n]{2,14}?(?:[日号天点前午晚周期一二三四五六七]|\d{1,2}:\d{2}))(?:下班)?[之以]?前(?:将|把|报|登记|接龙|联系|提交|填|私信|在群|反馈|回复|群里|确认)"
)
_POINTS = re.compile(
    rf"(?:积分|计|记|加|得|奖励|\+)\s*[::+]?\s*({NUMERAL})\s*(?:个)?(?:积?分)(?!钟)|({NUMERAL})\s*(?:个)?积分"
)
_WEEKDAY = re.compile(r"\d{1,2}\s*[日号]?\s*[((]?\s*(?:周|星期|礼拜)\s*([一二三四五六日天])(?!上课)")
_DAYS = "一二三四五六日"


def parse(text: str, now: datetime) -> Notice | None:
    """Read an announcement given as cleaned text; `now` is aware and resolves 下周三.

    None unless at least two of title, time and place are found.
    """
    body = announced.body(text)
    event = times.event_time(body, now)
    title, place = announced.title(text) or "", announced.place(text) or ""
    if sum((bool(title), event is not None, bool(place))) < 2:
        return None
    fields = {name: found[1].strip() for name, pattern in _FIELDS.items() if (found := pattern.search(body))}
    weekday = _WEEKDAY.search(body)
    return Notice(
        title=title,
        start=event.start if event else None,
        end=event.end if event else None,
        place=place,
        capacity=_first_number(_CAPACITY, body),
        deadline=_deadline(body, now),
        required=True if "必选" in body else False if "自选" in body else None,
        points=_first_number(_POINTS, body),
        contact=contact_name(body) or "",
        phone=phone(body) or "",
        weekday=_DAYS.index(weekday[1].replace("天", "日")) if weekday else None,
        repeats=event.repeats if event else None,
        **fields,
    )


def _first_number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return number(next(group for group in found.groups() if group)) if found else None


def _deadline(text: str, now: datetime) -> datetime | None:
    for found in _DEADLINE.finditer(text):
        if moment := times.when(found[1] or found[2], now):
            last = moment.end or moment.start
            whole_day = moment.granularity == "day"
            return datetime.combine(moment.start.date(), time(23, 59), now.tzinfo) if whole_day else last
    return None


def doubts(notice: Notice, now: datetime) -> list[str]:
    """What a careful colleague would ask before publishing, as Chinese sentences; [] when nothing is odd."""
    start, end = notice.start, notice.end
    found = [] if notice.title else ["没有看到活动名称。"]
    if start is None:
        found.append("没有看到活动时间。")
    else:
        found += _time_doubts(notice, start, now)
    if start and end is None:
        found.append("没有写结束时间。")
    if start and end and end <= start:
        found.append("结束时间不晚于开始时间。")
    if not notice.place:
        found.append("没有写地点。")
    if start and notice.deadline and notice.deadline.date() > start.date():
        found.append("报名截止时间晚于活动开始时间。")
    return found


def _time_doubts(notice: Notice, start: datetime, now: datetime) -> list[str]:
    found = []
    if notice.weekday is not None and notice.weekday != start.weekday():
        said, real = _DAYS[notice.weekday], _DAYS[start.weekday()]
        found.append(f"{start.month}月{start.day}日是星期{real},通知里写的是星期{said}。")
    if start < now:
        found.append("活动时间已经过去。")
    elif start - now > timedelta(days=300):
        found.append(f"活动在{start.year}年{start.month}月{start.day}日,请确认年份。")
    if not 6 <= start.hour <= 22:
        found.append(f"开始时间是{start.hour}点,请确认上午还是下午。")
    return found
