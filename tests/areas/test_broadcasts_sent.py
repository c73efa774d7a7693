"""群发 beyond the plain case: to whom, a second person's word, doubts, reminders."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.messages import Outgoing, SendRefused, SendUnknown
from tests.actors import NOW, MemoryChannel, Park
from tests.areas.test_broadcasts import GROUPS, number


async def test_to_an_organisation_a_level_a_list_or_groups_by_name(park: Park) -> None:
    cai = park.staff("蔡主任")
    haina = await cai.whispers("群发给海纳商圈：明天上午9点义诊")
    assert haina and "发到1个群：\n1. 海纳商圈党建群\n共8字" in haina
    level = await cai.whispers("群发给各商圈群：明天上午9点义诊")
    assert level and "发到3个群" in level
    named = await cai.whispers("群发到云帆群、金海群 明天上午9点义诊")
    assert named and "发到2个群" in named and "海纳商圈党建群" not in named
    unknown = await cai.whispers("群发给火星群：明天上午9点义诊")
    assert unknown and "没有找到叫「火星群」的群" in unknown
    assert "云帆科技园企业服务群、金海联建片书记群" in (await cai.whispers("分组 重点企业：云帆群、金海群") or "")
    listed = await cai.whispers("群发给重点企业：明天上午9点义诊")
    assert listed and "发到2个群" in listed
    less = await cai.whispers("别发云帆科技园")
    assert less and "发到1个群：\n1. 金海联建片书记群" in less
    assert await cai.whispers("1") is not None
    await park.wait(minutes=1)
    assert [len(park.to_chat(group)) for group in GROUPS] == [0, 0, 1]
    assert "重点企业：" in (await cai.whispers("分组列表") or "")
    assert "已删除" in (await cai.whispers("删除分组 重点企业") or "")


async def test_groups_of_every_channel_are_reached_and_long_texts_split(park: Park) -> None:
    def join(conn: Connection) -> None:
        people.meet_chat(conn, "webhook:党建", "webhook:党建", title="区直机关群")

    await park.app.db.run(join)
    cai = park.staff("蔡主任")
    text = "各单位请于本周五下班前报送材料。" * 50
    draft = await cai.whispers(f"群发：{text}")
    assert draft and "共800字，replay3个群，企业微信群机器人1个群（太长，分2条）" in draft
    await cai.whispers("确认")
    parts = await park.rows("select text from outbox where channel = 'webhook:党建' order by id")
    assert len(parts) == 2 and all(len(row.text.encode()) <= 2048 for row in parts)
    assert "".join(row.text.partition("\n")[2] for row in parts) == text
    assert all(row.text.rstrip().endswith("。") for row in parts)
    await park.wait(minutes=1)
    assert "还没发：区直机关群" in (await cai.whispers("群发进度") or "")
    await park.wait(hours=2)  # nobody serves that channel
    assert "发送比预计慢" in park.to_person(cai)[-1]


async def test_a_second_person_has_to_agree_where_the_district_wants_it(park: Park) -> None:
    cai, chen, zhou = park.staff("蔡主任"), park.secretary("陈书记"), park.staff("周科长")
    await zhou.whispers("帮助")
    assert "另一位工作人员同意" in (await cai.whispers("开启群发审批") or "")
    await chen.says("大家好")
    n = number(await chen.whispers("群发：周五下午三点支部会"))
    assert "等另一位工作人员" in (await chen.whispers("确认") or "")
    await park.wait(minutes=5)
    assert park.to_chat("haina") == []
    asked = park.to_person(zhou)[-1]
    assert f"群发{n}号" in asked and "周五下午三点支部会" in asked and "回复 1 同意" in asked
    assert "1个群" in (await zhou.whispers("1") or "")
    assert "周科长同意了" in park.to_person(chen)[-1]
    await park.wait(minutes=1)
    assert park.to_chat("haina") == ["周五下午三点支部会"]
    assert "不用再审批" in (await cai.whispers(f"同意群发{n}") or "")

    second = number(await cai.whispers("群发：自己的通知"))
    await cai.whispers("确认")
    assert "另一位工作人员审批" in (await cai.whispers(f"同意群发{second}") or "")
    await zhou.whispers("不同意，时间没定")
    assert "周科长不同意：不同意，时间没定" in park.to_person(cai)[-1]
    assert await park.rows("select state, approver_id is not null as by from broadcast order by id") == [
        ("sent", True),
        ("dropped", False),
    ]


@pytest.mark.parametrize(("word", "times", "state"), [("1", 2, "sent"), ("算已发", 1, "sent")])
async def test_a_doubtful_delivery_is_the_drafters_to_decide(
    park: Park, monkeypatch: pytest.MonkeyPatch, word: str, times: int, state: str
) -> None:
    tried: list[str] = []
    send = MemoryChannel.send

    async def lossy(self: MemoryChannel, message: Outgoing) -> Any:
        tried.append(message.chat)
        if message.chat == "yunfan" and tried.count("yunfan") == 1:
            raise SendUnknown("no answer")
        return await send(self, message)

    monkeypatch.setattr(MemoryChannel, "send", lossy)
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(hours=1)
    told = park.to_person(cai)[-1]
    assert f"群发{n}号：已送达2/3个群；待确认" in told and "云帆科技园企业服务群" in told and "回复 1 重发" in told
    assert tried.count("yunfan") == 1  # never again by itself
    assert f"群发{n}号" in (await cai.whispers(word) or "")
    await park.wait(hours=1)
    assert tried.count("yunfan") == times
    assert await park.rows(f"select state from outbox where key like 'broadcast:{n}:%' group by state") == [(state,)]
    assert "没有待确认的群" in (await cai.whispers(f"重发群发{n}") or "")


async def test_other_messages_in_doubt_are_told_to_the_staff(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    send, lost = MemoryChannel.send, [True]

    async def lossy(self: MemoryChannel, message: Outgoing) -> Any:
        if message.chat == "desk-wuye" and lost:
            lost.clear()
            raise SendUnknown("no answer")
        return await send(self, message)

    monkeypatch.setattr(MemoryChannel, "send", lossy)
    cai, liu = park.staff("蔡主任"), park.company("刘工")
    await cai.whispers("帮助")
    await liu.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await park.until("2025-07-22T14:06")
    told = {one.at for one in park.channel.sent if "有1条消息不知是否送到" in one.text}
    assert told == {NOW.replace(hour=11, minute=5)}  # once, at the next of the day's times
    listed = await cai.whispers("待确认消息")
    assert listed and "物业服务组，不知是否送到" in listed and "13900007781" not in listed
    number_ = listed.splitlines()[1].partition(".")[0]
    before = len(park.to_chat("desk-wuye"))
    assert await cai.whispers(f"重发消息{number_}") == f"消息{number_}再发一次。"
    assert len(park.to_chat("desk-wuye")) == before + 1
    assert "没有待确认" in (await cai.whispers(f"消息{number_}算已发") or "")
    assert await cai.whispers("待确认消息") == "没有待确认的消息。"


async def test_a_refused_delivery_can_be_tried_again(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    send, gone = MemoryChannel.send, {"jinhai"}

    async def refusing(self: MemoryChannel, message: Outgoing) -> Any:
        if message.chat in gone:
            raise SendRefused("not a member", fatal=True)
        return await send(self, message)

    monkeypatch.setattr(MemoryChannel, "send", refusing)
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    await cai.whispers("确认")
    await park.wait(minutes=1)
    assert "没有发成：金海联建片书记群。回复 1 再发一次" in park.to_person(cai)[-1]
    gone.clear()
    assert "在1个群再发一次" in (await cai.whispers(f"重发群发{n}") or "")
    await park.wait(minutes=1)
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 1, 1]
    assert park.to_person(cai)[-1] == f"群发{n}号：已送达3/3个群。"


async def test_a_group_has_enough_after_so_many_pushes_a_week(park: Park) -> None:
    cai = park.staff("蔡主任")
    assert "最多推送2条" in (await cai.whispers("每周推送上限2条") or "")
    for text in ("第一条通知", "第二条通知"):
        await cai.whispers(f"群发给海纳群：{text}")
        await cai.whispers("确认")
    third = await cai.whispers("群发给海纳群、云帆群：第三条通知")
    assert third and "海纳商圈党建群（本周已推送2条，到上限，这次不发）" in third
    assert "共1个群" in (await cai.whispers("确认") or "")
    await park.wait(minutes=1)
    assert [len(park.to_chat(group)) for group in GROUPS] == [2, 1, 0]
    await cai.whispers("群发给海纳群：第四条通知")
    assert "都到上限了" in (await cai.whispers("确认") or "")
    assert "共1个群" in (await cai.whispers("紧急") or "")
    await park.wait(minutes=1)
    assert len(park.to_chat("haina")) == 3
    await park.until("2025-07-28T09:00")
    assert "上限" not in (await cai.whispers("群发给海纳群：新的一周") or "")


async def test_receipts_for_others_and_one_private_reminder(park: Park) -> None:
    cai, wang, sun, li = park.staff("蔡主任"), park.member("王芳"), park.member("孙丽"), park.member("李强")
    for someone in (wang, sun, li):
        await someone.says("早")

    def join(conn: Connection) -> None:
        home = people.find_organisation(conn, "海纳支部")
        conn.execute(sa.update(people.person).where(people.person.c.name == "孙丽").values(organisation_id=home))

    await park.app.db.run(join)
    n = number(await cai.whispers("群发给海纳群：周五下午安全培训，收到请回复"))
    await cai.whispers("确认")
    await park.wait(minutes=1)
    assert await wang.says("海纳支部收到") is None
    answer = await cai.whispers(f"谁没回复 {n}")
    assert answer and "已回复1人，未回复1人（李强）；代回：海纳支部收到（王芳）" in answer
    assert f"提醒未回复 {n}" in answer
    assert "已私下提醒1人" in (await cai.whispers(f"提醒未回复 {n}") or "")
    await park.wait(minutes=1)
    assert park.to_person(li) == [
        "海纳商圈党建群里的通知「周五下午安全培训，收到请回复」请大家回复，您看到后请在群里回一句「收到」。"
    ]
    assert "已私下提醒0人" in (await cai.whispers(f"提醒未回复 {n}") or "")
    await park.wait(minutes=1)
    assert len(park.to_person(li)) == 1 and park.to_person(sun) == []
    assert len(park.to_chat("haina")) == 1
    await park.person("李强", "member", "yunfan").says("早")
    n = number(await cai.whispers("群发给海纳群、云帆群：下周一停水，收到请回复"))
    await cai.whispers("确认")
    await park.wait(minutes=1)
    assert "已私下提醒3人" in (await cai.whispers(f"提醒未回复 {n}") or "")
    await park.wait(minutes=1)
    assert len(park.to_person(li)) == 2
    assert park.to_person(li)[-1].startswith("海纳商圈党建群、云帆科技园企业服务群里的通知「下周一停水")
