"""What happens in a year: activities are published in words, members sign up, come or stay away, and rate.

Everything goes through the real path: inbox, reader, dispatcher, jobs, outbox. Chance is seeded.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from bot.clock import SHANGHAI
from bot.messages import Incoming
from knowledge.workdays import is_workday
from tests.actors import Park
from tests.year.district import Group

KINDS = (
    "消防演练",
    "读书会",
    "健康讲座",
    "亲子手工",
    "反诈宣讲",
    "义务植树",
    "银企对接",
    "红色观影",
    "电脑课",
    "茶艺课",
)
_NAMES = (
    "海棠玉兰银杏白杨红枫青竹丹桂腊梅紫薇月季牡丹芍药茉莉山茶杜鹃木棉石榴樱花紫藤合欢香樟雪松翠柏垂柳"
    "凤凰白鹭锦鲤飞燕喜鹊云雀海鸥天鹅朝阳晨曦晚霞明月星河清风春雨瑞雪长城黄河泰山昆仑珠江西湖洞庭鄱阳"
)
NAMES = [_NAMES[at : at + 2] for at in range(0, len(_NAMES), 2)]
HOURS = (9, 10, 14, 15, 19)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody says at a moment."""

    at: datetime
    sender: str
    chat: str
    text: str
    expects: str  # what the answer must hold


@dataclass(slots=True)
class Expected:
    """What the year must have left behind."""

    activities: int = 0
    sign_ups: int = 0
    check_ins: int = 0
    wrong: list[str] = field(default_factory=list)


def plan(
    groups: Sequence[Group], months: Sequence[tuple[int, int]], a_month: int, days_of: tuple[range, range], seed: int
) -> list[Event]:
    """All that is said in these months, by time: `a_month` activities in all, published in the month before.

    `days_of`: on which days they are announced and held.
    """
    announced, held = days_of
    chance = Random(seed)
    events: list[Event] = []
    titles = (f"{name}{kind}" for name in NAMES for kind in KINDS)
    for year, month in months:
        days = [day for day in _days(year, month) if is_workday(day.date()) and day.day in held]
        for number in range(a_month):
            group = groups[number % len(groups)]
            start = chance.choice(days).replace(hour=chance.choice(HOURS))
            turn = number // len(groups)  # nobody writes two announcements in one minute
            events += _activity(chance, group, start, next(titles), announced, timedelta(minutes=20 * turn))
    return sorted(events, key=lambda event: event.at)


def _days(year: int, month: int) -> Iterator[datetime]:
    day = datetime(year, month, 1, tzinfo=SHANGHAI)
    while day.month == month:
        yield day
        day += timedelta(days=1)


def _activity(
    chance: Random, group: Group, start: datetime, title: str, days: range, past: timedelta
) -> Iterator[Event]:
    """One activity: announced, signed up for, attended by most, left by some, rated by some."""
    before = start.replace(day=1) - timedelta(days=1)  # in the month before, so that the menu has it
    announced = before.replace(day=chance.choice(days), hour=chance.randint(9, 17), minute=0) + past
    said = f"{start.year}年{start.month}月{start.day}日{start.hour}:00到{start.hour + 2}:00"
    place = f"{title[:2]}书院"
    yield Event(announced, group.secretary, group.chat, f"@小红 发布活动：{title}，{said}，{place}", "草稿")
    yield Event(announced + timedelta(minutes=5), group.secretary, group.chat, "确认", title)
    coming = chance.sample(group.members, min(len(group.members), chance.randint(8, 20)))
    for number, one in enumerate(coming):
        at = announced + timedelta(minutes=10 * (1 + number % 3))
        yield Event(at, one, group.chat, f"@小红 {title}报名", "已报名")
        if chance.random() < 0.1:
            yield Event(at + timedelta(days=1), one, group.chat, f"@小红 取消{title}报名", "已取消")
        elif chance.random() < 0.85:
            at = start + timedelta(minutes=10 * chance.randint(-5, 6))
            yield Event(at, one, group.chat, f"@小红 {title}签到", "签到成功")


async def live(park: Park, events: Sequence[Event]) -> Expected:
    """Let it all happen; what must be true in the end, and which answers were wrong.

    What people say at the same moment arrives at once, as in a busy group.
    """
    expected = Expected()
    numbered = [(f"y{number}", event) for number, event in enumerate(events)]
    for at, together in groupby(numbered, lambda pair: pair[1].at):
        said = list(together)
        await park.wait(seconds=max((at - park.clock.now()).total_seconds(), 0))
        replies = await _deliver(park, [_said(park, event, message_id) for message_id, event in said])
        for message_id, event in said:
            text = replies.get(message_id, "")
            if event.expects not in text:
                expected.wrong.append(f"{at:%m-%d %H:%M} {event.sender} {event.text} → {text}")
            expected.activities += event.text == "确认"
            expected.sign_ups += event.expects == "已报名"
            expected.check_ins += event.expects == "签到成功"
    return expected


async def _deliver(park: Park, messages: Sequence[Incoming]) -> dict[str, str]:
    """Several messages through the whole path; the reply to each."""
    before, runtime = len(park.channel.sent), park.app.runtime
    accepted = [asyncio.ensure_future(runtime.accept(message)) for message in messages]
    await asyncio.sleep(0)
    await runtime.accept_arrivals()
    await asyncio.gather(*accepted)
    while await runtime.work():
        pass
    while await runtime.send(park.channel):
        pass
    return {out.reply_to: out.text for out in park.channel.sent[before:] if out.reply_to}


def _said(park: Park, event: Event, message_id: str) -> Incoming:
    return Incoming(
        channel=park.channel.name,
        message_id=message_id,
        chat=event.chat,
        sender=event.sender,
        sender_name="",
        text=event.text,
        at=event.at,
        mentioned="@小红" in event.text,
    )
