"""诉求, as a company, a handler and the neighbours live through it."""

import re

import pytest

from tests.actors import Actor, Park


def number(reply: str | None) -> str:
    """The number that a receipt gives: the first in it."""
    found = re.search(r"\d+", reply or "")
    assert found, reply
    return found[0]


async def test_from_the_whistle_to_the_reopening(park: Park) -> None:
    liu, guo, cai = park.company("柳工"), park.handler("郭师傅"), park.staff("蔡主任")
    chen, zhao = park.member("陈晨"), park.member("赵敏")
    await cai.says("大家早上好")

    receipt = await liu.says("@小红 我们3号楼货梯坏两天了，货发不出去，麻烦安排修一下")
    n = number(receipt)
    assert receipt == f"已登记诉求{n}号（物业服务·3号楼）。请留个联系电话，方便经办人找您（也可以私聊发我）。"
    assert await chen.says("货梯坏了？怪不得我今天爬了八楼") is None
    assert await park.rows("select count(*) from need") == [(1,)]

    dispatched = await liu.says("13900007781 找刘工")
    assert dispatched and "139****7781" in dispatched and "物业服务组" in dispatched
    (card,) = park.to_chat("desk-wuye")
    assert f"新诉求{n}号" in card and "1390000" not in card

    accepted = await guo.says(f"{n}号我接了，下午带厂家过去")
    assert accepted and "郭师傅接单" in accepted
    assert park.to_person(guo) == [f"诉求{n}号联系方式：刘工 13900007781"]
    assert await guo.says(f"{n}号进展：主板烧了，配件已下单，周四到货")
    assert await park.rows("select state from need") == [("in_progress",)]

    await park.until("2025-07-24T15:05")
    asked = await guo.says(f"{n}办结，货梯已恢复运行")
    assert asked and "柳工" in asked and "满意" in asked
    assert await zhao.says("满意满意，终于不用爬楼了") is None

    await park.until("2025-07-25T08:47")
    apology = await liu.says(f"{n}不满意，今早又停在四楼不动了")
    assert apology and apology.startswith("很抱歉")
    assert await park.rows("select state, level, rating, reopened from need") == [("reopened", 1, "dissatisfied", 1)]
    assert any("不满意" in text for text in park.to_person(guo))
    assert any("不满意" in text for text in park.to_person(cai))
    kinds = [row[0] for row in await park.rows("select kind from need_event order by id")]
    assert kinds == [
        "created",
        "contact",
        "dispatched",
        "accepted",
        "progress",
        "reminded",
        "resolved",
        "rated",
        "reopened",
        "escalated",
    ]


async def test_a_satisfied_reporter_closes_the_need(park: Park) -> None:
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    n = number(await liu.says("@小红 B座5楼跳闸了，麻烦派人看看，电话13700001234"))
    assert await guo.says(f"接单 {n}")
    done = await guo.says(f"{n}号办结，换了空开")
    assert done and "柳工" in done
    assert any("请柳工评价" in text for text in park.to_chat("haina"))
    assert await liu.says("满意，谢谢") == f"谢谢您的评价，诉求{n}号已关闭。"
    assert await park.rows("select state, rating from need") == [("closed", "satisfied")]


async def test_the_phone_stays_out_of_the_group(park: Park) -> None:
    chen, cui = park.company("陈总"), park.handler("崔经理")
    zhao, cai = park.member("赵敏"), park.staff("蔡主任")
    receipt = await chen.says("@小红 我们要周转200万，抵押物不够，帮对接一家担保公司，联系我136 0000 6609 小陈")
    n = number(receipt)
    assert receipt and "136****6609" in receipt
    curious = await zhao.says(f"@小红 {n}号诉求谁报的，电话多少")
    assert curious and "6609" not in curious
    await cui.says(f"{n}号我接了")
    assert "13600006609" in park.to_person(cui)[0]
    assert await cui.says(f"@小红 把{n}号的电话发一下") == f"诉求{n}号的联系方式已私发给您。"
    record = await cai.whispers(f"{n}号详情")
    assert record and "13600006609" in record
    await cui.says(f"{n}办结，担保公司已经跟陈总13600006609签了意向")
    for message in park.channel.sent:
        assert message.private or not re.search(r"1[3-9]\d{9}", message.text)
    seen = await park.rows("select name from need_access join person on person.id = person_id order by need_access.id")
    assert [row[0] for row in seen] == ["崔经理", "崔经理", "蔡主任"]


async def test_the_same_message_again(park: Park) -> None:
    bo = park.company("博远")
    text = "@小红 博远教育报一下，12楼空调水管漏水，电话18900003345"
    receipt = await bo.says(text, message_id="m-778001")
    n = number(receipt)
    assert await bo.says(text, message_id="m-778001") is None
    assert await bo.says(text, message_id="m-778002") == (
        f"这件事已经登记为诉求{n}号（已派单，等接单），不用重复报，我会继续跟进。"
    )
    assert await park.rows("select count(*) from need") == [(1,)]


async def test_a_need_without_a_phone_is_dispatched_all_the_same(park: Park) -> None:
    await park.company("柳工").says("@小红 3号楼货梯坏两天了，麻烦安排修一下")
    assert park.to_chat("desk-wuye") == []
    await park.wait(minutes=31)
    assert len(park.to_chat("desk-wuye")) == 1
    await park.wait(minutes=31)
    assert len(park.to_chat("desk-wuye")) == 1


async def test_danger_is_dispatched_at_once(park: Park) -> None:
    receipt = await park.company("柳工").says("@小红 B座有人被困电梯里了，快来人")
    assert receipt and "119" in receipt and "联系电话" in receipt
    assert park.to_chat("desk-wuye")[0].startswith("【紧急】")


@pytest.mark.parametrize("text", ["999号到哪一步了", "接单 88888"])
async def test_an_unknown_number(park: Park, text: str) -> None:
    reply = await park.handler("郭师傅").says("@小红 " + text)
    assert reply and reply.startswith("没有找到诉求")


async def test_several_of_my_own_are_asked_for_by_number(park: Park) -> None:
    liu = park.company("柳工")
    first = number(await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900007781"))
    second = number(await liu.says("@小红 我们想招两个电工，请帮忙对接人社局"))
    asked = await liu.says("@小红 我报的事情怎么样了")
    assert asked and first in asked and second in asked
    told = await liu.says(second)
    assert told and told.startswith(f"诉求{second}号")


async def test_only_the_reporter_withdraws(park: Park) -> None:
    liu, zhao = park.company("柳工"), park.member("赵敏")
    n = number(await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900007781"))
    assert await zhao.says(f"@小红 {n}号撤回吧") == f"只有诉求{n}号的报事人、工作人员可以撤回。"
    assert await liu.says(f"@小红 {n}号撤回吧，自己修好了") == f"诉求{n}号已撤回。"
    guo = park.handler("郭师傅")
    refused = await guo.says(f"接单 {n}")
    assert refused and "已撤回" in refused


async def test_urging_reaches_the_handler_and_is_limited(park: Park) -> None:
    liu, guo = park.company("柳工"), park.handler("郭师傅")
    n = number(await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900007781"))
    await guo.says(f"接单 {n}")
    assert await liu.says(f"@小红 催一下{n}号") == f"已向郭师傅催办诉求{n}号，有进展马上告诉您。"
    assert "【催办】" in park.to_person(guo)[-1]
    again = await liu.says(f"@小红 再催一下{n}号")
    assert again and "刚催过" in again


async def test_what_nobody_accepts_or_resolves_in_time(park: Park) -> None:
    """Warned privately, reminded at the desk, then up the levels, to somebody else each time."""
    liu, guo, desk = park.company("柳工"), park.handler("郭师傅"), Actor(park, "guo", "郭强", None, "desk-wuye")
    levels = [Actor(park, name, name, None, "haina") for name in ("chen", "sun", "cai")]
    n = number(await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900007781"))
    await park.until("2025-07-22T11:10")  # two working hours
    assert park.to_person(desk) == [f"诉求{n}号还没有人接单，请在7月22日11:10前响应，回复「接单 {n}」。"]
    assert park.to_chat("desk-wuye")[1:] == [f"诉求{n}号已到响应时限，还没有人接单，请尽快回复「接单 {n}」。"]
    await park.until("2025-07-22T14:41")  # two more
    told = [f"诉求{n}号（物业服务）超过响应时限仍没有人接单，已上报社区跟进。"]
    assert [park.to_person(one) for one in levels] == [told, [], []]
    own = f"您报的诉求{n}号超过响应时限仍没有人接单，已上报社区跟进，有进展马上告诉您。"
    assert park.to_person(liu) == [own]
    await guo.says(f"接单 {n}")
    await park.until("2025-07-24T08:31")
    assert park.to_person(guo)[-1].startswith(f"诉求{n}号的办理时限是7月24日17:30。")
    await park.until("2025-07-24T17:31")  # two working days
    late = f"诉求{n}号（物业服务）已到办理时限仍未办结，已上报街道跟进。"
    assert park.to_person(guo)[-1] == late
    assert [park.to_person(one) for one in levels] == [told, [late], []]
    await park.wait(days=3)
    assert park.to_person(levels[2]) == [late.replace("街道", "区级")]
    await park.wait(days=3)
    assert [len(park.to_person(one)) for one in levels] == [1, 1, 1]


async def test_another_reporter_of_the_same_problem(park: Park) -> None:
    bo, tian = park.company("博远"), park.member("小田")
    n = number(await bo.says("@小红 博远教育报一下，12楼空调水管漏水，电话18900003345"))
    assert await tian.says("@小红 谢谢") == "不客气，有事随时叫我。"
    joined = await tian.says("@小红 对，11楼走廊也漏，一并报上")
    assert joined and f"与诉求{n}号同类" in joined
    assert await park.rows("select same_as_id, category from need order by id") == [
        (None, "物业服务"),
        (int(n), "物业服务"),
    ]


async def test_not_ours(park: Park) -> None:
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    n = number(await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900007781"))
    assert await guo.says(f"{n}号不归我们管，转法律服务组") == f"诉求{n}号已退单，转法律服务组办理。"
    assert f"新诉求{n}号 法律服务" in park.to_chat("desk-falv")[-1]
    assert await guo.says(f"退单 {n}") == f"诉求{n}号已退单，转综合服务组办理。"
    assert await park.rows("select state, category from need") == [("dispatched", "综合服务")]


async def test_the_same_words_after_the_end_are_a_new_need(park: Park) -> None:
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    words = "@小红 3号楼货梯坏了，请派人修，电话13900007781"
    n = number(await liu.says(words))
    early = await liu.says(f"{n}号满意")
    assert early == f"诉求{n}号还没办结（已派单，等接单），办结后再请您评价。"
    await guo.says(f"{n}号办结，修好了")
    await liu.says("满意")
    again = await liu.says(words)
    assert again and number(again) == str(int(n) + 1)


async def test_the_desk_learns_of_a_withdrawal(park: Park) -> None:
    liu = park.company("柳工")
    n = number(await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900007781"))
    await liu.says(f"@小红 撤回{n}号")
    assert park.to_chat("desk-wuye")[-1] == f"诉求{n}号已由报事人撤回，不用再接。"
