"""What is doubtful before an activity goes out, the room that it holds, and what becomes of it later."""

from tests.actors import Park
from tests.areas.test_activities import here


async def test_every_doubt_is_named_before_anything_is_sent(park: Park) -> None:
    sec = park.secretary("陈书记")
    await park.company("刘芳").says("@小红 7月29日下午2点到4点订二楼会议室")
    await sec.says("@小红 发布活动：茶话会，7月28日下午2点到4点，茶室，截止7月27日")
    await sec.says("确认")
    draft = await sec.says(
        "@小红 发布活动：读书会，7月28日（周五）下午3点到5点，二楼会议室，限50人，对象：云帆科技园职工，必选"
    )
    assert draft is not None
    for doubt in (
        "7月28日是星期一，通知里写的是星期五",
        "没有写报名截止时间",
        "二楼会议室只能坐30人",
        "「茶话会」（7月28日（周一）14:00–16:00）时间冲突",
        "对象里有云帆园区，要发的群里没有云帆园区的群",
        "积分：2分（按规则）",
    ):
        assert doubt in draft, doubt
    moved = await sec.says("时间改成7月29日下午3点到5点，报名截止改成7月28日")
    assert moved is not None and "已有人预约（预约1号）" in moved and "没有写报名截止" not in moved
    refused = await sec.says("确认")
    assert refused is not None and "还没有发布" in refused and "草稿" in refused
    holiday = await sec.says("时间改成10月1日上午9点到11点，地点改成多功能厅")
    assert holiday is not None and "放假期间（10月1日至10月8日）" in holiday
    assert "调休上班" in (await sec.says("时间改成10月11日上午9点到11点") or "")
    assert "没有写地点" in (
        await here(park, "sec", "secretary").says("@小红 发布活动：跑步，8月6日上午9点到10点") or ""
    )
    long = "，".join(f"第{number}项内容是大家一起交流" for number in range(1, 9))
    assert "草稿" in (await sec.says(f"@小红 发布活动：交流会，8月7日上午9点到10点，多功能厅，{long}") or "")


async def test_a_published_activity_holds_its_room_until_it_moves_or_is_called_off(park: Park) -> None:
    sec, liu, li = park.secretary("陈书记"), park.company("刘芳"), park.member("李敏")
    wanted = "@小红 7月30日下午2点到4点订二楼会议室"
    draft = await sec.says("@小红 发布活动：读书会，7月30日下午2点到4点，二楼会议室")
    number = (draft or "").removeprefix("活动").split("号")[0]
    assert "已公布" not in (draft or "")
    await sec.says("确认")
    await li.says("读书会报名")
    assert "已有人预约" in (await liu.says(wanted) or "")
    await liu.says("取消")
    assert "活动取消或改地点时自动退" in (await sec.says("@小红 预约1没人来") or "")
    assert "要退请说" in (await sec.says("@小红 取消预约1") or "")

    changed = await sec.says("@小红 读书会地点改到一楼大厅")
    assert changed is not None and "地点改成一楼大厅" in changed and "通知报名的1人" in changed
    assert park.to_person(li)[-1].startswith("【活动变更】读书会地点改成一楼大厅")
    assert "已预约" in (await liu.says(wanted) or "")
    taken = await sec.says(f"@小红 活动{number}地点改成二楼会议室")
    assert taken is not None and "已有人预约，没有改" in taken

    assert "已延期" in (await sec.says(f"@小红 活动{number}延期，时间另行通知，讲师生病") or "")
    assert "讲师生病" in park.to_person(li)[-1]
    assert "没有找到" in (await park.member("王强").says("@小红 读书会报名") or "")
    back = await sec.says(f"@小红 活动{number}改到8月6日下午2点到4点")
    assert back is not None and "8月6日（周三）14:00–16:00" in back and "通知报名的1人" in back
    assert "必选" in (await sec.says(f"@小红 活动{number}改成必选") or "")
    await sec.says(f"@小红 活动{number}取消")
    assert (await park.rows("select count(*) from booked_quarter"))[0][0] == 8  # 刘芳's two hours
    assert "取消" in park.to_person(li)[-1]


async def test_a_change_at_night_is_told_in_the_morning_unless_it_is_soon(park: Park) -> None:
    sec, li = here(park, "sec", "secretary"), here(park, "limin")
    for plan in ("植树，7月30日上午9点到11点，湖边公园", "晨练，7月23日上午9点到10点，广场"):
        await sec.says(f"@小红 发布活动：{plan}")
        await sec.says("确认")
    await li.says("植树报名")
    await li.says("晨练报名")
    await park.until("2025-07-22T22:30")
    await sec.says("@小红 植树地点改到东山")
    await sec.says("@小红 晨练地点改到西山")
    told = [out.text for out in park.channel.sent if out.to == "wx_limin" and "变更" in out.text]
    assert len(told) == 1 and "西山" in told[0]
    assert any("东山" in out.text for out in await park.until("2025-07-23T08:01") if out.to == "wx_limin")


async def test_a_draft_that_waits_in_another_chat_is_remembered(park: Park) -> None:
    sec = park.secretary("陈书记")
    await sec.says("@小红 发布活动：植树，7月30日上午9点到11点，湖边公园")
    second = await sec.whispers("发布活动：晨练，7月23日上午9点到10点，广场")
    assert second and second.endswith(
        "您在「海纳商圈党建群」还有一份没确认的草稿：活动203号「植树」，请在那里回复「确认」或「取消」。"
    )
    assert "没确认" not in (await sec.whispers("地点改成西山") or "")
    assert await park.rows("select state from activity where id in (203, 204)") == [("draft",)] * 2
    await sec.says("确认")
    third = await sec.says("@小红 发布活动：义诊，7月31日上午9点到11点，一楼大厅")
    assert third and "晨练" not in third
    assert park.to_person(sec)[-1].startswith("您在私聊里还有一份没确认的草稿：活动204号「晨练」")


async def test_a_bare_answer_edits_the_draft_that_is_open(park: Park) -> None:
    sec = park.secretary("陈书记")
    command = "发布活动：包馄饨，周四下午2点到4点，二楼活动室，叫上困难老人，20个人左右吧，要带围裙"
    draft = await sec.whispers(command)
    assert draft and "名额：20人" in draft and "对象：困难老人" in draft and "备注：带围裙" in draft
    for answer, line in (
        ("一楼大厅", "地点：一楼大厅"),
        ("那就放在职工书屋门口吧", "地点：职工书屋门口"),
        ("两点半到四点半", "7月24日（周四）14:30–16:30"),
        ("五点结束", "7月24日（周四）14:30–17:00"),
        ("下周五上午9点", "8月1日（周五）09:00"),
        ("大概30个人", "名额：30人"),
        ("自带水杯", "备注：带围裙；自带水杯"),
        ("报名到下周三中午", "报名截止：7月30日（周三）"),
        ("名字叫八一包馄饨，改在东门广场站", "地点：东门广场站"),
    ):
        assert line in (await sec.whispers(answer) or ""), answer
    assert "八一包馄饨" in (await sec.whispers("限25人") or "")
    for other in (
        "我要报修，二号楼的灯坏了",
        "今天天气真好",
        "主题党日什么时候",
        "订二楼会议室明天下午2点到4点",
        "三号楼货梯坏了",
    ):
        assert "草稿" not in (await sec.whispers(other) or ""), other
    assert "「八一包馄饨」已发布" in (await sec.whispers("发布") or "")
    assert await park.rows("select place, state, capacity from activity where id = 203") == [
        ("东门广场站", "published", 25)
    ]
    await sec.says("@小红 发布活动：植树，7月30日上午9点到11点，湖边公园")
    assert (await sec.says("下午3点"), await sec.says("一楼大厅")) == (None, None)  # to the group
    assert "15:00–17:00" in (await sec.says("@小红 下午3点到5点") or "")
    assert not await park.rows("select 1 from activity where id > 204")


async def test_people_sign_up_others_who_confirm_and_join_in_by_context(park: Park) -> None:
    sec, li, gao = here(park, "sec", "secretary"), here(park, "李敏"), here(park, "高翔")
    await gao.says("早")
    assert await li.says("我也来") is None
    await sec.says("@小红 发布活动：植树，7月30日上午9点到11点，湖边公园，限3人")
    await sec.says("确认")
    assert "（1/3）" in (await li.says("我也来") or "")
    for_gao = await li.says("帮高翔报名植树")
    assert for_gao is not None and "已为高翔报名" in for_gao and "等本人确认" in for_gao
    for_wang = await li.says("帮王姐报名植树")
    assert for_wang is not None and "等组织者确认" in for_wang
    roster = await sec.whispers("植树报名情况")
    assert roster is not None and "高翔（待确认）、王姐（待确认）" in roster
    assert "1. 李敏替王姐报名「植树」" in (await sec.whispers("待确认") or "")
    assert await sec.whispers("确认") == "已确认1项。"
    assert "报名已取消" in (await gao.whispers("不去") or "")
    assert "高翔不参加" in park.to_person(li)[-1]
    assert "「植树」已报名2人：李敏、王姐" in (await sec.whispers("植树报名情况") or "")
    await park.wait(minutes=40)
    assert await here(park, "赵").says("我也来") is None


async def test_what_there_is_by_time_place_and_words(park: Park) -> None:
    zhao = here(park, "zhao")
    await here(park, "sec", "secretary").says("@小红 发布活动：亲子阅读，7月26日上午9点到11点，城市书房")
    await here(park, "sec", "secretary").says("确认")
    weekend = await zhao.says("@小红 周末亲子的有吗")
    assert weekend is not None and weekend.startswith("周末「亲子」有1项活动") and "亲子阅读" in weekend
    week = await zhao.says("@小红 这周有什么活动")
    assert week is not None and "主题党日" in week and "手工课" not in week
    assert "「城市书房」有1项活动" in (await zhao.says("@小红 城市书房有什么活动") or "")
    assert "还没有安排" in (await zhao.says("@小红 下下周有什么活动") or "")


async def test_another_organisations_activity_is_not_a_secretarys_to_change(park: Park) -> None:
    chen, other = park.secretary("陈"), park.person("吴书记", "secretary", "yunfan")
    await chen.says("@小红 发布活动：消防演练，7月29日下午2点到4点，一楼大厅，7月28日前报名")
    await chen.says("@小红 确认")
    (row,) = await park.rows("select id from activity where title = '消防演练'")
    refused = await other.says(f"@小红 活动{row.id}取消，场地停电")
    assert refused is not None and "请由发布人" in refused
    assert await other.says(f"活动{row.id}改到7月30日下午3点") is None
    assert (await park.rows(f"select state from activity where id = {row.id}"))[0].state == "published"
    assert "已取消" in (await chen.says(f"@小红 活动{row.id}取消，场地停电") or "")


async def test_a_plan_is_changed_by_its_name_as_by_its_number(park: Park) -> None:
    sec, li, tian = park.secretary("陈书记"), park.member("李敏"), park.member("田园")
    assert "请写上活动名称、时间和地点" in (await sec.says("@小红 发布活动：吃饭") or "")
    await sec.says("@小红 发布活动：消防体验课，下周三下午2点到4点，消防救援站，限9人，截止7月28日")
    await sec.says("确认")
    assert "2人（2/9）" in (await li.says("我跟我老公都去") or "")
    assert "3人（5/9）" in (await tian.says("我和爱人、孩子报名消防体验课") or "")
    moved = await sec.says("@小红 消防体验课改到周四下午3点")
    assert moved is not None and "已改到7月31日（周四）15:00–17:00" in moved and "通知报名的2人" in moved
    assert await sec.says("消防体验课取消了吗") is None
    assert "没有报名" in (await sec.says("@小红 取消活动203的报名") or "没有报名")
    assert (await park.rows("select state from activity where id = 203"))[0].state == "published"
    assert "已延期" in (await sec.says("@小红 消防体验课延期，时间另行通知") or "")
    assert "203号 消防体验课 2人（已延期，时间另行通知）" in (await li.whispers("我的报名") or "")
    assert "已改到8月1日（周五）15:00" in (await sec.says("@小红 消防体验课改到8月1日下午3点") or "")
    assert await li.says("@小红 消防体验课取消，不去了") == "已取消「消防体验课」报名。"
    off = await sec.says("消防体验课取消，场地停电")
    assert off is not None and "已取消（场地停电），已逐一通知报名的1人" in off
