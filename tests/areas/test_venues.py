"""阵地预约: booking without clashes, offers, changes, cancellations, questions, reminders; on both engines."""

import asyncio
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.clock import SHANGHAI
from bot.db import open_db
from bot.domain.venues import bookings, rooms
from bot.domain.venues.bookings import Span, booked_quarter
from bot.errors import Refusal
from tests.actors import NOW, Actor, Park

BOOKED = 'select v.name, b.start, b."end", b.state from booking b join venue v on v.id = b.venue_id order by b.id'


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


async def shown(park: Park) -> list[tuple[str, str]]:
    """Room and state of each booking, oldest first."""
    return [(row.name, row.state) for row in await park.rows(BOOKED)]


@pytest.fixture
def chen(park: Park) -> Actor:
    return park.secretary("陈")


@pytest.fixture
def jin(park: Park) -> Actor:
    return park.company("金")


async def test_two_people_and_one_room(park: Park, chen: Actor, jin: Actor) -> None:
    """Scenario c10 of the corpus."""
    await park.until("2025-11-17T09:05")
    reply = await chen.says("@小红 预约二楼会议室，周四下午2点到4点，开支部大会")
    assert reply == "已预约1号：二楼会议室，11月20日（周四）14:00–16:00。"
    refusal = await jin.says("@小红 周四下午3点到5点二楼会议室给我们留一下")
    assert refusal is not None
    assert refusal.startswith("二楼会议室11月20日（周四）14:00–16:00已有人预约。")
    assert "1. 二楼会议室（可坐30人）16:00–18:00" in refusal
    assert await shown(park) == [("二楼会议室", "booked")]
    assert await jin.says("那就4点到6点") == "已预约2号：二楼会议室，11月20日（周四）16:00–18:00。"
    zhao = park.member("赵")
    assert await zhao.says("二楼会议室那个窗户坏了，谁用小心点") is None
    await park.until("2025-11-18T17:00")
    reply = await chen.says("@小红 周四下午的会议室不用了，取消")
    assert reply == "已取消预约1号：二楼会议室，11月20日（周四）14:00–16:00。"
    await park.wait(minutes=5)
    reply = await jin.says("@小红 那我们改成2点到6点")
    assert reply == "已改预约2号：二楼会议室，11月20日（周四）14:00–18:00。"
    assert await shown(park) == [("二楼会议室", "cancelled"), ("二楼会议室", "booked")]
    [quarters] = await park.rows("select count(*), min(at), max(at) from booked_quarter")
    assert quarters[0] == 16


async def test_an_offer_is_taken_by_its_digit(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，7月24日下午2点到4点")
    await jin.says("@小红 7月24日下午3点到5点二楼会议室给我们留一下")
    reply = await jin.says("2")
    assert reply == "已预约2号：一楼大厅，7月24日（周四）15:00–17:00。"


async def test_another_room_at_the_same_time(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，7月24日下午2点到4点")
    await jin.says("@小红 7月24日下午3点到5点二楼会议室给我们留一下")
    assert await jin.says("大家中午吃什么") is None
    assert await jin.says("那就换多功能厅吧") == "已预约2号：多功能厅，7月24日（周四）15:00–17:00。"


async def test_without_an_end_it_is_two_hours_and_says_so(park: Park, chen: Actor) -> None:
    reply = await chen.says("定一下下周四下午三点的多工能厅，30个人")
    assert reply == (
        "已预约1号：多功能厅，7月31日（周四）15:00–17:00。没说几点结束，先留2小时，要改请说「改成几点到几点」。"
    )
    assert await chen.says("改成3点到4点半") == "已改预约1号：多功能厅，7月31日（周四）15:00–16:30。"


async def test_a_weekday_said_on_a_sunday_is_echoed_with_its_date(park: Park, chen: Actor) -> None:
    await park.until("2025-07-27T10:00")
    reply = await chen.says("@小红 预约二楼会议室，下周三上午9点到11点")
    assert reply == "已预约1号：二楼会议室，7月30日（周三）09:00–11:00。"


async def test_asks_for_the_hours_with_what_is_free(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，7月24日下午2点到4点")
    reply = await jin.says("@小红 订一下7月24日下午的二楼会议室")
    assert reply == "二楼会议室7月24日（周四）空闲：13:00–14:00、16:00–18:00。请问几点到几点？"
    assert await jin.says("4点到5点") == "已预约2号：二楼会议室，7月24日（周四）16:00–17:00。"


async def test_asks_which_room_where_none_is_named(park: Park, chen: Actor) -> None:
    reply = await chen.says("@小红 明天下午2点到4点订个场地，60个人开会")
    assert reply == "请问订哪个场地？请回复编号：\n1. 一楼大厅（可坐80人）\n2. 多功能厅（可坐120人）"
    assert await chen.says("2") == "已预约1号：多功能厅，7月23日（周三）14:00–16:00。"


@pytest.mark.parametrize("joins", ["+1", "加1", "+1！"])
async def test_joining_something_else_picks_no_room(park: Park, chen: Actor, joins: str) -> None:
    await chen.says("@小红 明天下午2点到4点订个场地，60个人开会")
    await chen.says(joins)
    assert await shown(park) == []
    assert await chen.says("1") == "已预约1号：一楼大厅，7月23日（周三）14:00–16:00。"


async def test_another_floor_is_another_room(park: Park, chen: Actor) -> None:
    reply = await chen.says("@小红 预约三楼会议室，明天下午2点到4点")
    assert reply is not None
    assert "请回复编号" in reply
    assert await shown(park) == []


async def test_too_many_people_for_the_room(park: Park, chen: Actor) -> None:
    reply = await chen.says("@小红 预约二楼会议室，明天下午2点到4点，四十来个人")
    assert reply is not None
    assert reply.startswith("二楼会议室（可坐30人）坐不下40人。")
    assert await chen.says("1") == "已预约1号：一楼大厅，7月23日（周三）14:00–16:00。"


async def test_the_past_and_the_night_are_refused(park: Park, chen: Actor) -> None:
    assert "已经过了" in str(await chen.says("@小红 预约二楼会议室，今天上午8点半到9点"))
    reply = await chen.says("@小红 预约二楼会议室，明天早上7点到9点")
    assert reply == "二楼会议室的开放时间是08:30–21:00，请换个时间。"
    assert await chen.says("那就9点到10点") == "已预约1号：二楼会议室，7月23日（周三）09:00–10:00。"


async def test_a_question_is_answered_and_books_nothing(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    reply = await jin.says("@小红 周四会议室有空吗")
    assert reply == "二楼会议室7月24日（周四）空闲：08:30–14:00、16:00–21:00。要用请说几点到几点。"
    reply = await jin.says("@小红 二楼会议室周四下午3点到5点有人用吗")
    assert reply is not None
    assert "已有人预约" in reply
    assert len(await shown(park)) == 1
    assert await jin.says("那4点到5点吧") == "已预约2号：二楼会议室，7月24日（周四）16:00–17:00。"
    assert await chen.says("现在哪个屋空着") is None
    every = await chen.says("@小红 现在哪个屋空着")
    assert every and "多功能厅7月22日（周二）空闲：" in every and "二楼会议室7月22日" in every
    assert await park.rows("select 1 from resource") == []


@pytest.mark.parametrize(
    "text",
    [
        "二楼会议室那个窗户坏了，谁用小心点",
        "明天在二楼会议室开会，大家准时到",
        "二楼会议室周三有会，大家小声点",
        "昨天培训很顺利，教室用完打扫干净了",
        "会议室我们不用了",
    ],
)
async def test_talk_about_rooms_is_passed_over(park: Park, jin: Actor, text: str) -> None:
    assert await jin.says(text) is None
    assert await shown(park) == []


async def test_only_the_booker_or_staff_cancels(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    assert await jin.says("@小红 取消预约1") == "1号预约不是您订的，只有预约人可以改动。"
    assert await jin.says("周四下午的会议室不用了，取消") is None
    assert await shown(park) == [("二楼会议室", "booked")]
    staff = park.staff("蔡")
    assert await staff.says("@小红 取消预约 1") == "已取消预约1号：二楼会议室，7月24日（周四）14:00–16:00。"
    assert park.to_person(chen) == ["您的预约1号：二楼会议室，7月24日（周四）14:00–16:00已由蔡取消。"]


async def test_what_an_activity_holds_goes_with_it(park: Park, chen: Actor) -> None:
    await chen.says("@小红 发布活动：读书会，7月25日下午2点到4点，一楼大厅")
    await chen.says("确认")
    held = "1号预约是活动203号「读书会」的场地，要改请说「活动203改到…」。"
    assert await chen.says("@小红 预约1改到下午3点到5点") == held
    assert "已改预约" not in (await chen.says("@小红 周五那个改到三点") or "")
    assert await shown(park) == [("一楼大厅", "booked")]
    await chen.says("@小红 明天下午2点到4点订二楼会议室")
    assert await chen.says("不用了，退掉吧") is None
    assert await chen.says("@小红 不用了 退掉") == "已取消预约2号：二楼会议室，7月23日（周三）14:00–16:00。"


async def test_asks_which_booking_is_meant(park: Park, chen: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    await chen.says("@小红 预约多功能厅，周五下午2点到4点")
    reply = await chen.says("@小红 取消预约")
    assert reply is not None
    assert reply.startswith("您要取消哪个预约？")
    assert await chen.says("2") == "已取消预约2号：多功能厅，7月25日（周五）14:00–16:00。"
    assert await shown(park) == [("二楼会议室", "booked"), ("多功能厅", "cancelled")]


async def test_a_change_is_checked_against_others(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    await jin.says("@小红 预约二楼会议室，周四下午4点到6点")
    reply = await jin.says("@小红 改成3点到5点")
    assert reply is not None
    assert "14:00–16:00已有人预约" in reply
    reply = await jin.says("@小红 会议室预约改到周五上午9点")
    assert reply == "已改预约2号：二楼会议室，7月25日（周五）09:00–11:00。"
    assert await chen.says("@小红 预约1改到周五") == "已改预约1号：二楼会议室，7月25日（周五）14:00–16:00。"


async def test_reminds_privately_the_evening_before(park: Park, chen: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    assert await park.until("2025-07-23T16:59") == []
    await park.wait(minutes=2)
    assert park.to_person(chen) == [
        "提醒：您明天预约了场地。\n预约1号：二楼会议室，7月24日（周四）14:00–16:00\n"
        "不用了请回复「取消预约 1」，好让别人用。"
    ]
    assert await chen.whispers("取消预约 1") == "已取消预约1号：二楼会议室，7月24日（周四）14:00–16:00。"


async def test_lists_rooms_and_ones_own_bookings(park: Park, chen: Actor) -> None:
    reply = await chen.says("@小红 有哪些会议室可以约")
    assert reply is not None
    assert "二楼会议室（可坐30人），08:30–21:00" in reply
    assert await chen.says("@小红 我的预约") == "您现在没有预约场地。"
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    assert await chen.says("@小红 我的预约") == "您的预约：\n1号：二楼会议室，7月24日（周四）14:00–16:00"


def _book(conn: Connection, person_id: int, span: Span) -> int:
    [room] = rooms.named(conn, "二楼会议室").rooms
    details: dict[str, object] = {"text": "", "people": None, "touched_at": NOW}
    return bookings.book(conn, room, span, person_id=person_id, chat_id=1, **details).id


SPAN = Span(at("2025-07-24T14:00"), at("2025-07-24T16:00"))


async def test_of_many_at_once_one_gets_the_room(database_url: str) -> None:
    """The unique quarter-hours decide, though nobody looked before booking."""
    one, other = open_db(database_url), open_db(database_url)
    shifted = Span(SPAN.start + timedelta(hours=1), SPAN.end + timedelta(hours=1))
    wishes = [(one, 1, SPAN), (other, 2, shifted), (one, 3, shifted), (other, 4, SPAN)]
    try:
        results = await asyncio.gather(*(db.run(_book, who, span) for db, who, span in wishes), return_exceptions=True)
        assert sorted(isinstance(result, Refusal) for result in results) == [False, True, True, True]
        held = await one.run(lambda conn: conn.scalar(sa.select(sa.func.count()).select_from(booked_quarter)))
        assert held == 8
    finally:
        await one.close()
        await other.close()


async def test_the_database_refuses_a_second_holder(park: Park) -> None:
    number = await park.app.db.run(_book, 1, SPAN)
    row = {"venue_id": 2, "at": SPAN.start, "booking_id": number}
    held = await park.rows("select venue_id from booked_quarter limit 1")
    with pytest.raises(IntegrityError):
        await park.app.db.run(
            lambda conn: conn.execute(sa.insert(booked_quarter).values(row | {"venue_id": held[0][0]}))
        )


async def test_touching_spans_do_not_clash(park: Park) -> None:
    await park.app.db.run(_book, 1, SPAN)
    await park.app.db.run(_book, 2, Span(SPAN.end, SPAN.end + timedelta(hours=1)))
    await park.app.db.run(_book, 2, Span(SPAN.start - timedelta(hours=1), SPAN.start))


async def test_asked_without_being_addressed(park: Park, jin: Actor) -> None:
    free = "二楼会议室7月25日（周五）空闲：08:30–21:00。要用请说几点到几点。"
    assert await jin.says("二楼会议室周五有空吗") == free
    assert "空闲" not in str(await jin.says("谁家会议室周五空着"))  # somebody else's
    assert await jin.whispers("周五二楼会议室什么时候空着") == free
    assert await jin.whispers("上午9点到10点") == "已预约1号：二楼会议室，7月25日（周五）09:00–10:00。"


async def test_a_settled_booking_forgets_what_was_asked_before(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.says("@小红 预约二楼会议室，周四下午2点到4点")
    await jin.says("@小红 预约二楼会议室，周四下午3点到5点")
    await jin.says("@小红 预约多功能厅，周四下午3点到5点")
    assert await jin.says("那就4点到6点") != "已预约3号：二楼会议室，7月24日（周四）16:00–18:00。"
    assert await shown(park) == [("二楼会议室", "booked"), ("多功能厅", "booked")]


async def test_what_was_left_behind_lends_no_day_and_once_is_once(park: Park, chen: Actor, jin: Actor) -> None:
    await chen.whispers("二楼会议室明天有空吗")
    await park.wait(minutes=1)
    assert "7月23日（周三）15:00" in (await chen.whispers("那二楼会议室下午三点订一下") or "")
    await chen.whispers("二楼会议室后天有空吗")
    await park.wait(minutes=1)
    await chen.whispers("谢谢")
    await park.wait(minutes=15)
    assert "一楼大厅，7月22日（周二）16:00" in (await chen.whispers("下午四点一楼大厅订一下") or "")
    assert (await jin.whispers("每周四下午2点到4点订二楼会议室") or "").endswith("只订了这一次，以后的每次请另订。")
    assert "二楼会议室，7月24日（周四）14:00–16:00，20人" in (await jin.whispers("20个人开会") or "")
    assert "坐不下45人" in (await jin.whispers("一共45个人左右") or "")
    assert "一楼大厅，7月24日（周四）14:00–16:00，45人" in (await jin.whispers("1") or "")
    assert await jin.says("20个人开会") is None
