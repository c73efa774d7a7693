"""Points: balance, exchange once, pick-up once."""

from tests.actors import Park


async def rich(park: Park, name: str, amount: int) -> None:
    await park.staff("蔡").whispers("你好")
    await park.member(name).whispers("你好")
    assert "已给" in (await park.staff("蔡").whispers(f"给wx_{name}加{amount}分，年度评优") or "")


async def test_redeem_once_and_pick_up_once(park: Park) -> None:
    await rich(park, "limin", 320)
    await rich(park, "tian", 40)
    limin, tian, cai = park.member("limin"), park.member("tian"), park.staff("蔡")
    balance = await limin.whispers("我还有多少积分")
    assert balance is not None and "320" in balance and "年度评优" in balance
    preview = await limin.whispers("换一瓶洗衣液")
    assert preview is not None and "200" in preview and "120" in preview and "一楼前台" in preview
    assert len(await park.rows("SELECT 1 FROM redemption")) == 0
    done = await limin.whispers("确认")
    assert done is not None and "剩120积分" in done
    code = done.split("取货码")[1][:6]
    assert code in (await limin.whispers("取货码多少来着") or "")
    await limin.whispers("确认")
    assert len(await park.rows("SELECT 1 FROM redemption")) == 1
    refused = await tian.says("@小红\u2005我也要换洗衣液")
    assert refused is not None and "不够" in refused and "40" not in refused

    assert "只对" in (await tian.whispers(f"核销{code}") or "")
    assert "核销成功" in (await cai.whispers(f"核销{code}") or "")
    assert "核销过" in (await cai.whispers(f"核销{code}") or "")
    assert "没有找到" in (await cai.whispers("核销100000") or "")
    rows = await park.rows("SELECT source, target, amount FROM point_movement WHERE target = 'redeemed'")
    assert [row.amount for row in rows] == [200]
    assert (await park.rows("SELECT stock FROM goods WHERE name = '洗衣液'"))[0].stock == 9


async def test_points_are_private_in_a_group(park: Park) -> None:
    await rich(park, "limin", 30)
    limin = park.member("limin")
    assert await limin.says("我有多少积分了") is None
    assert park.to_person(limin)[-1].startswith("您现有30积分")
    assert "30" in (await limin.says("@小红 查积分") or "")
    ranking = await limin.says("@小红 积分排行榜")
    assert ranking is not None and "limin" in ranking and "您排第1" in ranking and "30" not in ranking


async def test_what_cannot_be_had(park: Park) -> None:
    await rich(park, "limin", 500)
    limin = park.member("limin")
    assert await limin.says("能换啥") is None
    assert "1. 洗衣液 200积分" in (await limin.says("积分能换啥呢") or "")
    listed = await limin.whispers("我想用积分换电影票")
    assert listed is not None and "洗衣液" in listed and "保温杯" in listed
    assert "300积分" in (await limin.whispers("2") or "")
    assert await limin.whispers("取消") == "好的，已取消。"
    assert "500" in (await limin.whispers("查积分") or "")
    assert "不够扣" in (await park.staff("蔡").whispers("给wx_limin扣501分") or "")
    assert "只对" in (await limin.whispers("给wx_limin加501分") or "")


async def test_what_else_is_changed_or_said_is_no_exchange(park: Park) -> None:
    """换 of other things goes where it belongs; nobody is registered as what they ask about."""
    limin, guo = park.member("limin"), park.handler("郭师傅", "desk-wuye")
    for words in ("换个日子再聊", "我还是换个说法吧"):
        assert "没太明白" in (await limin.whispers(words) or ""), words
    assert "已登记诉求101号" in (await limin.whispers("麻烦帮忙换个水龙头") or "")
    await limin.whispers("13911113333")
    await guo.whispers("接单 101")
    assert await limin.whispers("手机号换了，13911112222") == "已记下您的新电话139****2222，诉求101号也改好了。"
    assert park.to_person(guo)[-1] == "诉求101号报事人的电话换成了13911112222。"
    for words in ("积分能换什么东西", "换点礼品", "我想换个杯子"):
        listed = await limin.whispers(words)
        assert listed and "1. 洗衣液 200积分" in listed and "没有「什么" not in listed, words
        await limin.whispers("取消")

    jin = park.company("金岚")
    asked = await jin.whispers("我是外地来的党员，组织关系怎么转过来")
    assert asked and "已登记" not in asked
    assert "报诉求" in (await jin.whispers("我是头一回来") or "")
    assert await jin.says("我是头一回来") is None
    assert await jin.whispers("我是小庄") == "已登记：小庄。"
    assert await jin.whispers("我是云帆科技的欧阳雪") == "已登记：欧阳雪（云帆科技）。"
