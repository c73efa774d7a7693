"""统计: who may see figures, whether they are right, and the files behind the links."""

import io
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook
from sqlalchemy.engine import Connection

from bot.domain import needs, people
from bot.domain.needs import CATEGORIES, By
from bot.web.server import application
from tests.actors import Actor, Park
from tests.web.login import log_in

QUARTER = datetime.fromisoformat("2025-07-24T09:00:00+08:00")
OCTOBER = "2025-10-09T09:00"


def twelve_needs(conn: Connection, chat: str = "haina") -> None:
    """12 needs reported in the third quarter, 9 resolved: 4 satisfied, 1 neutral, 1 dissatisfied and resolved again,
    3 unrated. One of the three open ones was never taken. Two more belong to other quarters."""
    where = people.find_chat(conn, "replay", chat)
    assert where
    reporter = people.meet_person(conn, "replay", "wx_reporter", "柳工")
    people.register(conn, reporter.id, QUARTER, name="柳工", company="海纳电子")
    handler = people.meet_person(conn, "replay", "wx_guo", "郭师傅")

    def report(number: int, at: datetime) -> int:
        text = f"=SUM({number}) 电话13900007781" if number == 1 else f"第{number}件事"
        return needs.report(conn, By(reporter.id, at), category=CATEGORIES[number % 7], text=text, chat_id=where.id).id

    report(90, QUARTER - timedelta(days=60))
    for number in range(12):
        at = QUARTER + timedelta(days=5 * number)
        need = report(number, at)
        if number < 11:
            late = timedelta(days=3 if number == 2 else 0, hours=1)
            needs.accept(conn, need, By(handler.id, at + late, role="handler"))
        if number < 9:
            needs.resolve(conn, need, By(handler.id, at + timedelta(days=4), role="handler"), "好了")
        if number < 6:
            rating = {4: "neutral", 5: "dissatisfied"}.get(number, "satisfied")
            needs.rate(conn, need, By(reporter.id, at + timedelta(days=5)), rating)
        if number == 5:
            needs.resolve(conn, need, By(handler.id, at + timedelta(days=6), role="handler"), "又好了")
    report(91, datetime.fromisoformat("2025-10-01T00:00:00+08:00"))


@pytest.fixture
async def october(park: Park) -> Park:
    """Weeks later, though no job ran meanwhile: figures are counted from what people did."""
    await park.app.db.run(twelve_needs)
    park.clock.move_to(datetime.fromisoformat(f"{OCTOBER}+08:00"))
    return park


FIGURES = """统计（2025-07-01 至 2025-09-30）
诉求：收到12件，办结9件，办结率75%；超期未办结3件。
党建指导 2件（办结2）；人才服务 2件（办结2）
综合服务 2件（办结1）；金融服务 2件（办结1）
法律服务 2件（办结1）；物业服务 1件（办结1）
社会服务 1件（办结1）"""


async def test_refused_for_a_member_given_to_staff(october: Park) -> None:
    zhao, cai = october.member("赵敏"), october.staff("蔡主任")
    refused = await zhao.says("@小红 统计 三季度诉求")
    assert refused == "抱歉，这项功能只对支部书记、工作人员开放。"
    assert await zhao.says("我就看一眼，我是党委的") is None
    assert await cai.whispers("统计 三季度诉求") == FIGURES
    assert await cai.says("@小红 导出三季度台账") == "台账已私发给您。"
    (ledger,) = [text for text in october.to_person(cai) if "台账" in text]
    assert "收到12件，办结9件" in ledger and len(ledger.splitlines()) <= 15
    assert "13900007781" not in ledger
    log = await october.rows("select what, granted from access_log order by id")
    assert [(row.what, bool(row.granted)) for row in log] == [
        ("query_stats", False),
        ("query_stats", True),
        ("query_stats", True),
    ]
    outcomes = await october.rows("select outcome from inbox where sender = 'wx_赵敏' order by id")
    assert outcomes[0].outcome == "forbidden:query_stats"
    assert await october.rows(
        "select role from role_grant g join person p on p.id = person_id where p.name = '赵敏'"
    ) == [("member",)]
    assert await october.rows("select kind from export") == [("ledger",)]


async def test_the_three_rates_say_what_they_are_of(october: Park) -> None:
    cai = october.staff("蔡主任")
    reply = await cai.says("@小红 三率 三季度")
    assert reply
    # Number 2 was taken after three days, number 11 never; the reopened need waits for a new rating.
    assert "响应率 83.3%，10/12" in reply
    assert "解决率 75%，9/12" in reply
    assert "满意率 80%，4/5" in reply
    assert "未评价4件（不算满意）" in reply
    narrowed = await cai.says("@小红 三率 物业组 三季度")
    assert narrowed and "2025-09-30，物业服务）" in narrowed and "解决率 100%，1/1" in narrowed
    nothing = await cai.says("@小红 三率 上月 社会服务")
    assert nothing and "（2025-09-01 至 2025-09-30，社会服务）" in nothing and "满意率 暂无" in nothing


async def test_the_rates_are_split_and_lead_to_the_needs(october: Park) -> None:
    """Every line of a split is counted from the same needs, and the numbers behind a rate are as many as it lacks."""
    cai = october.staff("蔡主任")
    by_level = await cai.says("@小红 三率 三季度 按级别")
    assert by_level and by_level.splitlines()[-2:] == [
        "网格（11件）：响应9/11，解决8/11，满意4/5",
        "社区（1件）：响应1/1，解决1/1，满意0/0",
    ]
    by_place = await cai.says("@小红 三率 三季度 按组织")
    assert by_place and by_place.splitlines()[-1] == "海纳商圈（12件）：响应10/12，解决9/12，满意4/5"
    by_category = await cai.says("@小红 三率 三季度 按类别")
    assert by_category and sum(int(n) for n in re.findall(r"（(\d+)件）：", by_category)) == 12
    week = await cai.whispers("上周三率")
    assert week and week.startswith("统计（2025-09-29 至 2025-10-05）"), "not of last Wednesday"
    assert await cai.says("@小红 三率明细 三季度") == "明细已私发给您。"
    behind = october.to_person(cai)[-1].splitlines()
    numbers = {line.split("：")[0]: re.findall(r"\d+(?=号)", line) for line in behind[4:-1]}
    lacking = {name: len(found) for name, found in numbers.items()}
    assert lacking == {"未按时响应": 2, "未办结": 3, "一般": 1, "不计入": 4}
    detail = await cai.whispers(f"{numbers['一般'][0]}号详情")
    assert detail and "评价 柳工 neutral" in detail


async def test_withdrawn_needs_count_in_no_rate(park: Park) -> None:
    liu, cai = park.company("柳工"), park.staff("蔡主任")
    await liu.says("@小红 3号楼货梯坏两天了，麻烦安排修一下，电话13900007781")
    await liu.says("@小红 101号不用了，撤回吧")
    reply = await cai.says("@小红 统计 本月")
    assert reply and "收到1件，办结0件，办结率暂无；撤回1件不计入" in reply
    assert len(reply.splitlines()) <= 15
    assert reply.startswith("统计（2025-07-01 至 2025-07-31）")


async def test_staff_ask_in_their_own_words(park: Park) -> None:
    """What is no question of figures gets none; a need is withdrawn, an organiser asks who came, roles are no chat."""
    cai, chen, liu = park.staff("蔡主任"), park.secretary("陈书记"), park.company("柳工")
    await liu.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    for words, head in (
        ("上个月的汇总", "统计（2025-06-01 至 2025-06-30）"),
        ("物业组这个月干得如何", "统计（2025-07"),
    ):
        figures = await cai.whispers(words)
        assert figures and figures.startswith(head), words
    assert "物业服务）" in (await cai.whispers("物业组这个月干得如何") or "")
    assert "统计（" not in (await liu.whispers("物业干得怎么样") or "")
    for words in ("云帆群里一共有多少人", "这个群有几个人在线"):
        assert "统计（" not in (await cai.whispers(words) or ""), words
    await liu.whispers("我是海纳电子的柳工")
    assert "chuishao grant wx_柳工 handler" in (await cai.whispers("把柳工设为经办人") or "")
    assert "只对工作人员" in (await liu.whispers("授予柳工工作人员") or "")
    assert "积分记录" in (await cai.whispers("本月谁的积分最高") or "")
    assert await cai.whispers("把101号撤掉吧") == "诉求101号已撤回。"

    lin = park.member("林晓")
    await lin.says("主题党日报名")
    await park.until("2025-07-25T14:00")
    await lin.says("@小红 签到")
    assert await chen.says("@小红 主题党日谁没签到") == "「主题党日」已签到1人，报名的都签到了。"
    assert "已签到1人" in (await chen.whispers("来了几个人了") or "")
    assert await chen.says("几个人了") is None


async def test_this_month_is_meant_where_no_period_is_named(october: Park) -> None:
    reply = await october.staff("蔡主任").says("@小红 统计")
    assert reply and reply.startswith("统计（2025-10-01 至 2025-10-31）\n诉求：收到1件")
    assert "活动：举办" in reply and "政策问答：提问0个" in reply


async def test_a_secretary_sees_the_own_groups_only(park: Park) -> None:
    await park.app.db.run(twelve_needs, "haina")
    park.clock.move_to(datetime.fromisoformat(f"{OCTOBER}+08:00"))
    there = park.person("甘书记", "secretary", chat="yunfan")
    reply = await there.says("@小红 统计 三季度诉求")
    assert reply and "收到0件" in reply and "本组织范围" in reply
    assert "收到0件" in (await there.whispers("统计 三季度诉求") or "")
    here = park.person("陈书记", "secretary", chat="haina")
    assert "收到12件" in (await here.says("@小红 统计 三季度诉求") or "")
    # In a group that belongs to nobody in particular, only what was said there.
    new = park.person("魏书记", "secretary", chat="g_new@chatroom")
    assert "收到0件" in (await new.says("@小红 统计 三季度诉求") or "")


async def test_open_needs_of_any_age_are_listed(october: Park) -> None:
    cai = october.staff("蔡主任")
    assert await cai.says("@小红 未办结的诉求清单") == "台账已私发给您。"
    text = october.to_person(cai)[-1]
    assert "5件，其中超期4件" in text


async def test_who_is_not_staff_stays_out_in_private_too(october: Park) -> None:
    for role in ("member", "company", "handler", "instructor"):
        someone = october.person(f"某{role}", role)
        for text in ("台账", "三张清单", "统计 三季度诉求"):
            reply = await someone.whispers(text)
            assert reply and reply.startswith("抱歉") and not re.search(r"\d", reply)
        assert await someone.says("统计 三季度诉求") is None


# files


@pytest.fixture
async def pages(october: Park) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    server = TestServer(application(october.app.db, october.clock, None))
    async with TestClient(server) as client:
        yield client


async def path_for(park: Park, cai: Actor, request: str) -> str:
    reply = await cai.whispers(request)
    found = re.search(r"http://127\.0\.0\.1:8080(/downloads/\S+)", reply or "")
    assert found, reply
    return found[1]


async def test_the_ledger_is_a_masked_sheet(october: Park, pages: TestClient) -> None:  # type: ignore[type-arg]
    path = await path_for(october, october.staff("蔡主任"), "导出三季度台账")
    assert len(path.removeprefix("/downloads/")) >= 40
    async with pages.get(path) as answer:
        assert (answer.status, "请先登录" in await answer.text()) == (401, True)
    await log_in(pages, october.staff("周科长"))
    async with pages.get(path) as answer:
        assert answer.status == 404  # the link is another's
    await log_in(pages, october.staff("蔡主任"))
    async with pages.get(path) as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        book = load_workbook(io.BytesIO(await answer.read()))
    head, *rows = book["诉求台账"].iter_rows(values_only=True)
    assert head == (
        *("编号", "时间", "来源群", "类别", "地点", "内容", "报事人单位"),
        *("状态", "经办人", "办结时间", "评价"),
    )
    assert len(rows) == 12
    assert rows[1][5] == "=SUM(1) 电话139****7781"
    assert book["诉求台账"].cell(3, 6).data_type == "s"
    assert rows[0][1:4] == ("2025-07-24 09:00", "海纳商圈党建群", "党建指导")
    assert rows[0][6:] == ("海纳电子", "已结案", "郭师傅", "2025-07-28 09:00", "满意")
    assert (await october.rows("select what from access_log order by id"))[-1] == ("download:ledger",)


async def test_the_lists_carry_unfinished_needs_over(october: Park, pages: TestClient) -> None:  # type: ignore[type-arg]
    path = await path_for(october, october.staff("蔡主任"), "三张清单 三季度")
    await log_in(pages, october.staff("蔡主任"))
    async with pages.get(path) as answer:
        book = load_workbook(io.BytesIO(await answer.read()))
    assert book.sheetnames[:2] == ["需求清单", "活动清单"]
    rows = list(book["需求清单"].iter_rows(min_row=2, values_only=True))
    assert [row[-1] for row in rows] == ["上期结转", *[None] * 12]
    titles = [row[1] for row in book["活动清单"].iter_rows(min_row=2, values_only=True)]
    assert "主题党日" in titles


async def test_a_link_expires_and_cannot_be_guessed(october: Park, pages: TestClient) -> None:  # type: ignore[type-arg]
    path = await path_for(october, october.staff("蔡主任"), "台账")
    await log_in(pages, october.staff("蔡主任"))
    async with pages.get("/downloads/abc") as answer:
        assert answer.status == 404
    await october.wait(hours=25)
    async with pages.get(path) as answer:
        assert (answer.status, "已过期" in await answer.text()) == (404, True)
