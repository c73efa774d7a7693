"""Activities in conversation: publish, edit a draft, announce, remind."""

from tests.actors import Actor, Park

G2 = "g_alliance@chatroom"


def here(park: Park, name: str, role: str = "member") -> Actor:
    return park.person(name, role, G2)


async def published(park: Park, plan: str, by: str = "sec") -> str:
    """Publish through the chat; the activity's number."""
    secretary = here(park, by, "secretary")
    draft = await secretary.says(f"@小红\u2005发布活动：{plan}")
    assert draft is not None and draft.startswith("活动")
    number = draft.removeprefix("活动").split("号")[0]
    announced = await secretary.says("确认")
    assert announced is not None and announced.startswith(f"【活动{number}号】")
    return number


async def test_publish_sign_up_wait_and_move_up(park: Park) -> None:
    await park.until("2025-10-13T10:30")
    sec = here(park, "sec", "secretary")
    draft = await sec.says("@小红\u2005发布活动：消防体验课，下周三下午2点到4点，消防救援站一楼，限3人")
    assert draft is not None
    assert "消防体验课" in draft and "10月22日（周三）14:00–16:00" in draft
    assert "消防救援站一楼" in draft and "3人" in draft and "草稿" in draft
    assert await here(park, "zhao").says("确认") is None
    assert (await park.rows("SELECT state FROM activity WHERE title = '消防体验课'"))[0].state == "draft"

    announced = await sec.says("确认")
    assert announced is not None and "报名" in announced and len(sec.last) == 1
    assert await here(park, "limin").says("消防体验课报名") == "已报名「消防体验课」（1/3），10月22日（周三）14:00。"
    gao = here(park, "gao")
    assert "（2/3）" in (await gao.says("+1") or "")
    pair = await here(park, "tian").says("消防课算我和我对象 2个人")
    assert pair is not None and "只剩1个名额" in pair and "候补第1位" in pair
    assert "名额已满" in (await here(park, "xulin").says("我报名消防体验课") or "")
    feng = here(park, "feng")
    assert "候补" in (await feng.says("消防体验课还能报不") or "")
    assert len(await park.rows("SELECT 1 FROM sign_up")) == 4
    assert "第2位" in (await feng.says("那候补一个") or "")

    sent = await park.until("2025-10-21T09:00")
    reminded = {message.to for message in sent if "消防体验课" in message.text}
    assert reminded == {"wx_limin", "wx_gao", "wx_xulin"}
    assert all(message.private for message in sent)
    assert "已取消" in (await gao.says("消防课我明天要出差，去不了了") or "")
    assert [message.to for message in gao.last if message.private] == ["wx_feng"]
    sent = await park.until("2025-10-22T13:00")
    assert {message.to for message in sent if "一小时后" in message.text} == {"wx_limin", "wx_xulin", "wx_feng"}
    assert not [message for message in await park.until("2025-10-22T13:30") if "提醒" in message.text]
    states = await park.rows("SELECT name, state, people FROM sign_up ORDER BY id")
    assert [(row.state, row.people) for row in states] == [
        ("seated", 1),
        ("cancelled", 1),
        ("waiting", 2),
        ("seated", 1),
        ("seated", 1),
    ]
    runs = await park.rows("SELECT job, scope FROM job_run WHERE job LIKE 'activities.%before' AND state = 'done'")
    assert len({(row.job, row.scope) for row in runs}) == len(runs)


async def test_draft_is_edited_before_it_is_published(park: Park) -> None:
    sec = here(park, "sec", "secretary")
    await sec.says("@小红 发布活动：消防体验课，7月30日下午2点到4点，消防救援站一楼，限3人")
    changed = await sec.says("地点改成二楼会议室，人数改成20人")
    assert changed is not None and "二楼会议室" in changed and "20人" in changed and "草稿" in changed
    changed = await sec.says("时间改到下午3点")
    assert changed is not None and "7月30日（周三）15:00–17:00" in changed
    changed = await sec.says("改到7月31日")
    assert changed is not None and "7月31日（周四）15:00–17:00" in changed
    changed = await sec.says("把消防体验课改成消防演练")
    assert changed is not None and "消防演练" in changed
    assert await sec.says("今天中午吃什么") is None
    assert "草稿" not in (await sec.says("地点是在楼上吗") or "")
    assert "7月31日（周四）15:00–17:00" in (await sec.says("确认") or "")
    assert not any("草稿" in message.text for message in sec.last)


async def test_a_plan_by_spaces_and_words_for_the_only_one_of_its_kind(park: Park) -> None:
    sec, lin, tian = here(park, "sec", "secretary"), here(park, "林晓"), here(park, "田园")
    draft = await sec.says("@小红 帮我发个活动 周五下午两点半 二楼会议室 学习贯彻全会精神 大概两个小时 限3人")
    assert draft and "：学习贯彻全会精神\n" in draft and "7月25日（周五）14:30" in draft and "地点：二楼会议室" in draft
    await sec.says("确认")
    await lin.says("#接龙\n学习贯彻全会精神\n1. 林晓\n2. 田园 2人")
    assert await tian.says("还有位置吗") is None
    assert "名额已满" in (await here(park, "高翔").says("算我一个") or "")
    assert await tian.says("@小红 我们不去了 孩子感冒") == "已取消「学习贯彻全会精神」报名。"
    assert "已报名1人：林晓。" in (await sec.says("@小红 名单") or "")
    asked = await sec.says("@小红 活动改到三点")
    assert asked and asked.startswith("您要改哪一项？")
    moved = await sec.says("@小红 周五的学习改到三点")
    assert moved and "「学习贯彻全会精神」已改到7月25日（周五）15:00" in moved
    assert "地点：二楼会议室" in (await lin.says("@小红 集合地点在哪") or "")


async def test_another_publish_command_begins_another_draft(park: Park) -> None:
    sec = here(park, "sec", "secretary")
    await sec.says("@小红 发布活动：消防体验课，7月30日下午2点到4点，消防救援站一楼")
    await sec.says("@小红 发布活动：读书会，7月31日上午9点到11点，地点改到二楼会议室，限20人")
    drafts = await park.rows("SELECT title FROM activity WHERE state = 'draft' ORDER BY id")
    assert [row.title for row in drafts] == ["消防体验课", "读书会"]
    assert "读书会" in (await sec.says("确认") or "")


async def test_draft_is_dropped(park: Park) -> None:
    sec = here(park, "sec", "secretary")
    await sec.says("@小红 发布活动：消防体验课，7月30日下午2点到4点，消防救援站一楼")
    assert "草稿已作废" in (await sec.says("取消") or "")
    assert "活动" not in (await sec.says("确认") or "")
    assert not await park.rows("SELECT 1 FROM activity WHERE title = '消防体验课' AND state = 'published'")


async def test_doubts_and_what_is_refused(park: Park) -> None:
    sec = here(park, "sec", "secretary")
    draft = await sec.says("@小红 发布活动：读书会，7月30日（周五）下午2点到4点，一楼大厅")
    assert draft is not None and "请留意" in draft and "星期三" in draft
    assert "已经过去" in (await sec.says("@小红 发布活动：读书会，2025年7月20日下午2点到4点，一楼大厅") or "")
    assert "请写上活动名称" in (await sec.says("@小红 发布活动：读书会") or "")
    assert "只对" in (await here(park, "zhao").says("@小红 发布活动：读书会，7月30日下午2点到4点，一楼大厅") or "")
    assert await here(park, "zhao").says("发布活动：读书会，7月30日下午2点到4点，一楼大厅") is None


async def test_private_draft_goes_to_the_drafters_groups(park: Park) -> None:
    chen = park.person("陈", None)
    chen.id = "chen"  # secretary of the whole district
    draft = await chen.whispers("发布活动：读书会，7月30日下午2点到4点，一楼大厅")
    assert draft is not None and "海纳商圈党建群" in draft
    assert "3个群" in (await chen.whispers("确认") or "")
    for group in ("haina", "yunfan", "jinhai"):
        assert sum("读书会" in text for text in park.to_chat(group)) == 1


async def test_announcement_in_the_group_is_recorded_in_silence(park: Park) -> None:
    sec = here(park, "sec", "secretary")
    text = (
        "【活动通知】反诈知识讲座\n时间：7月30日（周三）下午2:30-4:00\n地点：党群服务中心三楼会议室\n请各支部准时参加"
    )
    assert await sec.says(text) is None
    assert [message.chat for message in sec.last] == ["p:wx_sec"]
    assert "反诈知识讲座" in (await here(park, "limin").says("反诈讲座报名") or "")
    assert await sec.says(text, chat="g_b_block@chatroom") is None
    assert not sec.last
    assert len(await park.rows("SELECT 1 FROM activity WHERE title LIKE '%反诈%'")) == 1
    assert "四楼" in (await sec.whispers("地点改成四楼报告厅") or "")
    assert "已登记" in (await sec.whispers("确认") or "")


async def test_nobody_announces_in_a_members_name(park: Park) -> None:
    text = "周六早上八点半跑团十公里晨跑,环湖公园东门集合,新人也可以来"
    zhao = here(park, "zhao")
    assert await zhao.says(text) is None
    assert not zhao.last
