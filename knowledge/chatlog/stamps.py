"""The lines of a log that say who speaks next and when: 张三 2025-10-13 09:12, [张三] 09:12, 张三：…, and dates."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from knowledge.slots.answers import COMPOUND_SURNAMES, SURNAMES

_DAY = (
    r"(?:(?P<year>20\d\d|\d\d)[-/.年]\s?)?(?P<month>1[0-2]|0?[1-9])[-/.月]\s?(?P<day>3[01]|[12]\d|0?[1-9])日?"
    r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
)
_AGO = r"(?P<ago>今天|昨天|前天|(?:星期|周)[一二三四五六日天])"
_TIME = (
    r"(?P<half>上午|下午|中午|晚上|早上|凌晨|傍晚)?\s?(?P<hour>2[0-3]|[01]?\d):(?P<minute>[0-5]\d)"
    r"(?P<second>:[0-5]\d)?(?:\s?(?P<half_after>[AaPp][Mm]))?"
)
_WHEN = rf"(?:(?:{_DAY}|{_AGO})[T,\s]*)?{_TIME}"
_NAME = r"(?P<name>[^\s\[\]【】「」:#\d][^\[\]【】「」:\n]{0,27}?)"
_ID = r"\s?(?:[(<](?:wxid_)?[\w@.-]{4,40}[)>])?"

_STAMPS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAME}{_ID}[\s,]+\(?{_WHEN}\)?\s?:?",
        rf"{_NAME}{_ID}[\s,]+\(?{_WHEN}\)?\s?:\s?(?P<text>\S.*)",
        rf"[\[【]\s?{_NAME}{_ID}\s?[\]】]\s?[\[【(]?{_WHEN}[\]】)]?\s?:?\s?(?P<text>.*)",
        rf"[\[【(]\s?{_NAME}[\s,]+{_WHEN}\s?[\]】)]\s?:?\s?(?P<text>.*)",
        rf"[\[【(]\s?{_WHEN}\s?[\]】)]\s?{_NAME}{_ID}\s?:\s?(?P<text>.*)",
        rf"{_WHEN}\s+{_NAME}{_ID}\s?:\s?(?P<text>.*)",
        rf"[\[【(]?{_WHEN}[\]】)]?\s+{_NAME}{_ID}",
    )
)
_SPEAKS = re.compile(r"(?P<name>[^\s\[\]【】「」:#\d@][^\[\]【】「」:\n,。!?;、]{0,19}?)\s?:\s*(?P<text>.*)")
_DATE_LINE = re.compile(rf"[-—–―─=*~\s]*{_DAY}[-—–―─=*~\s]*")
_PERSON = re.compile(
    rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])(?:[\u4e00-\u9fff]{{1,2}})"
    r"|[\u4e00-\u9fff]{1,12}(?:[总工姐哥叔姨嫂爷婶]|老师|师傅|书记|主任|经理|老板|主席|律师|警官|会计|科长|组长|队长|所长|医生|阿姨|大爷|大妈|干事|委员)"
    rf"|[小老阿大][{SURNAMES}]|小红"
)
_PARTS = re.compile(r"[\s\-—_·|()/]+")
_LABEL = re.compile(
    r"(?:时间|地点|地址|对象|主题|内容|名额|要求|方式|流程|费用|联系|电话|手机|备注|说明|注意|通知|主持|主办|承办|协办|参加|集合|报名|活动|事项"
    r"|单位|公司|编号|工单|诉求|需求|建议|问题|原因|答复|回复|结果|进展|进度|状态|日期|期限|时限|姓名|名称|性别|类别|类型|级别|来源|标题|题目|答案"
    r"|必选|自选|上午|下午|中午|晚上|周[一二三四五六日]|星期|议程|议题|致辞|发言|总结|记录|走访|广播|群发|教|问|答|例|注|附|元旦|党课|班|组)"
    r"$|^(?:时间|地点|温馨|安全|方案|联系|关于|成员|常务|第|本|各|请)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was said, as far as its stamp tells."""

    hour: int
    minute: int
    day: date | None  # None: the time alone
    exact: bool  # with the year, so that it can be nothing but a log's stamp


@dataclass(frozen=True, slots=True)
class Stamp:
    """The beginning of an utterance; `text` is what stands behind the stamp in its line."""

    name: str
    moment: Moment | None
    text: str


def stamp(line: str, today: date) -> Stamp | None:
    """The stamp with a time that a line is, in NFKC and without spaces around."""
    if ":" not in line or len(line) > 400:
        return None
    for pattern in _STAMPS:
        if found := pattern.fullmatch(line):
            moment = _moment(found, today)
            return Stamp(found["name"].strip(), moment, found.groupdict().get("text") or "") if moment else None
    return None


def speaks(line: str) -> Stamp | None:
    """张三：… without a time."""
    found = _SPEAKS.fullmatch(line)
    return Stamp(found["name"].strip(), None, found["text"]) if found else None


def date_line(line: str, today: date) -> date | None:
    """The day of a line that is nothing but a date, as `—— 2025-10-13 ——`."""
    found = _DATE_LINE.fullmatch(line) if len(line) <= 60 else None
    if found is None or not (found["year"] or "月" in line):
        return None
    return _day(found, today)


def is_person(name: str) -> bool:
    """Whether a name looks like somebody's: 张三, 刘芳-海纳电子, 物业王师傅; a heading such as 时间 does not."""
    parts = [part for part in _PARTS.split(name) if part]
    return any(_PERSON.fullmatch(part) for part in parts) and not any(_LABEL.search(part) for part in parts)


def _moment(found: re.Match[str], today: date) -> Moment | None:
    hour, half = int(found["hour"]), (found["half"] or found["half_after"] or "").upper()
    if (half in ("下午", "晚上", "傍晚", "PM") and hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    elif half in ("上午", "凌晨", "AM") and hour == 12:
        hour = 0
    named = bool(found["month"] or found["ago"])
    day = _day(found, today) if named else None
    if named and day is None:
        return None
    return Moment(hour, int(found["minute"]), day, bool(found["year"] and len(found["year"]) == 4))


def _day(found: re.Match[str], today: date) -> date | None:
    """The day that is named: the last such day, where the year is not."""
    ago = found.groupdict().get("ago")
    if ago:
        return _days_ago(ago, today)
    year = int(found["year"]) if found["year"] else None
    for candidate in (year + 2000 if year < 100 else year,) if year else (today.year, today.year - 1):
        try:
            day = date(candidate, int(found["month"]), int(found["day"]))
        except ValueError:
            continue
        if year or day <= today:
            return day
    return None


def _days_ago(ago: str, today: date) -> date:
    known = {"今天": 0, "昨天": 1, "前天": 2}
    if ago in known:
        return today - timedelta(days=known[ago])
    weekday = "一二三四五六日".index(ago[-1].replace("天", "日"))
    return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)


def at(moment: Moment, day: date, like: datetime) -> datetime:
    """The moment on a day, in the zone of `like`."""
    return like.replace(
        year=day.year,
        month=day.month,
        day=day.day,
        hour=moment.hour,
        minute=moment.minute,
        second=0,
        microsecond=0,
    )
