"""Needs from elsewhere: 12345 work orders, telephone notes, tables. The same order twice is one need."""

from tests.actors import Park

ORDER = """【12345 热线工单】
工单编号：WH20250722000123
诉求人：王先生    联系电话：13900007781
诉求地址：海纳商圈3号楼
诉求内容：反映3号楼货梯停运两天，
搬货要走楼梯，要求尽快维修。
办理时限：2025-07-25 17:30
承办单位：物业"""


async def test_a_pasted_order_is_one_need_with_its_number_and_deadline(park: Park) -> None:
    cai, guo = park.staff("蔡宁"), park.handler("郭强", chat="desk-wuye")
    reply = await cai.whispers(ORDER)
    assert reply == "工单WH20250722000123已登记为诉求101号（物业服务），已派给物业服务组，要求7月25日17:30前办结。"
    [need] = await park.rows("SELECT * FROM need")
    assert (need.source, need.outside_no, need.contact) == ("12345", "WH20250722000123", "王先生")
    assert (need.phone, need.place) == ("13900007781", "海纳商圈3号楼")
    assert str(need.resolve_by)[:16] == "2025-07-25 09:30"
    assert "139" not in park.to_chat("desk-wuye")[0]

    again = await cai.says("@小红 " + ORDER)
    assert again == "工单WH20250722000123已经登记为诉求101号，没有重复登记。"
    assert len(await park.rows("SELECT id FROM need")) == 1
    await guo.says("接单 101")
    assert any("王先生" in text and "13900007781" in text for text in park.to_person(guo))

    # Whoever is no clerk reports in the usual way; a need that merely mentions 12345 is no work order.
    li = park.company("李敏")
    assert "WH2025" not in (await li.says("@小红 我打过12345了，4号楼路灯还是不亮，电话13900007782，麻烦派人修") or "")
    assert (await park.rows("SELECT source FROM need WHERE id = 102"))[0].source == "chat"


async def test_a_table_and_a_note_of_a_call(park: Park) -> None:
    chen = park.secretary("陈书记")
    rows = (
        "工单编号\t诉求人\t联系电话\t诉求内容\t办理时限\n"
        "B0001\t张三\t13900001111\t海纳商圈路灯不亮三天了\t5个工作日\n"
        "B0002\t李四\t1390\t井盖坏了两天没人管\t7月25日\n"
        "B0003\t王五\t0631-5550127\t公司想咨询劳动合同纠纷怎么处理\t24小时\n"
        "B0001\t张三\t13900001111\t海纳商圈路灯不亮三天了\t5个工作日"
    )
    reply = await chen.whispers(rows)
    assert reply == (
        "新登记2件：诉求101、102号，已派到各服务组。\n有2行不能导入：\n第3行：电话「139…」有误\n第5行：编号与第2行相同"
    )
    limits = await park.rows("SELECT outside_no, resolve_by FROM need ORDER BY id")
    assert [(one.outside_no, str(one.resolve_by)[:10]) for one in limits] == [
        ("B0001", "2025-07-29"),
        ("B0003", "2025-07-23"),
    ]

    note = "电话记录：福记面馆王老板来电，反映后厨下水道堵了，电话13900007783"
    assert await chen.whispers(note) == "电话记录已登记为诉求103号（物业服务），已派给物业服务组。"
    assert await chen.whispers(note) == "这个电话已经登记为诉求103号，没有重复登记。"
    [need] = await park.rows("SELECT source, contact, phone FROM need WHERE id = 103")
    assert need == ("phone", "福记面馆王老板", "13900007783")
