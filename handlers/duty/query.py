"""政策管家: who sits in at the service centre today, this week, or for a field."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import duty
from bot.domain.duty import Asked, Shift
from bot.notices.duty import WEEKDAYS, plain
from knowledge import times
from knowledge.workdays import holiday_around, is_workday

DAY = timedelta(days=1)
LONGEST = 14
OTHER_DUTY = re.compile(r"巡[逻查]|支部|保安|门岗|食堂|夜班|今晚|晚上|通宵|轮值主席|志愿|信访|领导")
BUTLERS = re.compile(r"坐班|政策管[家价]|服务中心|党群中心|窗口|部门")
WHOLE = re.compile(r"(?:轮值|值班|坐班|值守|排班)(?:表|安排)|(?:都有|有)(?:哪些|哪几|什么)(?:部门|单位|人)|每天都?是谁")
WHICH_DAY = re.compile(r"哪[天日]|几号|周几|星期几|礼拜几|什么时[候后]|啥时|何时|每周")
CLOSES = re.compile(r"(\d{1,2}):(\d{2})\s*$")


@handler(
    "query_duty",
    intents=("query_duty",),
    commands=(
        r"(?:今天|今日|明天|后天|本周|这周|下周|下?周[一二三四五六日天])?(?:是)?(?:谁|哪位|哪个部门)?(?:坐班|值班|政策管家)"
        r"(?:是谁|是哪位|是哪个部门|表|安排)?(?:的|啊|呀|呢)?",
        r"(?=[^\n]*(?:谁|哪|吗|有没有|什么时|几|安排|表|[坐值]班|轮值|[?？]))[^\n，。,]{0,16}政策管[家价][^\n，。,]{0,16}",
        r"(?:请问)?(?:法律|税务|工商|医保|人社|公积金)(?:的)?(?:咨询|坐班)(?:是|在)*(?:哪[天日]|几号|周几|星期几|什么时候|啥时候)(?:来|有人|在)?(?:啊|呢)?[?？]?",
        r"[^\n，。,]{0,8}(?:税务|工商|人社|社保|医保|市监|司法|法律|公积金|公安)局?(?:的?(?:人|同志))?[今明后]?天?(?:在|来|坐班|值班)(?:吗|不|没)[?？]?",
    ),
    overhear=True,
    title="政策管家坐班",
    examples=("今天谁坐班", "税务哪天来服务中心坐班", "@小红 这周政策管家"),
)
def query_duty(ctx: Context) -> str | None:
    """Who sits in when; about other duties than the butlers' nothing is known."""
    asked = duty.asked_field(ctx.conn, ctx.said)
    if not ctx.addressed and asked is None and not BUTLERS.search(ctx.said):
        return None  # 今天谁值班 among colleagues is of their own duty
    if asked is None and re.search(r"电话|号码|联系方式", ctx.said) and not re.search(r"谁|坐班|值班|管家", ctx.said):
        return "我这里没有服务中心的电话，要找人请说「转人工」，工作人员会联系您。" if ctx.addressed else None
    if asked is None and OTHER_DUTY.search(ctx.said):
        return "我只有政策管家的坐班表，这个班次请问工作人员。" if ctx.addressed else None
    if not duty.weekly(ctx.conn) and duty.first_from(ctx.conn, today(ctx)) is None:
        return "还没有政策管家的坐班安排。" if ctx.addressed else None
    if asked and not asked.fields:
        return f"政策管家坐班表里没有{asked.name}。\n{roster(ctx)}"
    first, last = days_asked(ctx, asked)
    if last - first > LONGEST * DAY:
        return roster(ctx)
    return one_day(ctx, first, asked) if first == last else several_days(ctx, first, last, asked)


def today(ctx: Context) -> date:
    """The day it is."""
    return local(ctx.now).date()


def days_asked(ctx: Context, asked: Asked | None) -> tuple[date, date]:
    """First and last of the days that are meant: what is named, else today, or for a field when it is next there."""
    named = times.when(ctx.said, ctx.now)
    if named:
        return named.start.date(), max(named.start, named.end or named.start).date()
    if asked:
        coming = duty.first_from(ctx.conn, not_over(ctx, asked), asked.fields)
        there = coming[0] if coming else today(ctx)
        return there, there
    if WHOLE.search(ctx.said):
        return today(ctx), today(ctx) + (LONGEST + 1) * DAY
    return today(ctx), today(ctx)


def not_over(ctx: Context, asked: Asked | None = None) -> date:
    """Today, or tomorrow when today's hours are over."""
    fields = asked.fields if asked else ()
    there = duty.on(ctx.conn, today(ctx), fields)
    over = bool(there) and all(is_over(shift, local(ctx.now)) for shift in there)
    return today(ctx) + DAY if over else today(ctx)


def is_over(shift: Shift, now: datetime) -> bool:
    """Whether a shift's hours of the day have passed."""
    closes = CLOSES.search(shift.hours)
    return closes is not None and now.time() >= time(int(closes[1]), int(closes[2]))


def one_day(ctx: Context, day: date, asked: Asked | None) -> str:
    """Who sits in on a day; where nobody does, why, and who is next."""
    fields = asked.fields if asked else ()
    there = duty.on(ctx.conn, day, fields)
    if not there:
        return nobody(ctx, day, day, asked)
    text = f"{dated(ctx, day)}：{people_of(there)}，{where(there[0])}。"
    if asked and there[0].weekday and WHICH_DAY.search(ctx.said):
        text = f"{asked.name}每周{WEEKDAYS[there[0].weekday - 1]}坐班，最近一次{text}"
    if day == today(ctx) and not_over(ctx, asked) > day:
        return text + "今天的时间已经过了。" + following(ctx, day + DAY, fields)
    return text


def several_days(ctx: Context, first: date, last: date, asked: Asked | None) -> str:
    """A line for each day that somebody sits in, and for each holiday among the weekdays."""
    fields = asked.fields if asked else ()
    days = [first + ahead * DAY for ahead in range((last - first).days + 1)]
    held = [(day, duty.on(ctx.conn, day, fields)) for day in days]
    if not any(there for _, there in held):
        return nobody(ctx, first, last, asked)
    place = where(next(there for _, there in held if there)[0])
    lines = [f"政策管家坐班（{place}）："]
    for day, there in held:
        if there:
            lines.append(f"{plain(day)} {people_of(there)}")
        elif not asked and day.weekday() < 5:
            lines.append(f"{plain(day)} {'没有安排' if is_workday(day) else '放假，没有人坐班'}")
    return "\n".join(lines)


def nobody(ctx: Context, first: date, last: date, asked: Asked | None) -> str:
    """Nobody sits in, and who is next."""
    fields = asked.fields if asked else ()
    free = not any(is_workday(first + ahead * DAY) for ahead in range((last - first).days + 1))
    named = dated(ctx, first) if first == last else f"{plain(first)}至{plain(last)}"
    why = "休息，没有政策管家坐班" if free else f"没有{asked.name if asked else '政策管家'}坐班"
    begin = max(last, holiday_around(last)[1] if free else last) + DAY
    return f"{named}{why}。" + following(ctx, max(begin, not_over(ctx)), fields)


def following(ctx: Context, day: date, fields: Sequence[str]) -> str:
    """下次是…: the next day that somebody sits in."""
    coming = duty.first_from(ctx.conn, day, fields)
    if coming is None:
        return ""
    there = coming[1]
    return f"下次是{dated(ctx, coming[0])}：{people_of(there)}，{where(there[0])}。"


def roster(ctx: Context) -> str:
    """The ordinary week."""
    shifts = duty.weekly(ctx.conn)
    lines = [f"周{WEEKDAYS[(shift.weekday or 1) - 1]} {people_of([shift])}" for shift in shifts]
    return "\n".join((f"政策管家每周坐班（{where(shifts[0])}，节假日除外）：", *lines)) if shifts else ""


def people_of(shifts: Sequence[Shift]) -> str:
    """税务 赵宁（区税务局）."""
    return "、".join(f"{shift.field} {shift.person}（{shift.unit}）" for shift in shifts)


def where(shift: Shift) -> str:
    """Place and hours."""
    return f"{shift.place} {shift.hours}"


def dated(ctx: Context, day: date) -> str:
    """今天（7月22日周二）, or just the date."""
    near = {0: "今天", 1: "明天"}.get((day - today(ctx)).days)
    return f"{near}（{plain(day)}）" if near else plain(day)


HANDLERS: tuple[Handler, ...] = (query_duty,)
