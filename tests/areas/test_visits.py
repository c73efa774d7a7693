"""走访: records, what is found in them, and the ledger."""

import pytest

from handlers.visits import problem_in
from tests.actors import Actor, Park


@pytest.fixture
def yu(park: Park) -> Actor:
    return park.person("于洋", "instructor")


async def test_a_record_becomes_a_card(park: Park, yu: Actor) -> None:
    assert await yu.says("今天走访海纳电子，支部学习正常，没有新诉求") == "已记走访：海纳电子，7月22日。"
    assert await yu.says("@小红 昨天走访福记面馆，没有新诉求") == "已记走访：福记面馆，7月21日。"
    rows = await park.rows(
        "select o.name, v.company, v.day from visit v join organisation o on o.id = organisation_id order by v.id"
    )
    assert [(row.name, row.company, str(row.day)) for row in rows] == [
        ("海纳电子有限公司", "海纳电子", "2025-07-22"),
        ("福记面馆", "福记面馆", "2025-07-21"),
    ]


async def test_a_stretch_of_days_is_no_day_of_a_visit(yu: Actor) -> None:
    assert await yu.says("走访记录：今天到福记面馆，受天气影响上半年生意少了三成") == "已记走访：福记面馆，7月22日。"
    assert await yu.says("走访记录：海纳电子，上半年党费都收齐了") == "已记走访：海纳电子，7月22日。"
    assert await yu.says("补记：12月5日走访金帆水产，一切正常") == "已记走访：金帆水产，2024年12月5日。"


async def test_the_company_is_asked_for_when_it_is_missing(park: Park, yu: Actor) -> None:
    asked = await yu.says("@小红 走访记录：今天下午去了一家企业，聊了组织生活")
    assert asked == "走访的是哪家企业或组织？请回复名称。"
    assert await yu.says("今天真热") is None
    assert await yu.says("金帆水产") == "已记走访：金帆水产，7月22日。"


async def test_the_same_record_again_is_the_same_visit(park: Park, yu: Actor) -> None:
    for _ in range(2):
        await yu.says("今天走访海纳电子，支部学习正常，没有新诉求")
    assert await park.rows("select count(*) from visit") == [(1,)]


async def test_a_problem_is_reported_when_the_instructor_says_so(park: Park, yu: Actor) -> None:
    reply = await yu.says("今天走访海纳电子，支部活动正常，企业反映3号楼停车位不够用")
    assert reply == "已记走访：海纳电子，7月22日。\n要把「3号楼停车位不够用」报为诉求吗？请回复「是」。"
    assert await park.member("张伟").says("是") is None
    assert await yu.says("好的") is None  # meant for somebody else in the group
    assert await park.rows("select count(*) from need") == [(0,)]
    assert await yu.says("是") == ("已登记诉求101号（物业服务·海纳电子），已派给物业服务组，7月22日11:10前响应。")
    (card,) = park.to_chat("desk-wuye")
    assert "走访海纳电子时企业提出" in card
    (need,) = await park.rows("select n.state, p.name from need n join person p on p.id = reporter_id")
    assert (need.state, need.name) == ("dispatched", "于洋")
    assert await park.rows("select need_id from visit") == [(101,)]


async def test_what_the_owner_says_is_a_problem(park: Park, yu: Actor) -> None:
    reply = await yu.whispers("今天上午去了福记面馆，老板说客人停车不方便")
    assert reply and reply.endswith("要把「客人停车不方便」报为诉求吗？请回复「是」。")
    assert await yu.whispers("走访记录：今天到海纳电子，经理说一切都好") == "已记走访：海纳电子，7月22日。"


async def test_a_no_keeps_the_visit_only(park: Park, yu: Actor) -> None:
    await yu.says("走访记录：7月18日到云帆科技，反映用工紧张，已送惠企政策汇编一份")
    assert await yu.says("不用报") == "好的，只记走访，不报诉求。"
    assert await park.rows("select count(*) from need") == [(0,)]
    assert await park.rows("select count(*) from visit") == [(1,)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("今天走访宏达物流，企业反映停车难。", "停车难"),
        ("昨天走访创域文旅，反映流感疫苗团体预约困难", "流感疫苗团体预约困难"),
        ("走访日志\n需求:缺党务培训资料", "缺党务培训资料"),
        ("今天走访宏达铸造，无诉求，生产停三天", None),
        ("昨天走访晋味楼，支部学习正常，没有新诉求", None),
        ("上周五走访瑞康药房，指导支部规范化建设，无问题反映", None),
        ("今天走访茶厂，反映缺工60人，已代报", None),
        ("今儿走访老韩家，反映资金紧，已登记", None),
        ("今日走访华艺文创，党员五名，希望多参加联建活动", None),
        ("走访启程供应链，宣传稳岗政策，库房消防通道堆物已现场提醒整改", None),
    ],
)
def test_only_a_plain_problem_is_offered(text: str, problem: str | None) -> None:
    assert problem_in(text) == problem


async def test_who_may_record(park: Park) -> None:
    zhang = park.member("张伟")
    assert await zhang.says("今天走访了海纳电子，一切正常") is None
    refused = await zhang.says("@小红 走访记录：今天到海纳电子，无诉求")
    assert refused and refused.startswith("抱歉，这项功能只对党建指导员")
    assert await park.rows("select count(*) from visit") == [(0,)]


async def test_the_ledger_is_for_staff_in_private(park: Park, yu: Actor) -> None:
    cai = park.staff("蔡主任")
    await yu.says("今天走访海纳电子，支部学习正常，没有新诉求")
    assert await cai.says("@小红 走访台账") == "走访台账已私发给您。"
    (ledger,) = park.to_person(cai)
    assert ledger.splitlines() == [
        "走访台账（2025-07-01 至 2025-09-30）",
        "共走访1次。",
        "于洋：1次，1家",
        "还没走访的企业（4家）：福记面馆、云帆科技、博远教育、金帆水产",
    ]
    refused = await yu.says("@小红 走访台账")
    assert refused and "4家" not in refused


async def test_several_matters_and_several_companies(park: Park, yu: Actor) -> None:
    reply = await yu.whispers("今天去了福记面馆，老板说停车难，还想办个贷款")
    assert reply and reply.endswith("要把「停车难」「办个贷款」报为诉求吗？请回复「是」。")
    done = await yu.whispers("是")
    assert done and [line[:14] for line in done.split("\n")] == [
        "已登记诉求101号（物业服务",
        "已登记诉求102号（金融服务",
    ]
    assert await yu.whispers("走访了博远教育和云帆科技，都挺好") == "已记走访：博远教育、云帆科技，7月22日。"
    assert "、" not in (await yu.whispers("走访了海纳电子，谈到云帆科技的班车，没有诉求") or "、")
    assert await park.rows("select count(*) from visit") == [(4,)]
