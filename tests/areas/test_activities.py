"""Activities in conversation: publish, sign up, wait, leave, remind."""

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


async def test_companions_others_and_second_thoughts(park: Park) -> None:
    number = await published(park, "植树，7月30日上午9点到11点，湖边公园北门，限6人")
    li = here(park, "李敏")
    assert "3人（3/6）" in (await li.says("植树报名，带家属2人") or "")
    assert "已经报过" in (await li.says("植树报名") or "")
    assert "已为张三报名" in (await li.says("帮张三报名植树") or "")
    assert "4人" in (await li.says("@小红 植树再加1个人") or "")
    assert "不够" in (await li.says("@小红 植树报名，改成7个人") or "")
    listed = await here(park, "sec", "secretary").says("@小红 植树报名情况")
    assert listed is not None and "已报名5人：" in listed and "李敏（4人）" in listed and "张三" in listed
    counted = await li.says("@小红 植树现在报了几个人")
    assert counted is not None and "5人" in counted and "张三" not in counted
    assert "保留3人" in (await li.says("@小红 植树退一个") or "")
    assert "张三的" in (await li.says("@小红 取消张三的植树报名") or "")
    assert f"{number}号 植树" in (await li.whispers("我的报名") or "")


async def test_fewer_people_make_room(park: Park) -> None:
    await published(park, "植树，7月30日上午9点到11点，湖边公园北门，限3人")
    li, gao = here(park, "limin"), here(park, "gao")
    assert "3人（3/3）" in (await li.says("植树我们报3个人") or "")
    assert "名额已满" in (await gao.says("植树报名") or "")
    assert "候补" in (await gao.says("好的") or "")
    assert "2人（3/3）" in (await li.says("@小红 植树报名改成2个人") or "")
    assert [message.to for message in li.last if message.private] == ["wx_gao"]


async def test_plus_one_means_what_this_chat_talks_about(park: Park) -> None:
    zhao = here(park, "zhao")
    assert await zhao.says("+1") is None  # nothing was announced here, whatever the district plans
    first = await published(park, "植树，7月30日上午9点到11点，湖边公园北门")
    second = await published(park, "读书会，7月31日上午9点到11点，一楼大厅")
    asked = await zhao.says("@小红 我要报名活动")
    assert asked is not None and f"{first}号 植树" in asked and f"{second}号 读书会" in asked
    assert await here(park, "limin").says(second) is None
    assert await zhao.says("中午吃什么好") is None
    assert "「读书会」" in (await zhao.says(second) or "")
    await park.wait(hours=4)
    assert "植树" in (await here(park, "limin").says("植树我报名") or "")
    assert "「植树」" in (await here(park, "gao").says("+1") or "")


async def test_plus_one_belongs_to_the_last_thing_spoken_of(park: Park) -> None:
    zhao, gao, li, feng = (here(park, name) for name in ("zhao", "gao", "limin", "feng"))
    await published(park, "健身操课，7月30日上午9点到11点，湖边公园北门")
    await published(park, "读书分享会，7月31日上午9点到11点，一楼大厅")
    for first, then in (("健身操课报名", "读书分享会"), ("读书分享会报名", "健身操课")):
        assert await zhao.says(first)
        assert f"「{first.removesuffix('报名')}」" in (await gao.says("+1") or "")
        assert f"「{first.removesuffix('报名')}」" in (await li.says("我也报名") or ""), then
    for talk in ("今天菜真贵", "水管爆了，三号楼没水"):
        assert await zhao.says("健身操课报名")
        await here(park, "wu").says(talk)
        assert await feng.says("+1") is None and await feng.says("我也来") is None, talk
    assert await park.rows("SELECT 1 FROM sign_up WHERE name = 'feng'") == []
    asked = await feng.says("@小红 报名")
    assert asked is not None and asked.count("号 ") > 1
    second = asked.splitlines()[2].partition("号 ")[2].split()[0]
    await park.wait(minutes=5)
    assert f"「{second}」" in (await feng.says("2") or "")


async def test_companions_are_counted_when_said_later(park: Park) -> None:
    await published(park, "秋景外拍，7月30日上午9点到11点，湖边公园北门，限4人")
    zhao, gao = here(park, "zhao"), here(park, "gao")
    assert await zhao.says("带老伴一起") is None
    assert await zhao.says("秋景外拍报名")
    assert await zhao.says("秋景外拍报名，带老伴") == "已改：「秋景外拍」2人（2/4）。"
    assert await zhao.says("老伴也喜欢拍照") is None
    assert await gao.says("+1") is None
    assert "（3/4）" in (await gao.says("外拍报名") or "")
    assert await zhao.says("能带孩子吗") is None
    assert await gao.says("带老伴一起") == "已改：「秋景外拍」2人（4/4）。"
    assert "2人仍然保留" in (await zhao.says("再带个孩子") or "")


async def test_unknown_activity(park: Park) -> None:
    zhao = here(park, "zhao")
    await published(park, "亲子手工，7月30日上午9点到11点，一楼大厅")
    for text in ("跑团的马拉松我报名", "亲子采摘我们家报3个", "瑜伽课给我留一个位子", "扫雪算我一个，我有大铁锹"):
        assert await zhao.says(text) is None, text
    assert "没有找到" in (await zhao.says("@小红 茶艺课报名") or "")


async def test_called_off_and_put_off(park: Park) -> None:
    number = await published(park, "植树，7月30日上午9点到11点，湖边公园北门")
    other = await published(park, "读书会，7月31日上午9点到11点，一楼大厅")
    li, sec = here(park, "limin"), here(park, "sec", "secretary")
    await li.says("植树报名")
    await li.says("读书会报名")
    assert await li.says(f"活动{number}取消") is None
    reply = await sec.says(f"@小红 活动{number}取消，下大雨")
    assert reply is not None and "下大雨" in reply and "1人" in reply
    assert [message.to for message in sec.last if message.private] == ["wx_limin"]
    moved = await sec.says(f"活动{other}改到8月1日下午3点")
    assert moved is not None and "8月1日（周五）15:00–17:00" in moved
    assert "已经取消" in (await sec.says(f"@小红 活动{number}取消") or "")
    sent = await park.until("2025-07-31T12:00")
    texts = [message.text for message in sent if message.to == "wx_limin"]
    assert len(texts) == 1 and "读书会" in texts[0] and "植树" not in texts[0]


async def test_questions_about_activities(park: Park) -> None:
    zhao = here(park, "zhao")
    month = await zhao.says("@小红 这个月有什么活动")
    assert month is not None and "强国复兴有我" in month and "主题党日" in month and "红色晨会" not in month
    one = await zhao.says("@小红 主题党日几点开始，在哪儿")
    assert one is not None and "14:30–16:30" in one and "多功能厅" in one
    assert "9月" in (await zhao.says("@小红 9月份有哪些活动") or "")
    assert "应纳税所得额" in (await zhao.whispers("小微企业最近有什么优惠") or "")  # reads like one, and is policy


async def test_leave_without_a_sign_up(park: Park) -> None:
    zhao = here(park, "zhao")
    assert await zhao.says("主题党日我请个假，孩子发烧") == "已记下，您不参加「主题党日」。"
    assert [row.state for row in await park.rows("SELECT state FROM sign_up")] == ["leave"]
    gao = here(park, "gao")
    assert await gao.says("今天单位聚餐我去不了了") is None
    assert "没有找到您" in (await gao.says("@小红 取消报名") or "")
    assert "「主题党日」" in (await gao.says("报名 201") or "")
    assert "已取消" in (await gao.says("@小红 取消报名") or "")
    assert "要取消什么" in (await gao.whispers("取消") or "")
    assert "没有报名" in (await gao.says("@小红 取消主题党日报名") or "")


async def test_a_name_and_nothing_else_is_enough_and_two_are_asked_about(park: Park) -> None:
    zhao, hu = here(park, "zhao"), here(park, "hu")
    await zhao.says("早")
    for said in ("昨天报名主题党日的举手", "报名主题党日的人多吗", "大家报名主题党日", "手工课取消"):
        assert await zhao.says(said) is None, said
    assert "已报名「主题党日」" in (await zhao.says("报名主题党日") or "")
    assert "已报名「周末亲子手工课」" in (await zhao.says("我也想报名亲子手工课") or "")
    assert await zhao.says("手工课取消") == "已取消「周末亲子手工课」报名。"
    assert await zhao.says("手工课取消了吗") is None
    others = await zhao.says("手工课报名，王大爷、李大妈都去")
    assert others and "已为王大爷报名" in others and "已为李大妈报名" in others
    await here(park, "sec", "secretary").says("周三主题党日，周六手工课，欢迎报名")
    asked = await hu.says("+1")
    assert asked and "201号" in asked and "202号" in asked
    both = await here(park, "feng").says("两个都去")
    assert both and "「主题党日」" in both and "「周末亲子手工课」" in both
    alone = park.member("赵桂兰")
    await alone.says("早")
    assert "主题党日" in (await alone.whispers("有什么活动") or "")
    assert "已报名「主题党日」" in (await alone.whispers("主题党日报名") or "")
