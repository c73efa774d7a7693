"""Points over time: versions of the rules, member companies' own offers, the end of points, and the books."""

from sqlalchemy.engine import Connection

from bot.domain import points
from tests.actors import Actor, Park
from tests.areas.test_points import rich


def the_staff(park: Park) -> Actor:
    """The one whom the example district has for such things."""
    return Actor(park, "cai", "蔡宁", None, "haina")


async def test_a_member_company_gives_its_own_service_and_verifies_it(park: Park) -> None:
    await rich(park, "limin", 200)
    limin, cai, other = park.member("limin"), the_staff(park), park.company("wang")
    noodle = park.company("fu")
    await noodle.whispers("我是福记面馆的付老板")
    await other.whispers("我是海纳电子的王工")
    proposed = await noodle.whispers("上架 牛肉面八折券，50积分，2份，在福记面馆使用")
    assert proposed is not None and "工作人员同意" in proposed
    assert "没有「牛肉面" in (await limin.whispers("兑换牛肉面八折券") or "没有「牛肉面")
    await limin.whispers("取消")
    asked = park.to_person(cai)[-1]
    assert "福记面馆想上架「牛肉面八折券」：50积分，2份，福记面馆" in asked
    await noodle.whispers("上架 酸梅汤，5积分，9份，在福记面馆使用")
    assert "2. 福记面馆想上架「酸梅汤」" in park.to_person(cai)[-1]
    assert "上架" not in (await cai.whispers("9") or "")  # of some other list
    assert await cai.whispers("1、3") == "序号只有1到2，还没有处理，请重新回复。"
    assert await cai.whispers("1") == "「牛肉面八折券」已上架。\n「酸梅汤」没有上架。"
    assert park.to_person(noodle)[-2] == "「牛肉面八折券」已上架。"

    assert "50积分" in (await limin.whispers("兑换牛肉面八折券") or "")
    code = (await limin.whispers("确认") or "").split("取货码")[1][:6]
    assert "不能由您核销" in (await other.whispers(f"核销{code}") or "")
    assert "核销成功" in (await noodle.whispers(f"核销{code}") or "")
    assert "没有找到" in (await limin.whispers(f"取消兑换 {code}") or "")

    await limin.whispers("兑换牛肉面八折券")
    await limin.whispers("确认")
    refunded = await limin.whispers("取消兑换")
    assert refunded is not None and "50积分已退回，现有150积分" in refunded
    assert (await park.rows("SELECT stock FROM goods WHERE name = '牛肉面八折券'"))[0].stock == 1
    assert await noodle.whispers("下架 牛肉面八折券") == "「牛肉面八折券」已下架，已发出的取货码仍可领取。"
    account = await cai.whispers("积分对账")
    assert account == "7月积分对账：发放200，兑换50，到期0，结余150。账平。"


async def test_rules_have_versions(park: Park) -> None:
    cai = park.staff("蔡")
    assert await cai.whispers("签到积分改为3分，8月1日起") == "签到积分从8月1日起为3分，此前的积分不变。"
    assert "没看懂" in (await cai.whispers("签到积分改为3分，哪天都行起") or "")
    assert "只对" in (await park.member("zhang").whispers("签到积分改为30分") or "")

    def earned(conn: Connection) -> tuple[int, int]:
        before, now = park.clock.now(), park.clock.now().replace(month=8)
        return points.rule(conn, "check_in", before), points.rule(conn, "check_in", now)

    assert await park.app.db.run(earned) == (2, 3)


async def test_who_does_not_want_to_be_listed(park: Park) -> None:
    await rich(park, "limin", 30)
    limin, zhang = park.member("limin"), park.member("zhang")
    await limin.whispers("积分榜不显示我")
    assert "limin" not in (await zhang.whispers("积分排行榜") or "limin")
    await limin.whispers("积分榜显示我")
    assert "limin" in (await zhang.whispers("积分排行榜") or "")


async def test_old_points_end_after_a_notice_and_the_books_balance(park: Park) -> None:
    await rich(park, "limin", 250)
    limin, cai = park.member("limin"), the_staff(park)
    await cai.whispers("你好")
    await limin.whispers("兑换洗衣液")
    await limin.whispers("确认")

    def jump(conn: Connection) -> dict[int, int]:
        over = points.over_by(conn, park.clock.now().replace(year=2027, month=8, day=1))
        assert over is not None
        return points.expiring(conn, over)

    assert list((await park.app.db.run(jump)).values()) == [50]  # the oldest are spent first
    await park.app.scheduler.start(park.clock.now())
    park.clock.move_to(park.clock.now().replace(year=2027, month=6, day=30, hour=20))
    await park.until("2027-07-01T10:30")
    assert park.to_person(limin)[-1] == "您有50积分将在8月1日到期，回复「兑换」看看能换什么。"
    assert "其中50积分下月1日到期" in (await limin.whispers("查积分") or "")
    await park.until("2027-08-01T09:30")
    assert "0积分" in (await limin.whispers("查积分") or "")
    await park.until("2027-09-01T10:30")
    assert "8月积分对账：发放0，兑换0，到期50，结余0。账平。" in park.to_person(cai)


async def test_a_rating_and_a_part_in_a_need_earn_points_once(park: Park) -> None:
    jin, liu, guo = park.company("金"), park.company("柳工"), Actor(park, "guo", "郭强", None, "desk-wuye")
    await liu.whispers("我是海纳电子的柳工")
    await jin.whispers("我是福记面馆的金老板")
    reported = await jin.says("@小红 3号楼门口缺一块防滑垫，下雨天总有人滑倒，电话13900001111")
    n = "".join(filter(str.isdigit, (reported or "")[:10]))
    await guo.says(f"接单 {n}")
    await liu.says(f"@小红 认领{n}号，我们出一块防滑垫")
    await liu.says(f"@小红 {n}号我们那部分办好了")
    await guo.says(f"{n}号办结，垫子铺好了")
    await jin.says(f"@小红 {n}号满意")
    rows = await park.rows("select key, amount from point_movement order by id")
    assert [(row.key.split(":")[0], row.amount) for row in rows] == [("service", 5), ("rating", 1)]
