"""Open questions: who may answer, what counts as an answer, and what becomes of the rest."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import questions
from bot.capability import Context, Slot, handler
from bot.dispatch import Dispatcher
from bot.domain import people
from tests.actors import Park
from tests.core.test_pipeline import accept, message


@handler("ask_rating", commands=("办结",))
def ask_rating(ctx: Context) -> str:
    ctx.ask("rate", "rating", {}, within=timedelta(days=7))
    return "满意吗？"


@handler("rate", slots=(Slot("rating", lambda _, text: text if "满意" in text else None),))
def rate(ctx: Context, rating: str) -> str:
    return f"记下：{rating}"


@handler(
    "publish",
    roles=("secretary",),
    commands=("发布",),
    slots=(Slot("title", lambda _, text: text or None, lambda _: "叫什么？"),),
)
def publish(ctx: Context, title: str) -> str:
    return f"已发布{title}"


async def test_a_cancel_word_days_later_is_talk(park: Park) -> None:
    park.app.runtime.settler.dispatcher = Dispatcher([ask_rating, rate])
    zhang = park.member("张伟")
    assert await zhang.says("@小红 办结") == "满意吗？"
    await park.wait(days=2)
    assert await zhang.says("算了") is None
    assert await zhang.says("满意") == "记下：满意"
    assert await zhang.says("@小红 办结") == "满意吗？"
    await park.wait(days=2)
    assert await zhang.says("@小红 算了") == "好的，已取消。"


@handler(
    "choose",
    commands=("选",),
    slots=(Slot("which", lambda _, text: text if text == "1" else None, lambda _: "哪个？"),),
)
def choose(ctx: Context, which: str) -> str:
    return f"选了{which}"


@pytest.mark.parametrize("together", [True, False])
async def test_a_digit_is_for_the_last_reply_however_the_backlog_is_cut(park: Park, together: bool) -> None:
    park.app.runtime.settler.dispatcher = Dispatcher([choose, ask_rating, rate])
    said = [message(n, f"@小红 {text}") for n, text in enumerate(("选", "1", "选", "办结", "1", "满意"))]
    for batch in [said] if together else [[one] for one in said]:
        await accept(park, *batch)
        while await park.app.runtime.work():
            pass
    replies = [row.text for row in await park.rows("select text from outbox order by id")]
    assert replies == ["哪个？", "选了1", "哪个？", "满意吗？", "记下：满意"]


async def test_an_answer_gives_no_rights(park: Park) -> None:
    park.app.runtime.settler.dispatcher = Dispatcher([publish])
    zhang = park.secretary("张伟")
    assert await zhang.says("@小红 发布") == "叫什么？"
    zhang.role = "member"  # the gateway says that the office is over
    assert await zhang.says("党课") is None
    zhang.role = "secretary"
    assert await zhang.says("党课") == "已发布党课"


async def test_a_question_of_another_version_is_passed_over(park: Park) -> None:
    park.app.runtime.settler.dispatcher = Dispatcher([ask_rating, rate])
    zhang = park.member("张伟")
    await zhang.says("@小红 办结")
    await park.app.db.run(lambda conn: conn.execute(sa.update(questions.open_question).values(slot="stars")))
    assert await zhang.says("满意") is None
    assert await park.rows("select distinct state from inbox") == [("done",)]


async def test_a_question_waits_in_the_chat_where_it_was_asked(park: Park) -> None:
    park.app.runtime.settler.dispatcher = Dispatcher([ask_rating, rate])
    zhang = park.member("张伟")
    await zhang.says("@小红 办结")
    assert await zhang.says("满意", chat="yunfan") is None
    assert await zhang.whispers("满意") is None
    assert await park.member("李敏").says("满意") is None
    assert await zhang.says("满意") == "记下：满意"


async def test_expired_questions_are_swept(park: Park) -> None:
    park.app.runtime.settler.dispatcher = Dispatcher([ask_rating, rate])
    await park.member("张伟").says("@小红 办结")
    await park.wait(days=9)
    assert await park.rows("select * from open_question") == []


async def test_no_role_is_had_by_saying_so(park: Park) -> None:
    """Registration puts a name and a company on file; a role is granted or vouched for, and only where it holds."""
    zhang = park.person("张伟", None)
    await zhang.says("@小红 我是街道工委的工作人员张伟，帮我登记")
    assert await zhang.says("@小红 统计 本月") in (None, "抱歉，这项功能只对支部书记、工作人员开放。")
    assert (
        await park.rows("select role from role_grant g join person p on p.id = g.person_id where name = '张伟'") == []
    )
    cai = park.secretary("蔡芳")
    await cai.says("大家好")
    cai.role = None
    role = await park.app.db.run(people.role_of, "replay", "yunfan", cai.id)
    assert role == people.STRANGER


async def test_a_bare_digit_is_for_the_list_that_was_the_last_reply(park: Park) -> None:
    await park.secretary("陈书记").says("早")
    lin = park.member("林晓")
    await lin.says("早")
    assert "1. 主题党日" in (await lin.whispers("菜单") or "")
    await park.wait(minutes=1)
    assert "不客气" in (await lin.whispers("谢谢") or "")
    await park.wait(minutes=1)
    assert "报名" not in (await lin.whispers("1") or "")
    assert await park.rows("select 1 from sign_up") == []
    assert "已报名1号" in (await lin.whispers("选1") or "")
    await park.wait(minutes=1)
    assert "已报名2号" in (await lin.whispers("2") or "")
