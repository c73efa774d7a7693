"""群发: days that are other days when it goes out, other times for what waits, whom 各支部群 means."""

from tests.actors import Park

SUNDAY = "2025-07-27T19:02"


async def test_a_day_that_will_be_another_one_is_pointed_out(park: Park) -> None:
    cai = park.staff("蔡主任")
    today = await cai.whispers("群发：今晚8点开会")
    assert today and "注意" not in today
    await park.until(SUNDAY)
    draft = await cai.whispers("广播：今晚8点开会，每天9点到17点可以咨询")
    assert draft and "要到7月28日（周一）08:30才发，文中的「今晚」到时就不对了" in draft and "回复「紧急」" in draft
    changed = await cai.whispers("把今晚8点改成7月29日晚上8点")
    assert changed and "注意" not in changed
    timed = await cai.whispers("群发：明天上午9点到11点停水")
    assert timed and "「明天」" in timed
    timed = await cai.whispers("明天上午9点发")
    assert timed and "定在7月28日（周一）09:00发，文中的「明天」到时就不对了：请改成日期" in timed
    assert "开始发送" in (await cai.whispers("紧急") or "")


async def test_drafted_by_day_and_confirmed_at_night(park: Park) -> None:
    cai = park.staff("蔡主任")
    await park.until("2025-07-24T20:50")
    draft = await cai.whispers("群发：明天下午3点消防检查")
    assert draft and "注意" not in draft
    await park.until("2025-07-24T21:05")
    told = await cai.whispers("确认")
    assert told and "7月25日（周五）08:30" in told and "「明天」到时就不对了：请撤回，改成日期再发" in told
