"""Checking in at an activity under way."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.activities import codes, door, plan
from bot.errors import Refusal
from tests.actors import Park
from tests.areas.test_activities import here, published


async def test_check_in_of_all_kinds_of_people(park: Park) -> None:
    await park.until("2025-09-15T10:00")
    await published(park, "智汇讲堂，9月18日下午2点到4点，党群服务中心二楼")
    limin, gao, tian = here(park, "limin"), here(park, "gao"), here(park, "tian")
    await limin.says("智汇讲堂报名")
    await gao.says("+1")
    await tian.says("今天天气不错")

    await park.until("2025-09-18T12:30")
    assert "还没开始" in (await limin.says("智汇讲堂签到") or "")
    await park.until("2025-09-18T13:40")
    assert await limin.says("智汇讲堂签到") == "签到成功：「智汇讲堂」13:40，+2分。"
    await park.until("2025-09-18T13:43")
    assert await limin.says("签到") == "您13:40已经签过「智汇讲堂」了。"
    assert "签到成功" in (await gao.says("到了到了[呲牙]") or "")
    walk_in = await tian.says("我没报名，直接来的，能签到不")
    assert walk_in is not None and "现场" in walk_in
    await park.until("2025-09-18T13:55")
    stranger = here(park, "x9")
    assert "单位和姓名" in (await stranger.says("签到") or "")
    await park.until("2025-09-18T13:57")
    assert "13:55" in (await stranger.says("我是新锐传媒的许诺") or "")
    await park.until("2025-09-18T14:10")
    assert await here(park, "chen").says("上周那个讲座的签到表谁拿走了") is None
    await park.until("2025-09-18T19:30")
    assert "16:00" in (await here(park, "zhao").says("智汇讲堂签到") or "")

    rows = await park.rows("SELECT walk_in FROM check_in ORDER BY at")
    assert [bool(row.walk_in) for row in rows] == [False, False, True, True]
    assert len(await park.rows("SELECT 1 FROM point_movement")) == 4
    named = await park.rows("SELECT company FROM person WHERE name = '许诺'")
    assert [row.company for row in named] == ["新锐传媒"]


async def test_a_wrong_code_and_what_was_forgotten(park: Park) -> None:
    await published(park, "业务培训，7月22日上午10点到11点，二楼会议室")
    li, wu = here(park, "李敏"), here(park, "吴迪")
    assert "已报名「业务培训」" in (await li.says("培训报名") or "")
    assert await wu.says("消防培训报名") is None
    assert "签到码不对" in (await li.says("签到 0000") or "")
    await park.until("2025-07-22T12:30")
    assert await li.says("签到 0000") is None
    late = await li.says("@小红 上午的培训忘签到了 能补吗")
    assert late and late.startswith("已提交「业务培训」补签")


async def test_arrival_talk_and_other_lists_are_left_alone(park: Park) -> None:
    await published(park, "植树，7月22日上午10点到11点，湖边公园北门")
    here_already = here(park, "zhao")
    assert await here_already.says("早上好各位") is None
    assert await here_already.says("快递到了，在门卫那") is None
    assert await here_already.says("到了") is None  # not signed up
    assert not await park.rows("SELECT 1 FROM check_in")


async def test_nothing_open(park: Park) -> None:
    zhao = here(park, "zhao")
    assert await zhao.says("签到") is None
    assert await zhao.says("@小红 签到") == "现在没有正在签到的活动。"


async def test_two_open_are_asked_about(park: Park) -> None:
    first = await published(park, "植树，7月22日上午10点到11点，湖边公园北门")
    second = await published(park, "读书会，7月22日上午9点30到11点，一楼大厅")
    zhao = here(park, "zhao")
    await zhao.says("早")
    asked = await zhao.says("@小红 签到")
    assert asked is not None and first in asked and second in asked
    assert "「植树」" in (await zhao.says(first) or "")


async def test_another_event_is_not_this_one(park: Park) -> None:
    await published(park, "读书会，7月22日上午9点30到11点，一楼大厅")
    zhao = here(park, "zhao")
    await zhao.says("早")
    assert await zhao.says("护学岗打卡，实验小学东门") is None
    assert await zhao.says("消防演练签到") is None
    assert "没有找到" in (await zhao.says("@小红 银企对接会签到") or "")
    assert not await park.rows("SELECT 1 FROM check_in")
    assert "「读书会」" in (await zhao.says("我已到一楼大厅，签到") or "")


async def test_reminders_are_merged_and_civil_and_thanks_ask_for_one_number(park: Park) -> None:
    await published(park, "主题党课，7月24日下午2点到4点，一楼会客厅")
    await published(park, "茶话会，7月24日下午2点到3点，茶室")
    await published(park, "晨跑，7月24日早上7点到7点半，湖边")
    limin = here(park, "limin")
    for title in ("主题党课", "茶话会", "晨跑"):
        await limin.says(f"{title}报名")
    day_before = await park.until("2025-07-23T12:00")
    assert len([out for out in day_before if out.to == "wx_limin"]) == 1
    told = [(out.at.isoformat()[11:16], out.text) for out in await park.until("2025-07-24T13:30") if out.at]
    assert [at for at, _ in told] == ["20:00", "13:00"]
    assert "明早「晨跑」" in told[0][1] and "2项活动" in told[1][1]
    await limin.says("@小红 主题党课签到")
    (thanked,) = await park.until("2025-07-24T19:05")
    assert thanked.text == "感谢参加「主题党课」+2分，积分共2分。这次打几分？回复1到5，5分最好；不评也可以。"
    assert await limin.whispers("5分") == "谢谢，「主题党课」5分，记下了。"
    assert await park.rows("select stars from activity_rating") == [(5,)]


async def test_who_was_only_a_name_in_the_list_is_no_walk_in_and_needs_no_word(park: Park) -> None:
    sec, gao, zhao = park.secretary("陈书记"), park.member("高翔"), park.member("赵明")
    await sec.says("@小红 发布活动：健康讲座，7月22日上午10点到11点，多功能厅，限20人")
    await sec.says("确认")
    await gao.says("#接龙\n健康讲座\n1. 高翔\n2. 赵明 3人")
    await zhao.says("收到")
    await gao.says("替赵明签到")
    arrived = await zhao.says("@小红 签到")
    assert arrived == "签到成功：「健康讲座」09:10，+2分。"
    assert await sec.whispers("待确认") == "没有等您确认的代报、代签、补签。"
    thanks = [out.text for out in await park.until("2025-07-22T19:01") if out.to == "wx_赵明"]
    assert thanks == ["感谢参加「健康讲座」+2分，积分共2分。这次打几分？回复1到5，5分最好；不评也可以。"]


async def test_digits_are_free_again_when_the_day_is_over_and_no_two_are_the_same(park: Park) -> None:
    now = park.clock.now()

    def of_years(conn: Connection) -> None:
        first = plan.draft(conn, now, title="晨会", drafter_id=None, organisation_id=None, start=now)
        row = dict(conn.execute(sa.select(plan.activity).where(plan.activity.c.id == first.id)).one()._mapping)
        numbers = range(1000, 9999)
        conn.execute(sa.insert(plan.activity), [{**row, "id": number} for number in numbers])
        spoken = [{"activity_id": number, "code": str(number), "token": f"t{number}"} for number in numbers]
        conn.execute(sa.insert(codes.check_in_code), spoken)

        assert door.invite(conn, first, "one phone", now).code == "9999"  # the only digits that are left
        assert door.invite(conn, first, "another", now) == door.Guest()
        with pytest.raises(Refusal, match="没有可用的签到码"):
            codes.of(conn, first.id)
        later = now + timedelta(days=2)
        assert door.invite(conn, first, "another", later).code
        today = plan.draft(conn, later, title="读书会", drafter_id=None, organisation_id=None, start=later)
        assert codes.of(conn, today.id) == codes.of(conn, today.id)

    await park.app.db.run(of_years)


async def test_a_log_ties_no_phone_and_ends_no_session(park: Park) -> None:
    await published(park, "读书会，7月22日上午9点30到11点，一楼大厅")
    sec, wei = here(park, "sec", "secretary"), here(park, "张伟")
    await wei.says("大家好")
    assert "login/" in (await wei.whispers("网页") or "")

    def waiting(conn: Connection) -> str | None:
        (number,) = conn.scalars(sa.select(plan.activity.c.id).where(plan.activity.c.title == "读书会"))
        return door.invite(conn, plan.get(conn, number), "the phone of somebody else", park.clock.now()).code

    code = await park.app.db.run(waiting)
    await sec.says(
        f"@小红 聊天记录\n张伟 09:08\n签到 {code}\n张伟 09:09\n退出网页\n张伟 09:09\n忘记手机\n张伟 09:09\n网页"
    )
    assert await park.rows("select use from access_key") == [("login",)]
    assert await park.rows("select code from phone_code") == [(code,)]
    assert len([text for text in park.to_person(wei) if "login/" in text]) == 1


async def test_what_an_organiser_asks_for_is_no_check_in_and_a_menu_makes_known(park: Park) -> None:
    sec, zhao, hu = here(park, "sec", "secretary"), here(park, "zhao"), here(park, "hu")
    await published(park, "植树，7月22日上午10点到11点，湖边公园")
    await zhao.says("植树报名")
    for said in ("植树签到表", "没签到的抓紧", "谁没签到的自己补一下"):
        assert await sec.says(said) is None, said
    assert await sec.says("植树谁没签到") == "「植树」已签到0人，没签到的名单已私发给您。"
    assert await zhao.says("植树谁没签到") is None
    assert not await park.rows("SELECT 1 FROM check_in")
    await park.until("2025-07-25T14:00")
    await hu.says("早")
    assert await hu.says("签到") is None  # the group has heard of no 主题党日
    await sec.says("@小红 本月活动菜单")
    assert "签到成功：「主题党日」" in (await hu.says("签到") or "")
    assert await hu.says("公司晨会签到") is None
