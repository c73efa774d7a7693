"""会客厅: topics before a session, merged, promised with owner and date, asked after; the quarterly claim round."""

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.voice import Voice
from scheduler.job import Job
from scheduler.topics import JOBS
from tests.actors import Park

PROMISES, CLAIMS = JOBS


async def strikes(park: Park, job: Job, moment: str) -> list[str]:
    """One job alone, on a day far off: what it says when the clock gets there."""
    before, until = park.clock.now(), datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    park.clock.move_to(until)
    said = len(park.channel.sent)

    def run(conn: Connection) -> None:
        for due in job.due(conn, before, until):
            job.run(conn, Voice(conn, due.at, f"{job.name}:{due.scope}:{due.at:%Y%m%d%H%M}"), due)

    await park.app.db.run(run)
    while await park.app.runtime.send(park.channel):
        pass
    return [out.text for out in park.channel.sent[said:]]


async def test_from_the_topic_to_the_promise_and_after(park: Park) -> None:
    li, wang, cai = park.company("李敏"), park.company("王磊"), park.staff("蔡宁")
    assert await li.says("@小红 议题：外来员工随迁子女积分入学怎么办") == (
        "已收下议题1号，等下一次会客厅或联席会议一并提交。有答复我私下告诉您。"
    )
    assert "只对" in (await li.says("@小红 会客厅：7月30日下午3点，二楼会议室，局长谈教育") or "")
    called = await cai.says("@小红 会客厅：7月30日下午3点，二楼会议室，教育局局长谈入学和用工")
    assert called is not None
    assert called.startswith("已登记会客厅1号（7月30日15:00），收到议题1个。")
    assert (await wang.whispers("议题：员工随迁子女积分入学名额太少") or "").startswith("已收下议题2号，列入会客厅1号")
    assert (await wang.whispers("议题：园区缺电工，能不能对接职校") or "").startswith("已收下议题3号")
    assert await wang.whispers("议题：园区缺电工，能不能对接职校") == "这个议题您已经提过了，是议题3号。"

    agenda = await cai.whispers("议程 1")
    assert agenda is not None
    assert agenda.splitlines()[0] == "会客厅1号（7月30日15:00）议程，3个议题："
    assert "1) 议题1和2：" in agenda
    assert "2) " not in agenda.split("像是同一件事")[1]
    assert await cai.whispers("1") == "议题2号已并入议题1号，共2人提出，有答复都会告诉。"
    assert "1. 外来员工随迁子女积分入学怎么办（2人提）" in (await cai.whispers("议程") or "")

    assert "谁、哪天前、办什么" in (await cai.whispers("议题1承诺：尽快解决") or "")
    kept = await cai.whispers("议题2承诺：教育局张科长，8月15日前，增加30个学位")
    assert kept == "已记下议题1号：教育局张科长承诺8月15日前增加30个学位。已告诉提议题的2人，7天、30天后我来问进展。"
    for who in (li, wang):
        assert park.to_person(who)[-1].endswith("有答复了：教育局张科长承诺8月15日前增加30个学位。")
    mine = (await wang.whispers("我的议题") or "").splitlines()
    assert mine[0] == "3. 园区缺电工，能不能对接职校"
    assert mine[1:] == ["1. 外来员工随迁子女积分入学怎么办（2人提）：教育局张科长承诺8月15日前增加30个学位"]

    assert await strikes(park, PROMISES, "2025-07-29T08:59") == []
    [asked] = await strikes(park, PROMISES, "2025-07-29T09:00")
    assert asked == (
        "议题1号承诺已7天：教育局张科长承诺8月15日前增加30个学位。请回复「议题1进展：…」，办好了回复「议题1办结」。"
    )
    assert await cai.whispers("议题1进展：学校名单已定") == "已记下议题1号的进展。"
    [asked] = await strikes(park, PROMISES, "2025-08-25T12:00")
    assert asked.startswith("议题1号承诺已30天，已过承诺日期：")
    assert (await cai.whispers("议题清单") or "").startswith("未办结的议题2个：")
    assert await cai.whispers("议题1办结，30个学位已分到企业") == "议题1号已办结，已告诉提议题的人。"
    assert park.to_person(li)[-1] == "您提的议题「外来员工随迁子女积分入学怎么办」办结了：30个学位已分到企业。"


async def test_the_quarterly_claim_round(park: Park) -> None:
    cai, li = park.person("蔡宁", None), park.company("李敏")
    cai.id = "cai"  # of the district's staff
    await cai.whispers("在吗")
    await li.whispers("3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    assert await strikes(park, CLAIMS, "2025-10-09T09:00") == []  # the quarter begins with a week of holidays
    assert await strikes(park, CLAIMS, "2025-10-09T10:00") == [
        "新季度了，有1件诉求可以摆上桌请大家认领。看清单并发布，请回复「发布认领清单」。"
    ]
    draft = await cai.whispers("发布认领清单")
    assert draft is not None
    assert "101号" in draft
    assert "139" not in draft
    assert park.to_chat("haina") == []
    await li.whispers("二楼漏水，请派人修，电话13900007781")
    again = await cai.whispers("确认")
    assert again is not None and again.startswith("清单有变化，现在是：") and "102号" in again
    assert park.to_chat("haina") == []
    assert (await cai.whispers("确认") or "").startswith("认领清单正在发到3个群")
    park.clock.move_to(park.clock.now() + timedelta(minutes=1))
    for _ in range(3):
        park.clock.move_to(park.clock.now() + timedelta(seconds=10))
        await park.app.runtime.send(park.channel)
    for group in ("haina", "yunfan", "jinhai"):
        assert "认领102号，我们出…" in park.to_chat(group)[-1]
