"""诉求 with many hands: re-routed, claimed in parts, helped with, merged, joined; extended, raised; told once."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import needs, people
from bot.domain.learning import lessons
from bot.domain.needs import By
from tests.actors import NOW, Actor, Park

LIFT = "@小红 3号楼货梯坏了，请派人修，电话13900007781"


def reply_to(card: str, text: str) -> str:
    """A message that quotes the bot's."""
    return f"「小红：{card}」\n- - - - - - - - - - - - - - -\n{text}"


async def test_sent_to_the_right_desk(park: Park) -> None:
    """By quoting the card, to a department by name; a name that nobody knows is no guess; the reader learns."""
    guo, cui = park.handler("郭师傅", "desk-wuye"), park.handler("崔敏", "desk-falv")
    await park.company("柳工").says(LIFT)
    card = park.to_chat("desk-wuye")[-1]
    assert await guo.says(reply_to(card, "不归我们")) == "诉求101号已退单，转综合服务组办理。"
    assert await guo.says("101号转火星局") == (
        "没有找到「火星」，可以转给：党建、人才、综合、金融、法律、物业、社会，或住建、城管、人社、税务等部门。"
    )
    assert await guo.says("101号转司法局") == "诉求101号已退单，转法律服务组（司法）办理。"
    assert "（转司法）" in park.to_chat("desk-falv")[-1]
    assert await cui.says("101号转住建") == "诉求101号已退单，转物业服务组（住建）办理。"
    told = park.to_person(Actor(park, "chen", "陈书记", None, "haina"))
    assert told == ["诉求101号（物业服务）已被退单3次，请社区协调由谁主办。"]
    assert await guo.says("转发一下大家看看") is None
    await park.app.db.run(
        lambda conn: conn.execute(sa.text("update chat set service_group = null where external_id = 'desk-falv'"))
    )
    await guo.says("101号转法律服务组")
    assert park.to_chat("desk-zonghe")[-1].startswith("新诉求101号 法律服务"), (
        "no desk of its own: the fallback group's"
    )
    learnt = await park.app.db.run(lessons)
    assert [(one.kind, one.value) for one in learnt] == [
        ("category", "法律服务"),
        ("category", "物业服务"),
        ("category", "法律服务"),
    ]


async def test_who_gets_and_who_loses_a_need_is_told(park: Park) -> None:
    """Handed on by its own desk it does not come back to it; the reporter hears where it is, the group that lost it.

    Of moves within a minute the reporter hears of the last alone, and of none that other word has overtaken.
    """
    liu, cai = park.company("柳工"), park.staff("蔡主任")
    guo, cui = park.handler("郭师傅", "desk-wuye"), park.handler("崔敏", "desk-falv")
    await liu.says(LIFT)
    assert await guo.says("不归我们，转城管") == "诉求101号已退单，转综合服务组（城管）办理。"
    assert "（转城管）" in park.to_chat("desk-zonghe")[-1]
    before = park.to_chat("haina")
    await cai.whispers("101号转法律服务组")
    assert park.to_chat("desk-zonghe")[-1] == "诉求101号已转法律服务组，不用再接。"
    await park.wait(minutes=1)
    moved = [*before, "诉求101号已转法律服务组办理，7月22日14:40前会有人联系您。"]
    assert park.to_chat("haina") == moved
    await guo.whispers("101号转住建")
    await cai.whispers("101号转法律服务组")
    await cui.says("接单 101")
    await park.wait(minutes=1)
    assert park.to_chat("haina") == [*moved, "诉求101号已由崔敏接单，正在联系处理，7月24日17:30前办结。"]
    assert await cai.says(reply_to(park.to_chat("desk-falv")[0], "应该归物业"), chat="desk-falv") == (
        "诉求101号已改派物业服务组。"
    )
    assert park.to_person(cui)[-1] == "诉求101号已转物业服务组，不用再办。"
    await guo.says("大家中午吃什么")
    assert await cui.says("不归我们", chat="desk-wuye") is None, "others spoke since the card"
    assert await guo.says("101号转住建") == "诉求101号已退单，转综合服务组（住建）办理。"


async def test_many_hands(park: Park) -> None:
    """One lead; others claim parts or are asked to help; the phone goes to the lead alone."""
    guo, cui, huayi = park.handler("郭师傅", "desk-wuye"), park.handler("崔敏", "desk-falv"), park.company("华艺")
    liu, zhao = park.company("柳工"), park.member("赵敏")
    await liu.says(LIFT)
    card = park.to_chat("desk-wuye")[-1]
    assert await huayi.says("认领101号，我们出场地") == (
        "诉求101号：华艺认领「出场地」。主办：物业服务组。办好后请回复「101号我们那部分办好了」。"
    )
    taken = await guo.says(reply_to(card, "接单"))
    assert taken and taken.startswith("诉求101号由郭师傅接单")
    assert park.to_chat("haina")[-1] == "诉求101号已由郭师傅接单，正在联系处理，7月24日17:30前办结。"
    assert await cui.says("接单 101") == "诉求101号已由郭师傅接单，想一起办请回复「认领101号，我们出…」。"
    assert await guo.says("101号协办法律服务组") == "诉求101号由物业服务组主办，已请法律服务组协办。"
    assert park.to_chat("desk-falv")[-1].startswith("请协办诉求101号 物业服务·3号楼（主办：物业服务组郭师傅）")
    await cui.says("认领101号，我们派律师现场见证")
    assert await huayi.says("101号我们那部分办好了") == "诉求101号：华艺认领的部分已办好，还有崔敏在办。"
    assert park.to_person(guo)[-1] == "诉求101号：华艺认领的部分已办好，还有崔敏在办。"
    card_of_reporter = await liu.says("@小红 进度")
    assert card_of_reporter == (
        "诉求101号（物业服务）：已接单，经办人郭师傅，7月24日17:30前办结；"
        "协办：华艺出场地（已完成）、法律服务组协办、崔敏派律师现场见证。"
    )
    for someone in (zhao, cui, huayi):
        refused = await someone.whispers("电话 101")
        assert refused == "诉求101号：已接单。报事人信息只提供给接单的经办人。"
    masked = await cui.whispers("101号详情")
    assert masked and "13900007781" not in masked
    assert await guo.says(reply_to(card, "电话")) == "诉求101号的联系方式已私发给您。"
    assert await zhao.says(reply_to(card, "电话")) is None
    assert [text for text in park.to_person(huayi) + park.to_person(cui) if "13900007781" in text] == []


async def test_two_numbers_one_matter(park: Park) -> None:
    """Who joins and who is merged is told with the rest; what one number is told holds for both."""
    liu, bo, tian, guo = (
        park.company("柳工"),
        park.company("博远"),
        park.member("小田"),
        park.handler("郭师傅", "desk-wuye"),
    )
    await liu.says(LIFT)
    assert await tian.says("我们也想去") is None
    assert await tian.says("+1 我们也是") == "已把您加到诉求101号（物业服务·3号楼），共2家报了，有结果一起告诉您。"
    joined = await park.company("周工").says("@小红 101也是我们")
    assert joined == "已把您加到诉求101号（物业服务·3号楼），共3家报了，有结果一起告诉您。"
    again = await tian.says("101号我们也是")
    assert again and again.startswith("您已经报过诉求101号了")
    whole = await tian.says("@小红 3号楼货梯停在四楼不动了，货送不上去，麻烦派人，电话13900007799")
    assert whole == "您已经加到诉求101号（物业服务·3号楼），这次说的也补充进去了，有结果一起告诉您。"
    assert park.to_chat("desk-wuye")[-1].startswith("诉求101号补充：3号楼货梯停在四楼不动了")
    await bo.whispers("3号楼的货梯不动了，赶紧派人来修，电话18900003345")
    assert await guo.says("合并 102 到 101") == "诉求102号已并入101号，两边的报事人都已告知。"
    assert park.to_person(bo)[-1].startswith("诉求102号与101号是同一件事，已并入101号一起办")
    assert park.to_person(liu)[-1] == park.to_person(tian)[-1] == "同样的诉求102号已并入您报的101号，一起办理。"
    assert await guo.says("接单 102") == "诉求102号已并入101号，请对101号操作。"
    await guo.whispers("接单 101")
    assert await bo.whispers("进度 102") == (
        "诉求102号已并入101号。诉求101号（物业服务）：已接单，经办人郭师傅，7月23日09:10前办结。"  # it was urgent
    )
    refused = await liu.says("@小红 撤回101号")
    assert refused and refused.startswith("诉求101号还有3家也报了，不能撤回")
    await guo.whispers("101号办结，换了门机")
    assert park.to_person(bo)[-1].startswith("诉求101号已办结")
    assert await park.rows("select id, state, urgent from need order by id") == [
        (101, "resolved", True),
        (102, "merged", True),
    ]
    for other in ("3号楼货梯口漏水了，麻烦派人看看", "5号楼货梯坏了，麻烦派人看看", "3号楼货梯冒烟着火了"):
        assert "已登记诉求" in (await tian.says(f"@小红 {other}") or ""), other


async def test_more_time_and_more_weight(park: Park) -> None:
    """Extended with a day and a reason, each asked for; complex needs give word; raised by hand; what is possible."""
    liu, guo, cai = park.company("柳工"), park.handler("郭师傅", "desk-wuye"), park.staff("蔡主任")
    await liu.says(LIFT)
    refused = await guo.says("101号延期到下周五，等厂家发配件")
    assert refused and refused.startswith("诉求101号现在是「已派单，等接单」，不能申请延期；现在可以：「接单 101」")
    await guo.says("接单 101")
    assert await guo.says("@小红 延期") == "延期到哪天？比如「下周三」。"
    assert await guo.says("下周一") == "请说一下延期的原因。"
    assert await guo.says("等厂家发配件") == "诉求101号办理时限延到7月28日17:30，原因：等厂家发配件。"
    assert park.to_chat("haina")[-1] == "诉求101号办理时限延到7月28日17:30，原因：等厂家发配件。"
    assert await guo.says("疑难 101") == "诉求101号已列为疑难件，8月12日17:30前办结，其间会定期反馈进展。"
    assert await guo.says("上报 101，我们协调不动") == "诉求101号已上报社区跟进。"
    assert await guo.whispers("待办") == (
        "要办的诉求1件：\n101号 物业服务·3号楼：3号楼货梯坏了，请派人修（已接单，8月12日17:30前办结）"
    )
    await park.until("2025-07-29T17:31")  # five working days
    assert park.to_person(guo)[-1].startswith("诉求101号是疑难件，请回复「101号进展：…」")
    refused = await cai.whispers("结案 101")
    assert refused and refused.startswith("诉求101号现在是「已接单」，不能结案；现在可以：")


async def test_rated_late_or_never(park: Park) -> None:
    """Asked once more in private, closed unrated; dissatisfied is asked why; the third time it goes up, not round."""
    liu, guo, cai = park.company("柳工"), park.handler("郭师傅", "desk-wuye"), park.staff("蔡主任")
    await liu.says(LIFT)
    await guo.says("101号办结，修好了")
    assert await liu.says("3") == (
        "很抱歉没有办好。诉求101号已重新办理，并上报社区跟进，请放心。请问哪里没办好？我一并转给经办人。"
    )
    assert await liu.says("修完第二天又停在四楼") == "记下了，已转给诉求101号的经办人，谢谢您说明。"
    assert park.to_person(guo)[-1] == "诉求101号不满意的原因：修完第二天又停在四楼"
    await guo.says("101号办结，换了主板")
    await liu.says("101号不满意，门关不上")
    await guo.says("101号办结，换了门机")
    third = await liu.says("101号不满意，声音很响")
    assert third == "很抱歉没有办好。诉求101号已重办2次，现转区级专人跟进。"
    assert await park.rows("select state, level, reopened from need") == [("rated", 3, 2)]
    assert await cai.whispers("结案 101") == "诉求101号已结案。"
    await park.company("博远").whispers("B座水管漏水，请派人修，电话18900003345")
    await guo.says("102号办结，修好了")
    await park.until("2025-07-24T09:00")
    asked = [text for text in park.to_person(park.company("博远")) if "还没有评价" in text]
    assert len(asked) == 1
    await park.until("2025-08-04T09:00")
    assert await park.rows("select state, rating from need where id = 102") == [("closed", None)]
    assert [text for text in park.to_person(park.company("博远")) if "还没有评价" in text] == asked


def thirty_needs(conn: Connection) -> None:
    chat = people.meet_chat(conn, "replay", "haina")
    liu, guo = people.meet_person(conn, "replay", "wx_柳工", "柳工"), people.meet_person(conn, "replay", "guo", "郭强")
    for number in range(30):
        need = needs.report(conn, By(liu.id, NOW), category="物业服务", text=f"第{number}件", chat_id=chat.id)
        needs.accept(conn, need.id, By(guo.id, NOW, None, "handler"))


async def test_a_downtime_ends_without_a_flood(park: Park) -> None:
    """What fell due meanwhile is done once, in order, and told in one message a person."""
    await park.app.db.run(thirty_needs)
    park.clock.move_to(NOW + timedelta(days=20))
    told = [message for message in await park.wait(minutes=5) if "诉求" in message.text]
    texts = {message.chat: message.text for message in told}
    assert sorted(texts) == sorted(message.chat for message in told) == ["p:chen", "p:guo", "p:wx_柳工"]
    assert texts.pop("p:wx_柳工").startswith("有30件您报的诉求超过时限，已上报跟进：")
    assert all(text.startswith("有30件诉求超过时限，已上报跟进：") for text in texts.values())
    assert await park.rows("select level, count(*) from need group by level") == [(1, 30)]
    order = await park.rows("select need_id from need_event where kind = 'escalated' order by id")
    assert [row[0] for row in order] == list(range(101, 131))


async def test_events_tell_the_state(park: Park) -> None:
    """After a conversation as after a walk: what the events say is what the row holds."""
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    await liu.says(LIFT)
    for text in (
        "101号转法律服务组",
        "101号转物业",
        "接单 101",
        "101号进展：等配件",
        "101号延期到8月5号，等配件",
        "101号办结，好了",
    ):
        await guo.says(text)
    await liu.says("101号不满意，又坏了")

    def differences(conn: Connection) -> dict[str, object]:
        row = needs.get(conn, 101)
        said = needs.replay(needs.events(conn, 101))
        return {name: (value, getattr(row, name)) for name, value in said.items() if value != getattr(row, name)}

    assert await park.app.db.run(differences) == {}
    sources = await park.rows("select count(*) from need_event where inbox_id is null and kind != 'reminded'")
    assert sources == [(0,)], "every step names the message that it came from"


async def test_staff_say_who_is_told_and_when_offices_work(park: Park) -> None:
    cai, cui = park.staff("蔡主任"), park.handler("崔敏", "desk-falv")
    assert await cai.whispers("物业服务组值班 韩梅") == "物业服务组值班人是韩梅，紧急诉求随时私下通知。"
    unknown = await cai.whispers("海纳商圈社区负责人 查无此人")
    assert unknown and unknown.startswith("没有找到「查无此人」")
    assert await cai.whispers("办公时间 红盟 9:00-11:00 14:00-17:00") == (
        "红盟的办公时间是09:00–11:00、14:00–17:00，今后的诉求时限按此计算。"
    )
    await park.until("2025-07-22T23:10")
    reply = await park.member("赵敏").says("@小红 B座有人被困电梯里了，快来人")
    assert reply and reply.startswith("有人被困请先拨打119！已登记诉求101号（物业服务")
    (told,) = park.to_person(Actor(park, "han", "韩梅", None, "haina"))
    assert told.startswith("【紧急】新诉求101号")
    await park.until("2025-07-23T08:00")
    await park.company("柳工").says("@小红 3号楼空调漏水，麻烦派人修一下，电话13900007781")
    assert "请7月23日11:00前响应" in park.to_chat("desk-wuye")[-1]
    shown = await cui.whispers("值班表")
    assert shown and "物业服务组值班：韩梅" in shown and "街道负责人：孙立" in shown
