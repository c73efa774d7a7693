"""Chat logs that people pass on: done as if each had said it there, and told in one line to who passed them on."""

from tests.actors import Park

LOG = """@小红 这是海纳商圈党建群昨天的聊天记录
李敏 2025-07-21 16:05
3号楼货梯坏两天了，麻烦安排人来修，电话13900007781
王磊 2025-07-21 16:06
哈哈今天真热
郭强 2025-07-21 16:30
收到，我们看看
李敏 2025-07-21 16:31
周末亲子手工课我报名"""


async def test_each_speaker_counts_and_the_group_hears_one_line(park: Park) -> None:
    cai, li = park.staff("蔡宁"), park.company("李敏")
    assert await li.says("大家好") is None

    reply = await cai.says(LOG)
    assert reply == "读了4条：新登记诉求101号（李敏）、报名1条；其余没有要办的。"
    assert park.to_chat("haina") == [reply]
    assert "139****7781" not in reply
    [card] = park.to_chat("desk-wuye")
    assert "新诉求101号" in card
    [need] = await park.rows("SELECT n.*, p.name FROM need n JOIN person p ON p.id = n.reporter_id")
    assert (need.name, need.phone, need.state) == ("李敏", "13900007781", "dispatched")
    assert str(need.reported_at)[:16] == "2025-07-21 08:05"
    assert str(need.respond_by) > "2025-07-22 01:10"  # two working hours were over before anybody heard of it
    [person] = await park.rows("SELECT person_id FROM identity WHERE external_id = 'wx_李敏'")
    assert need.reporter_id == person.person_id
    assert await li.whispers("我的诉求")
    assert (await park.rows("SELECT count(*) AS n FROM inbox WHERE via_id IS NOT NULL"))[0].n == 5

    again = await cai.says(LOG)
    assert again == "这份记录都已经收到过，没有新的（4条）。"
    assert len(await park.rows("SELECT id FROM need")) == 1


async def test_what_the_bot_heard_itself_is_not_done_twice(park: Park) -> None:
    li, chen = park.company("李敏"), park.secretary("陈书记")
    await li.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await park.wait(minutes=3)
    log = (
        "李敏 09:10\n@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781\n小红 09:10\n已登记诉求101号\n"
        "王磊 09:11\n2号楼厕所漏水，请派人修，电话13900007782"
    )
    reply = await chen.says(f"@小红 聊天记录\n{log}")
    assert reply == "读了1条：新登记诉求102号（王磊）。"


async def test_who_may_pass_on_what(park: Park) -> None:
    log = "李敏 09:01\n2号楼厕所漏水，请派人修，电话13900007782\n王磊 09:02\n3号楼货梯坏了，请派人修，电话13900007783"
    wang, li = park.member("王磊"), park.member("李敏")
    assert "由工作人员" in (await wang.says(f"@小红 {log}") or "")
    assert await wang.says(log) is None
    assert await li.says("早上好") is None
    own = await wang.whispers(f"海纳商圈党建群\n{log}")
    assert own == "读了1条：新登记诉求101号（王磊）。"

    # A staff member's own words of another role do not grow in a log: a member cannot accept needs.
    handler = park.handler("郭强")
    await handler.says("大家好")
    told = await handler.says("@小红 记录\n李敏 09:05\n接单 101\n蔡宁 09:06\n三张清单")
    assert told is not None
    assert (await park.rows("SELECT state FROM need"))[0].state == "dispatched"
    assert len(await park.rows("SELECT id FROM need")) == 1


async def test_asks_which_group_and_leaves_namesakes_apart(park: Park) -> None:
    for number in (1, 2):
        someone = park.member("张伟")
        someone.id = f"wx_张伟{number}"
        await someone.says("大家好")
    staff = park.person("蔡宁", "staff", chat="haina")
    await staff.says("在吗", chat="yunfan")
    await staff.says("在吗", chat="haina")
    log = "张伟 09:01\n2号楼厕所漏水了，请派人来修一下\n王磊 09:02\n我们楼也是"
    asked = await staff.whispers(log)
    assert asked is not None
    assert asked.startswith("这份记录有2条，是哪个群的？请回复数字：\n1. 海纳商圈党建群")
    reply = await staff.whispers("1")
    assert reply == "群里叫「张伟」的不止一位，没有算到任何一位名下。"
    summary = park.to_person(staff)[-1]
    assert "新登记诉求101号（张伟）" in summary
    # No phone will come: dispatched at once, and the reporter is none of the two.
    [need] = await park.rows("SELECT state, reporter_id FROM need WHERE id = 101")
    assert need.state == "dispatched"
    assert not await park.rows(f"SELECT * FROM identity WHERE person_id = {need.reporter_id}")
    assert park.to_chat("haina") == []
