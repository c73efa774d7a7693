"""政策管家: who sits in, on working days by the State Council's calendar."""

from datetime import date

import pytest
from sqlalchemy.engine import Connection

from bot.domain import duty
from tests.actors import Actor, Park

SUN = "工商注册 孙倩（区市场监管局），一楼大厅 9:00–11:30 14:00–17:00。"
ZHAO = "税务 赵宁（区税务局），一楼大厅 9:00–11:30 14:00–17:00。"


async def test_today(park: Park) -> None:
    zhang = park.member("张伟")
    assert await zhang.says("今天谁坐班") == f"今天（7月22日周二）：{SUN}"
    assert await zhang.says("@小红 明天谁坐班") == (
        "明天（7月23日周三）：人社 韩梅（区人社局），一楼大厅 9:00–11:30 14:00–17:00。"
    )
    await park.until("2025-07-22T17:05")
    over = await zhang.says("今天谁坐班")
    assert over and "今天的时间已经过了。下次是明天（7月23日周三）" in over


@pytest.mark.parametrize(
    "words",
    ["@小红 税务局的人哪天来坐班", "@小红 交税的事哪天有人坐班", "@小红 税物局哪天来坐班", "@小红 税务咨询哪天"],
)
async def test_a_field_by_any_name(park: Park, words: str) -> None:
    assert await park.member("张伟").says(words) == f"税务每周一坐班，最近一次7月28日周一：{ZHAO}"


async def test_social_insurance_and_a_field_that_nobody_covers(park: Park) -> None:
    zhang = park.member("张伟")
    reply = await zhang.says("@小红 社保的政策管家周几来")
    assert reply and reply.startswith("人社每周三坐班，最近一次明天（7月23日周三）")
    none = await zhang.says("@小红 公积金哪天有人坐班")
    assert none and none.startswith("政策管家坐班表里没有公积金。") and "周一 税务" in none


async def test_the_week_with_its_holidays(park: Park) -> None:
    zhang = park.member("张伟")
    week = await zhang.says("@小红 这周政策管家")
    assert week and week.splitlines()[1:3] == [
        "7月21日周一 税务 赵宁（区税务局）",
        "7月22日周二 工商注册 孙倩（区市场监管局）",
    ]
    assert len(week.splitlines()) == 6
    await park.until("2025-09-29T09:00")
    week = await zhang.says("@小红 这周政策管家")
    assert week and "9月30日周二 工商注册" in week and "10月1日周三 放假，没有人坐班" in week


async def test_nobody_on_a_holiday(park: Park) -> None:
    zhang = park.member("张伟")
    await park.until("2025-10-01T10:00")
    assert await zhang.says("今天谁坐班") == (
        "今天（10月1日周三）休息，没有政策管家坐班。"
        "下次是10月9日周四：医保 周敏（区医保局），一楼大厅 9:00–11:30 14:00–17:00。"
    )
    assert "9日周四" in (await zhang.says("@小红 国庆期间有人坐班吗") or "")


async def test_another_duty_is_none_of_its_business(park: Park) -> None:
    zhang = park.member("张伟")
    assert await zhang.says("今晚巡逻是谁的班呀") is None
    assert await zhang.says("政策管家真是辛苦了") is None
    assert await zhang.says("今天谁值班") is None


async def test_a_date_replaces_the_weekday(park: Park) -> None:
    def plan(conn: Connection) -> list[str]:
        day = date(2025, 10, 11)  # a make-up Saturday
        duty.load(conn, [{"day": day, "field": "人社", "person": "李静", "unit": "区人社局", "hours": "9:00–11:30"}])
        return [shift.person for shift in duty.on(conn, day)]

    assert await park.app.db.run(plan) == ["李静"]
    await park.until("2025-10-09T18:00")
    reply = await park.member("张伟").says("@小红 人社下次什么时候来坐班")
    assert reply and "10月11日周六：人社 李静" in reply


async def test_a_swap_needs_both_and_a_gap_is_said_the_day_before(park: Park) -> None:
    han, sun = Actor(park, "han", "韩梅", "handler", "haina"), park.handler("孙倩")
    cai, zhang = Actor(park, "cai", "蔡宁", None, "haina"), park.member("张伟")
    await sun.whispers("我是区市场监管局的孙倩")
    await cai.whispers("你好")
    assert "没看懂" in (await han.whispers("换班 7月30日") or "")
    asked = await han.whispers("换班 7月29日和7月30日")
    assert asked == "换班申请已记下：7月29日周二改由韩梅，7月30日周三改由孙倩。已私下请对方确认，同意后生效。"
    assert "人社 韩梅" in (await zhang.says("@小红 7月30日谁坐班") or "")
    assert park.to_person(sun)[-1].endswith("请回复「同意」或「不同意」。")
    assert await sun.whispers("同意") == "换班已生效：7月29日周二改由韩梅，7月30日周三改由孙倩。"
    assert park.to_person(han)[-1].startswith("换班已生效")
    assert "人社 韩梅" in (await zhang.says("@小红 7月29日谁坐班") or "")
    assert "只对" in (await zhang.whispers("换班 7月29日和7月30日") or "")

    assert await han.whispers("坐班请假 7月29日") == "已记下：7月29日周二人社坐班的韩梅来不了。"
    assert "没有政策管家坐班" in (await zhang.says("@小红 7月29日谁坐班") or "")
    await park.until("2025-07-28T16:01")
    assert park.to_person(cai)[-1] == "7月29日周二坐班空缺：人社（韩梅来不了）。可说「换班」另排，或告知群里。"
    await park.until("2025-07-29T16:01")
    assert park.to_person(sun)[-1].startswith("提醒：7月30日周三您在一楼大厅坐班")
