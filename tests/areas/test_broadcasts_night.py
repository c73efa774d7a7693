"""群发 and the clock: at a time of its own, on days off, and stopped for the night."""

import asyncio
from datetime import timedelta

from bot import app as composition
from bot.messages import Outgoing, SendRefused, private_chat
from tests.actors import Park
from tests.areas.test_broadcasts import GROUPS, number


async def test_at_a_time_of_its_own_and_on_days_off(park: Park) -> None:
    cai = park.staff("蔡主任")
    await park.until("2025-07-26T10:00")  # a Saturday
    await cai.whispers("群发：周一上午停水两小时")
    assert "休息时间，将在7月28日（周一）08:30发出" in (await cai.whispers("确认") or "")
    await cai.whispers("群发：晚上有露天电影")
    timed = await cai.whispers("今天下午3点发")
    assert timed and "定于7月26日（周六）15:00发" in timed
    assert "将在7月26日（周六）15:00发出" in (await cai.whispers("1") or "")
    await cai.whispers("群发：夜间施工")
    await cai.whispers("明天晚上10点发")
    assert "定的是休息时间，将在7月28日（周一）08:30发出" in (await cai.whispers("确认") or "")
    past = await cai.whispers("群发（昨天上午9点）：太晚了")
    assert past and "已经过了" in past
    await park.until("2025-07-26T15:05")
    assert park.to_chat("haina") == ["晚上有露天电影"]
    await park.until("2025-07-28T08:35")
    assert sorted(park.to_chat("haina")) == sorted(["晚上有露天电影", "周一上午停水两小时", "夜间施工"])


async def test_the_night_before_leaves_it_its_own_time(park: Park) -> None:
    cai = park.staff("蔡主任")
    await park.until("2025-07-25T10:00")  # a Friday
    for text, when in (("早上打疫苗", "明天早上8点发"), ("上午放电影", "明天上午10点发")):
        await cai.whispers(f"群发：{text}")
        await cai.whispers(when)
        assert "将在7月26日（周六）" in (await cai.whispers("确认") or "")
    await park.until("2025-07-26T08:05")
    assert [park.to_chat(group) for group in GROUPS] == [["早上打疫苗"]] * 3
    await park.until("2025-07-26T10:05")
    assert [park.to_chat(group) for group in GROUPS] == [["早上打疫苗", "上午放电影"]] * 3
    assert not any("休息时间" in told for told in park.to_person(cai))


async def test_a_long_one_stops_for_the_night_and_goes_on_in_the_morning(park: Park) -> None:
    cai, wang = park.staff("蔡主任"), park.staff("王主任")
    await park.until("2025-07-22T20:59:58")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    m = number(await wang.whispers("紧急群发：自来水管爆裂，抢修中"))
    await wang.whispers("确认")
    await park.wait(minutes=30)
    assert [len(park.to_chat(group)) for group in GROUPS] == [2, 1, 1]  # the urgent one goes on
    rest = "其余2个群7月23日（周三）08:30接着发"
    assert park.to_person(cai)[-1].startswith(f"群发{n}号已送达1/3个群，到休息时间先停下，{rest}")
    assert park.to_person(wang)[-1] == f"群发{m}号：已送达3/3个群。"
    assert rest.removesuffix("接着发").removeprefix("其余2个群") in (await cai.whispers("群发进度") or "")
    await park.until("2025-07-23T08:29")
    assert "慢" not in park.to_person(cai)[-1]
    await park.wait(minutes=5)
    assert [len(park.to_chat(group)) for group in GROUPS] == [2, 2, 2]
    assert park.to_person(cai)[-1] == f"群发{n}号：已送达3/3个群。"


async def test_what_the_platform_refuses_at_nightfall_waits_for_the_morning(park: Park) -> None:
    async def past_nine() -> None:
        park.clock.move_to(park.clock.now() + timedelta(seconds=3))
        await park.app.scheduler.tick(park.clock.now())
        raise SendRefused("busy")

    tried = park.channel.interrupt(GROUPS, past_nine)
    cai = park.staff("蔡主任")
    await park.until("2025-07-22T20:59:58")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.until("2025-07-23T08:29")
    assert tried == ["haina"]
    assert f"群发{n}号已送达0/3个群，到休息时间先停下" in park.to_person(cai)[-1]
    await park.wait(minutes=5)
    assert sorted(tried) == sorted(["haina", *GROUPS])
    assert park.to_person(cai)[-1] == f"群发{n}号：已送达3/3个群。"


async def test_what_starts_again_in_the_night_sends_nothing_of_the_evening(park: Park) -> None:
    cai, told = park.staff("蔡主任"), asyncio.Event()

    async def listen(message: Outgoing) -> None:
        if message.chat == private_chat(cai.id):
            told.set()

    await park.until("2025-07-22T20:59:58")
    await cai.whispers("群发：明天上午9点义诊")
    await cai.whispers("确认")
    park.clock.move_to(park.clock.now() + timedelta(hours=1))
    park.channel.on_send = listen
    async with composition.running(park.app), asyncio.timeout(10):
        await told.wait()
    assert "已送达1/3个群，到休息时间先停下" in park.to_person(cai)[-1]
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 0, 0]
