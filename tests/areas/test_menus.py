"""月度菜单, from the first working day to the settlement."""

import re
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.domain import people
from bot.domain.activities import plan
from scheduler import JOBS
from scheduler.clock import Scheduler
from scheduler.menus import push_moment, reminder_moment, settlement_moment
from scheduler.runs import job_cursor, job_run
from tests.actors import Actor, Park


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


async def plans(park: Park, title: str, start: str, **details: object) -> int:
    """An activity of the district, published."""

    def publish(conn: Connection) -> int:
        now = park.clock.now()
        root = people.district_id(conn)
        what = plan.draft(conn, now, title=title, drafter_id=None, organisation_id=root, start=at(start), **details)
        plan.publish(conn, what.id, now, ())
        return what.id

    return await park.app.db.run(publish)


async def october(park: Park) -> None:
    """Four activities of October 2025, planned in September."""
    await park.until("2025-09-28T10:00")
    await plans(park, "主题党日", "2025-10-25T14:30", place="多功能厅", required=True)
    await plans(park, "红色晨会", "2025-10-12T08:00", place="一楼大厅")
    await plans(park, "惠企政策宣讲会", "2025-10-18T15:00", place="二楼会议室", capacity=1)
    await plans(park, "秋日健步走", "2025-10-28T09:00")


MENU = """【10月活动菜单】
1. 红色晨会 10月12日（周日）08:00 一楼大厅（自选）
2. 惠企政策宣讲会 10月18日（周六）15:00 二楼会议室（自选，限1人）
3. 主题党日 10月25日（周六）14:30 多功能厅（必选）
4. 秋日健步走 10月28日（周二）09:00（自选）
回复「选1、4」报名，「退1」取消，「菜单」再看。"""


@pytest.mark.parametrize(
    ("month", "pushed", "settled"),
    [
        ("2025-10-01", "2025-10-09T09:00", "2025-10-31T16:00"),
        ("2025-05-01", "2025-05-06T09:00", "2025-05-30T16:00"),
        ("2025-07-01", "2025-07-01T09:00", "2025-07-31T16:00"),
        ("2025-02-01", "2025-02-05T09:00", "2025-02-28T16:00"),
    ],
)
def test_working_days_are_those_of_the_state_council(month: str, pushed: str, settled: str) -> None:
    first = date.fromisoformat(month)
    assert push_moment(first) == at(pushed)
    assert settlement_moment(first) == at(settled)
    assert reminder_moment(first) == at(f"{month[:8]}20T09:00")


async def test_pushed_after_the_holiday_to_each_open_group_once(park: Park) -> None:
    await october(park)
    await park.until("2025-10-09T08:59")
    assert not [out for out in park.channel.sent if "菜单" in out.text]
    await park.until("2025-10-09T10:00")
    menus = {out.chat: out for out in park.channel.sent if "菜单" in out.text}
    assert set(menus) == {"haina", "yunfan", "jinhai"}
    assert menus["haina"].text == MENU
    assert menus["haina"].at == at("2025-10-09T09:00")

    def forget(conn: Connection) -> None:  # as if the process had died before it recorded the run
        conn.execute(sa.delete(job_run).where(job_run.c.job == "menus.push"))
        push = job_cursor.c.job == "menus.push"
        conn.execute(sa.update(job_cursor).where(push).values(at=at("2025-10-09T08:30")))

    await park.app.db.run(forget)
    restarted = Scheduler(park.app.db, JOBS)
    await restarted.start(park.clock.now())
    assert await restarted.tick(park.clock.now()) == 1
    await park.wait(minutes=30)
    assert len([out for out in park.channel.sent if "菜单" in out.text]) == 3


async def test_a_month_without_activities_pushes_nothing(park: Park) -> None:
    await park.until("2025-12-31T12:00")
    assert not [out for out in park.channel.sent if "菜单" in out.text]


async def test_members_choose_and_drop_by_number(park: Park) -> None:
    await october(park)
    zhang, li = park.member("张伟"), park.member("李敏")
    assert await zhang.says("选2") is None  # nobody has seen a menu here
    await park.until("2025-10-09T09:30")
    chosen = await zhang.says("选2、4")
    assert chosen == (
        "已报名2号「惠企政策宣讲会」，10月18日（周六）15:00 二楼会议室。\n"
        "已报名4号「秋日健步走」，10月28日（周二）09:00。"
    )
    assert await zhang.says("1") is None
    assert await zhang.says("选4") == "4号「秋日健步走」您已经报过了。"
    assert await zhang.says("选9") == (
        "10月菜单没有9号，现有：1号红色晨会、2号惠企政策宣讲会、3号主题党日、4号秋日健步走。"
    )
    full = await li.says("选②③")
    assert full and "3号「主题党日」" in full and "2号「惠企政策宣讲会」名额已满" in full
    assert await li.says("好的候补") == "已登记「惠企政策宣讲会」候补，第1位，有空位会通知您。"
    assert await zhang.says("退2") == "已取消2号「惠企政策宣讲会」报名，空出的名额已顺延给候补并通知本人。"
    assert "候补转为正式" in park.to_person(li)[-1]
    assert await zhang.says("退2") == "2号「惠企政策宣讲会」您没有报名，不用退。"


async def test_numbers_stay_when_the_plan_changes(park: Park) -> None:
    await october(park)
    await park.until("2025-10-09T09:30")
    new = await plans(park, "重阳敬老", "2025-10-11T09:00")
    zhang = park.member("张伟")
    menu = await zhang.says("@小红 菜单")
    assert menu and "\n5. 重阳敬老 10月11日" in menu and "3. 主题党日" in menu
    await park.app.db.run(plan.cancel, new, park.clock.now())
    assert await zhang.says("@小红 选5") == "「重阳敬老」已经取消，不用报名了。"
    assert await zhang.says("菜单") == MENU


async def test_months_asked_for(park: Park) -> None:
    await october(park)
    zhang = park.member("张伟")
    assert await zhang.says("@小红 下个月的菜单") == MENU
    assert await zhang.says("@小红 10月菜单") == MENU
    assert await zhang.says("@小红 本月菜单") == "本月没有还可以选的活动，有新活动会在群里发布。"
    assert await zhang.says("@小红 12月活动菜单") == "12月的活动还没有安排，定下来会在群里发菜单。"
    assert await park.person("钱进", chat="yunfan").says("菜单") is None


async def test_a_bare_number_answers_the_menu_only_in_private(park: Park) -> None:
    await october(park)
    zhang = park.member("张伟")
    await zhang.says("大家好")
    assert await zhang.whispers("下个月的菜单") == MENU
    assert await zhang.whispers("退1") == "1号「红色晨会」您没有报名，不用退。"
    chosen = await zhang.whispers("1")
    assert chosen and chosen.startswith("已报名1号「红色晨会」")


async def test_whoever_has_not_chosen_is_reminded_once_privately(park: Park) -> None:
    await october(park)
    await plans(park, "支部党员大会", "2025-10-30T15:00", required=True)
    await plans(park, "晨读", "2025-10-10T08:00", required=True)
    zhang, li, he, guo = park.member("张伟"), park.company("李敏"), park.member("何丹"), park.handler("郭师傅")
    stranger = park.person("路人", None)
    await park.until("2025-10-09T09:30")
    for someone in (zhang, li, he, guo, stranger):
        await someone.says("收到")
    assert await li.says("选4、6")
    await he.says("@小红 主题党日我请假，孩子发烧")
    before = len(park.channel.sent)
    await park.until("2025-10-20T12:00")
    told = {out.chat: out.text for out in park.channel.sent[before:] if "必选" in out.text}
    assert told == {
        "p:wx_张伟": "【提醒】10月的必选活动您还没有选：4号「主题党日」10月25日（周六）14:30、"
        "6号「支部党员大会」10月30日（周四）15:00。回复「选4、6」即可报名，来不了请回复「请假」和原因。",
        "p:wx_何丹": "【提醒】10月的必选活动您还没有选：6号「支部党员大会」10月30日（周四）15:00。"
        "回复「选6」即可报名，来不了请回复「请假」和原因。",
    }
    assert await he.whispers("6") == "已报名6号「支部党员大会」，10月30日（周四）15:00。"
    after = len(park.channel.sent)
    await park.until("2025-10-24T08:00")
    assert not [out for out in park.channel.sent[after:] if "必选" in out.text]


async def test_nobody_is_reminded_of_a_menu_that_nobody_saw(park: Park) -> None:
    zhang = park.member("张伟")
    await zhang.says("收到")
    await park.until("2025-08-01T08:00")
    assert park.to_person(zhang) == []


async def test_secretaries_get_the_settlement(park: Park) -> None:
    await october(park)
    zhang, li, chen = park.member("张伟"), park.member("李敏"), park.secretary("陈书记")
    await park.until("2025-10-09T09:30")
    for someone in (zhang, li, chen):
        await someone.says("收到")
    await chen.says("收到", chat="yunfan")
    await zhang.says("选3")
    await park.until("2025-10-25T14:30")
    await zhang.says("@小红 主题党日签到")
    before = len(park.channel.sent)
    await park.until("2025-10-31T16:30")
    (settled,) = [out for out in park.channel.sent[before:] if "结算" in out.text]
    assert settled.chat == "p:wx_陈书记"
    assert settled.text == (
        "【10月活动结算】共4项活动\n"
        "· 红色晨会 10月12日（周日）08:00：报名0人，签到0人\n"
        "· 惠企政策宣讲会 10月18日（周六）15:00：报名0人，签到0人\n"
        "· 主题党日（必选） 10月25日（周六）14:30：报名1人，签到1人\n"
        "· 秋日健步走 10月28日（周二）09:00：报名0人，签到0人\n"
        "没有选必选「主题党日」（海纳商圈）：李敏，共1人"
    )


async def test_a_menu_that_needs_approval_waits_for_it(park: Park) -> None:
    await october(park)
    staff, zhang = park.staff("蔡宁"), park.member("张伟")
    chen = Actor(park, "chen", "陈书记", None, "haina")  # the one whom the district knows by that name
    await chen.says("@小红 10月主题：强国有我")
    assert "由陈书记审批" in (await staff.whispers("海纳商圈菜单由陈书记审批") or "没有")
    await park.until("2025-10-09T09:10")  # named too late to be asked three working days before
    asked = park.to_person(chen)[-1]
    assert asked.startswith("【待审批】10月活动菜单\n海纳商圈（主题：强国有我）：\n1. 红色晨会")
    assert "还在审批" in (await zhang.says("@小红 本月活动菜单") or "")
    assert "已退回" in (await chen.whispers("不同意，先定场地") or "")
    await park.until("2025-10-09T10:00")
    assert {out.chat for out in park.channel.sent if "月活动菜单】" in out.text and not out.private} == {
        "yunfan",
        "jinhai",
    }
    assert "正在发到1个群" in (await chen.whispers("同意") or "")
    await park.wait(minutes=1)
    assert sum("本月主题：强国有我" in text for text in park.to_chat("haina")) == 1
    assert "已报名2号「惠企政策宣讲会」" in (await zhang.says("选2") or "")


async def test_numbers_of_menu_and_activities_lead_to_the_same(park: Park) -> None:
    await october(park)
    await park.until("2025-10-09T09:30")
    zhang = park.member("张伟")
    number = (await park.rows("select id from activity where title = '秋日健步走'"))[0].id
    assert number > 200
    assert "「秋日健步走」" in (await zhang.says(f"选{number}") or "")
    assert "「惠企政策宣讲会」" in (await zhang.says("@小红 2号活动报名") or "")


async def test_the_menu_is_followed_by_its_picture_where_the_channel_can(park: Park) -> None:
    await plans(park, "红色晨会", "2025-08-12T08:00", place="一楼大厅")

    def join(conn: Connection) -> None:
        home = people.find_organisation(conn, "海纳商圈")
        assert home is not None
        people.bind_chat(conn, people.meet_chat(conn, "web", "haina-web").id, home, "group")

    await park.app.db.run(join)
    await park.until("2025-08-01T09:10")
    rows = await park.rows("select text, file from outbox where chat = 'haina-web' order by id")
    assert [row.text.partition("\n")[0] for row in rows] == ["【8月活动菜单】", "8月活动菜单.png"]
    (kept,) = await park.rows("select file from menu_poster")
    digest = re.search(r"[0-9a-f]{64}", str(kept.file))
    assert digest is not None and park.app.files.find(digest[0]) is not None
    assert not [row for row in await park.rows("select file from outbox where chat = 'haina'") if row.file]
