"""Activities in conversation: sign up, with companions, for what is spoken of; leave; ask."""

from tests.actors import Park
from tests.areas.test_activities import here, published


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
    await hu.says("明天部门例会谁去？")
    assert "已报名" not in (await here(park, "yu").says("都参加") or ""), "of the meeting"
    alone = park.member("赵桂兰")
    await alone.says("早")
    assert "主题党日" in (await alone.whispers("有什么活动") or "")
    assert "已报名「主题党日」" in (await alone.whispers("主题党日报名") or "")
