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


async def test_what_waits_can_be_given_another_time(park: Park) -> None:
    cai = park.staff("蔡主任")
    none = await cai.whispers("今晚8点发")
    assert none and "没有等着发的群发" in none
    await park.until(SUNDAY)
    await cai.whispers("群发：楼下停水")
    assert "定于7月27日（周日）20:00发" in (await cai.whispers("今晚8点发") or "")
    await park.wait(hours=3)  # nobody asks about the draft any more; it is past
    draft = await cai.whispers("明早9点发")
    assert draft and "定于7月28日（周一）09:00发" in draft
    assert "09:00发出" in (await cai.whispers("确认") or "")
    assert "时间改了，将在7月28日（周一）10:00发出" in (await cai.says("@小红 改到明早10点发") or "")
    await cai.whispers("暂停群发")
    assert "照原来定的7月28日（周一）10:00接着发" in (await cai.whispers("继续群发") or "")
    assert "7月28日（周一）10:00 群发" in (await cai.whispers("日程") or "")
    await park.until("2025-07-28T09:59")
    assert park.to_chat("haina")[1:] == []
    await park.until("2025-07-28T10:01")
    assert park.to_chat("haina")[-1] == "楼下停水"
    assert await park.rows("select count(*) from activity where title = '发'") == [(0,)]


async def test_the_rest_that_waits_for_the_morning_is_on_the_agenda(park: Park) -> None:
    cai = park.staff("蔡主任")
    await park.until("2025-07-22T20:59:58")
    draft = await cai.whispers("群发：7月30日上午9点义诊")
    n = draft and draft[2 : draft.index("号")]
    await cai.whispers("确认")
    await park.wait(minutes=5)
    agenda = await cai.whispers("日程")
    assert agenda and f"7月23日（周三）08:30 群发{n}号其余2个群：7月30日上午9点义诊" in agenda
    refused = await cai.whispers(f"继续群发{n}")
    assert refused == f"群发{n}号没有暂停，其余要到7月23日（周三）08:30接着发。"


async def test_branches_without_groups_of_their_own_are_reached_where_they_are(park: Park) -> None:
    cai = park.staff("蔡主任")
    for words in ("各支部群", "所有支部", "各支部"):
        draft = await cai.whispers(f"群发给{words}：周五下午三点支部会")
        assert draft and "发到3个群" in draft and "海纳商圈党建群" in draft
    unknown = await cai.whispers("群发给街道：周五下午三点支部会")
    assert unknown and "没有找到叫「街道」的群" in unknown and "您能发的群：海纳商圈党建群、" in unknown


async def test_a_branch_without_a_group_is_offered_what_is_near_and_nothing_goes_elsewhere(park: Park) -> None:
    cai, chen = park.staff("蔡主任"), park.secretary("陈书记")
    asked = await cai.whispers("群发给海纳支部（明天上午9点）：周五下午三点支部会\n请带笔")
    assert asked == ("「海纳支部」没有自己的群。可以发到：\n1. 海纳商圈党建群\n请回复数字；不发回复「取消」。")
    assert await park.rows("select 1 from broadcast") == []
    draft = await cai.whispers("1")
    assert draft and "周五下午三点支部会\n请带笔" in draft and "发到1个群：\n1. 海纳商圈党建群" in draft
    assert "定于7月23日（周三）09:00发" in draft
    several = await cai.whispers("群发给云帆群、金海联合支部群：周五下午三点支部会")
    assert several and several.startswith("「金海联合支部」没有自己的群。") and "可以选几个" in several
    both = await cai.whispers("都发")
    assert both and "发到2个群：\n1. 云帆科技园企业服务群\n2. 金海联建片书记群" in both
    assert "「海纳支部」没有自己的群，这一处没有改" in (await cai.whispers("也发海纳支部") or "")

    await chen.says("大家好")
    refused = await chen.whispers("群发给云帆支部：周五下午三点支部会")
    assert refused == "「云帆支部」没有自己的群。您能发的群：海纳商圈党建群。"


async def test_why_names_no_capability_in_english(park: Park) -> None:
    cai = park.staff("蔡主任")
    await cai.whispers("群发：7月30日上午9点义诊")
    drafted = await cai.whispers("为什么")
    assert drafted and "按「群发」办了" in drafted
    await cai.whispers("取消")
    await cai.whispers("确认")
    nothing = await cai.whispers("为什么")
    assert nothing and "nothing_to_confirm" not in nothing and "接着前面的问答办了" in nothing
    link = await park.member("赵敏").whispers("怎么登录")
    assert link and "点开登录" in link


async def test_everyday_words_make_a_draft_correct_it_and_take_it_back(park: Park) -> None:
    sec = park.secretary("陈书记")
    await sec.says("早")
    draft = await sec.whispers("帮我通知海纳群明天上午9点到11点停水，请储水")
    assert draft and "草稿" in draft and "\n明天上午9点到11点停水，请储水\n" in draft and "1. 海纳商圈党建群" in draft
    assert "\n后天上午9点到11点停水，请储水\n" in (await sec.whispers("说错了，是后天停水") or "")
    assert "\n后天下午2点到4点停水，请储水\n" in (await sec.whispers("时间写错了，应该是下午2点到4点") or "")
    assert "没看懂把哪里改成" in (await sec.whispers("写错了，是三号楼") or "")
    assert "开始发送" in (await sec.whispers("发") or "")
    await park.wait(minutes=1)
    assert park.to_chat("haina")[-1] == "后天下午2点到4点停水，请储水"
    assert "已经发出" in (await sec.whispers("说错了，是大后天停水") or "")
    assert "更正" not in (await sec.whispers("1") or ""), "nothing was shown that 1 could send"
    assert "（更正）开始发送" in (await sec.whispers("更正：停水是大后天下午2点到4点") or "")
    await park.wait(minutes=1)
    assert "都已经发出" in (await sec.whispers("撤回刚才那个群发") or "")
    assert await sec.whispers("不发了") == "好的，不发更正。"
    for said in ("通知大家了吗", "通知报名的人带身份证", "通知书下来了，请大家来拿"):
        assert "草稿" not in (await sec.whispers(said) or ""), said
    assert await sec.says("通知大家明天下午三点开会") is None
    assert "草稿已私发给您" in (await sec.says("@小红 通知大家明天下午三点开会") or "")
    assert "草稿" not in (await park.member("林晓").whispers("通知海纳群明天开会") or "")


async def test_office_notices_are_no_activities_and_days_are_checked(park: Park) -> None:
    cai = park.staff("蔡主任")
    for notice in (
        "【通知】各位书记：7月份台账请于7月25日前报到综合组，逾期通报。收到请回复",
        "紧急通知：请各支部于周五下午5点前上报党费收缴情况，联系人刘芳",
    ):
        draft = await cai.whispers(notice)
        assert draft and draft.startswith("群发") and notice in draft
        await cai.whispers("取消")
    meeting = await cai.whispers("【通知】兹定于7月25日下午3点在二楼会议室召开书记例会，请准时参加")
    assert meeting and meeting.startswith("活动")
    await cai.whispers("取消")
    for said, remark in (
        ("本周五（26日）下午3点开会", "本周五是7月25日，文中写的是26日"),
        ("7月26日（周五）停电", "7月26日是周六，文中写的是周五"),
        ("9月31日停水", "没有9月31日这一天"),
    ):
        assert f"注意：{remark}" in (await cai.whispers(f"群发：{said}") or ""), said
    for fine in ("本周五（25日）下午3点开会", "7月26日（周六）停电", "8月31日停水", "3月8号楼停水"):
        assert "注意" not in (await cai.whispers(f"群发：{fine}") or ""), fine
    await cai.whispers("取消")
    assert "没有2月30号这一天" in (await cai.whispers("发布活动：读书会，2月30号下午2点，二楼会议室") or "")
    assert "没有9月31日这一天" in (await cai.whispers("订二楼会议室9月31日下午2点到4点") or "")
