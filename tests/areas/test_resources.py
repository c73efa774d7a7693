"""资源共享: offers, requests, the owner's yes or no, lists; on both engines."""

import pytest

from tests.actors import Actor, Park

OFFER = "我们二楼有一间能坐50人的培训教室，工作日下午都空着，联盟单位可以免费用"
SEEK = "我们下周三下午要给四十来个新员工做安全培训，谁家有场地能借用一下"
RESOURCES = "select name, seats, available, price, state from resource order by id"
REQUESTS = "select kind, people, day, state, resource_id from resource_request order by id"


@pytest.fixture
def huayi(park: Park) -> Actor:
    return park.company("华艺")


@pytest.fixture
def jin(park: Park) -> Actor:
    return park.company("金")


async def test_offered_then_matched(park: Park, huayi: Actor, jin: Actor) -> None:
    """Scenario c08 of the corpus, seven weeks later."""
    assert await huayi.says(OFFER) == "已登记资源1号：培训教室（可坐50人，工作日下午，免费）。谢谢！"
    assert [tuple(row) for row in await park.rows(RESOURCES)] == [("培训教室", 50, "工作日下午", "免费", "available")]
    assert await park.member("马").says("你们那教室空调凉快不") is None
    await park.until("2025-07-24T14:00")
    reply = await jin.says(SEEK)
    assert reply == (
        "已登记求助1号：场地（7月30日（周三）下午，约40人）。可以看看：\n"
        "· 资源1号 培训教室（可坐50人，工作日下午，免费）：有培训教室、坐得下40人、工作日下午合您的时间、免费\n"
        "已请对方确认，有答复马上告诉您。"
    )
    question = jin.last[1]
    assert (question.chat, question.to) == ("haina", huayi.id)
    assert question.text == (
        "华艺，求助1号：金需要场地（7月30日（周三）下午，约40人），能用您的资源1号「培训教室」吗？"
        "请回复「可以」或「不行」。"
    )
    assert park.to_person(jin) == []
    await park.wait(minutes=8)
    reply = await huayi.says("可以，给你们留着")
    assert reply == "求助1号已定：资源1号「培训教室」，7月30日（周三）下午。双方联系方式已私发，谢谢！"
    assert "对方同意了" in park.to_person(jin)[0]
    assert len(park.to_person(huayi)) == 1
    assert await jin.says("太好了谢谢华艺🙏") is None
    [row] = await park.rows(REQUESTS)
    assert (row.state, row.resource_id, row.people, str(row.day)) == ("matched", 1, 40, "2025-07-30")
    assert await park.until("2025-07-31T09:30") == []
    assert await jin.says("昨天培训很顺利，教室用完打扫干净了") is None
    [row] = await park.rows(REQUESTS)
    assert row.state == "finished"
    assert await park.rows("select id from need") == []
    assert await park.rows("select id from visit") == []


async def test_nothing_is_promised_and_no_contact_given_before_a_yes(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER + "，联系13900007781")
    reply = await jin.says(SEEK)
    assert reply is not None
    assert "13900007781" not in reply
    assert await huayi.says("那天下午有安排了，借不了") == ("好的。求助1号暂时没有别的合适资源，有了马上告诉求助方。")
    [row] = await park.rows(REQUESTS)
    assert row.state == "open"


@pytest.mark.parametrize(
    "text", ["我问下领导", "收到", "那天几点来", "@张三 可以", "中午吃什么", "可以是可以，就是投影坏了"]
)
async def test_what_is_no_answer_leaves_the_question_open(park: Park, huayi: Actor, jin: Actor, text: str) -> None:
    await huayi.says(OFFER)
    await jin.says(SEEK)
    await huayi.says(text)
    assert (await park.rows(REQUESTS))[0].state == "asked"
    assert "已定" in str(await huayi.says("没问题，到时候来用吧"))


async def test_a_mere_good_much_later_is_no_consent(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER)
    await jin.says(SEEK)
    await park.wait(hours=1)
    assert await huayi.says("好的") is None
    assert (await park.rows(REQUESTS))[0].state == "asked"


async def test_a_no_asks_the_next(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER)
    other = park.company("博远")
    await other.says("我们公司三楼有个会议室，能坐100人，免费给大家用")
    reply = await jin.says(SEEK)
    assert reply is not None
    assert reply.count("· 资源") == 2
    assert await huayi.says("不好意思，那天我们自己要用") == "好的，求助1号再问下一家（资源2号）。"
    assert await other.says("可以") == "求助1号已定：资源2号「会议室」，7月30日（周三）下午。双方联系方式已私发，谢谢！"


async def test_the_next_is_asked_when_nobody_answers(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER)
    other = park.company("博远")
    await other.says("我们公司三楼有个会议室，能坐100人，免费给大家用")
    await jin.says(SEEK)
    sent = await park.wait(days=2)
    assert [(out.to, "求助1号" in out.text) for out in sent if "资源2号" in out.text] == [(other.id, True)]
    assert "已定" in str(await other.says("可以"))


@pytest.mark.parametrize(
    "text",
    [
        "谁家有能坐200人的场地，下周三下午用",  # too small
        "这周六下午想借个场地，40个人",  # a day off
        "下周三上午谁家有会议室借用一下，40个人",  # in the morning
        "谁家有投影仪借用一下",  # another thing
    ],
)
async def test_what_does_not_suit_is_not_shown(park: Park, huayi: Actor, jin: Actor, text: str) -> None:
    await huayi.says(OFFER)
    reply = await jin.says(text)
    assert reply is not None
    assert reply.startswith("已登记求助1号，有合适的马上告诉您。")
    assert (await park.rows(REQUESTS))[0].state == "open"


async def test_a_later_offer_finds_who_waits(park: Park, huayi: Actor, jin: Actor) -> None:
    assert await jin.says("谁家有投影仪借用一下") == "已登记求助1号，有合适的马上告诉您。"
    await park.wait(hours=2)
    assert await huayi.says("我们公司有台投影仪闲置，可以免费借给大家用") == "已登记资源1号：投影仪（免费）。谢谢！"
    assert "您的求助1号（投影仪）有了新资源" in park.to_person(jin)[0]
    assert "已定" in str(await huayi.says("可以"))
    days = await huayi.says("@小红 我们食堂中午可以给大家用，20个位子，周一到周五")
    assert days and days.startswith("已登记资源2号：食堂（周一到周五")


async def test_the_owner_is_asked_privately_where_not_in_the_group(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER, chat="yunfan")
    await jin.says(SEEK)
    assert "请回复「可以」或「不行」" in park.to_person(huayi)[0]
    assert "已定" in str(await huayi.whispers("可以的"))
    assert "对方同意了" in park.to_person(jin)[0]


async def test_lists_for_anyone_and_takes_down_for_owner_or_staff(park: Park, huayi: Actor, jin: Actor) -> None:
    assert await jin.says("@小红 资源清单") == "现在没有登记可用的资源。要找什么请直接说，我帮您留意。"
    await huayi.says(OFFER)
    await huayi.says("我们公司有台投影仪闲置，可以免费借给大家用")
    listed = await jin.says("@小红 资源 培训室")
    assert listed is not None
    assert "资源1号 培训教室" in listed
    assert "投影仪" not in listed
    assert "可用资源2项" in str(await jin.says("@小红 资源清单"))
    assert await jin.says("@小红 下架资源 1") == "只有资源1号的提供方和工作人员可以下架。"
    assert await park.staff("蔡").says("@小红 下架资源 1") == "已下架资源1号：培训教室。"
    assert "可用资源1项" in str(await jin.says("@小红 资源清单"))


async def test_the_seeker_takes_a_request_back(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER)
    await jin.says(SEEK)
    assert await huayi.says("求助1号不用了") == "只有求助1号的求助人可以撤销。"
    assert await jin.says("求助1号不用了") == "求助1号已撤销。"
    assert "已由求助方撤销" in park.to_person(huayi)[0]
    await huayi.says("可以")
    assert (await park.rows(REQUESTS))[0].state == "withdrawn"


async def test_the_same_words_again_are_not_recorded_twice(park: Park, huayi: Actor, jin: Actor) -> None:
    await huayi.says(OFFER)
    assert "已经登记过了：资源1号" in str(await huayi.says(OFFER))
    await jin.says(SEEK)
    assert await jin.says(SEEK) == "已经登记为求助1号了，有合适的马上告诉您。"


async def test_a_free_room_of_the_service_centre_is_named(jin: Actor) -> None:
    assert await jin.says(SEEK) == (
        "已登记求助1号，有合适的马上告诉您。党群服务中心的一楼大厅（可坐80人）那时空着，要用可以说「预约一楼大厅」和时间。"
    )


async def test_the_quarters_lists_hold_the_resources(park: Park, huayi: Actor) -> None:
    await huayi.says(OFFER)
    staff = park.staff("蔡")
    listed = await staff.whispers("三张清单")
    assert listed is not None
    assert "资源清单：1项\n· 资源1号 培训教室（可坐50人，工作日下午，免费）" in listed


async def test_own_offers_and_requests_are_listed(park: Park, huayi: Actor, jin: Actor) -> None:
    assert await huayi.whispers("我的资源") == "您还没有登记资源。"
    await huayi.says(OFFER)
    assert await huayi.whispers("我的资源") == ("您登记的资源1项：\n· 资源1号 培训教室（可坐50人，工作日下午，免费）")
    await jin.says(SEEK)
    assert await jin.says("@小红 我的求助") == (
        "您的求助1项：\n· 求助1号 场地（7月30日（周三）下午，约40人）：已请对方确认"
    )
    assert await huayi.whispers("我的求助") == "您现在没有求助。"
    assert len(await park.rows(RESOURCES)) == 1


async def test_whoever_lacks_people_or_things_offers_none(park: Park, huayi: Actor, jin: Actor) -> None:
    assert "已登记诉求101号" in (await jin.whispers("我们急需两个会计，电话13900007781") or "")
    assert "已登记求助1号" in (await jin.whispers("我们需要10把折叠椅") or "")
    assert await huayi.says("我们还差两个人") is None
    assert "已登记资源1号" in (await huayi.says("我们可以提供3个实习岗位，需要的联系我") or "")
    assert "：20袋大米" in (await huayi.whispers("我家饭店可以赞助20袋大米") or "")
