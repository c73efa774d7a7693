"""政策问答 told: what has expired, what is put right, questions that go on, and what is no policy question."""

from dataclasses import replace
from datetime import date

from bot.domain import answers
from knowledge.faq import load_entries
from tests.actors import Park
from tests.areas.test_answers import DUES, number


async def test_an_expired_answer_is_no_settled_one(park: Park) -> None:
    zhao = park.member("赵敏")
    await zhao.says("大家好")
    old = next(entry for entry in load_entries() if entry.id == "maternity-pay")
    old = replace(old, effective_to=date(2025, 6, 30))
    await park.app.db.run(answers.teach, old, 1, park.clock.now())
    reply = await zhao.says(f"@小红 {old.question}")
    assert reply and reply.startswith("知识库里的规定已于 2025-06-30 到期，已转给") and "仅供参考" in reply
    assert await park.rows("select count(*) from policy_question") == [(1,)]
    assert "政策问题1号" in park.to_chat("desk-rencai")[-1]


async def test_an_answer_that_was_sent_is_put_right(park: Park) -> None:
    tian, zhou = park.member("田姐"), park.person("周航", chat="yunfan")
    lin, cai = park.handler("林晓", chat="desk-dangjian"), park.staff("蔡主任")
    words = "请问换工作中间那三个月没交的党费，要去哪个支部补"
    n = number(await tian.says(words))
    await zhou.says(f"@小红 {words}")
    assert "还没有答复" in (await cai.whispers(f"改答 {n}：每月200元") or "")
    await lin.says(f"回复{n}：由原支部补收")
    again = await lin.says(f"回复{n}：{DUES}")
    assert again and f"改答 {n}：" in again and "由原支部补收" in park.to_chat("haina")[-1]
    done = await lin.says(f"改答 {n}：{DUES}")
    assert done and "更正已转给田姐、周航" in done
    for chat, name in (("haina", "田姐"), ("yunfan", "周航")):
        told = park.to_chat(chat)[-1]
        assert told.startswith(f"更正：{name}，") and told.endswith(DUES)
    assert "没有重复发送" in (await lin.says(f"改答 {n}：{DUES}") or "")
    assert DUES[:20] in (await cai.whispers("待审核") or "")
    assert "抱歉" in (await tian.whispers(f"改答 {n}：不用补") or "")


async def test_a_bare_question_goes_on_from_the_one_before(park: Park) -> None:
    zhao, li = park.member("赵敏"), park.member("李强")
    for words in ("要什么材料", "多少钱", "咋办呀", "怎么弄", "能不能办"):
        assert "您问的是哪件事" in (await li.whispers(words) or "")
    answer = await zhao.says("@小红 生育津贴怎么领")
    assert answer and "依据" in answer
    for words in ("要什么材料", "在哪办", "多少钱"):
        assert await zhao.says(f"@小红 {words}") == answer
    await park.wait(minutes=11)
    assert "您问的是哪件事" in (await zhao.says("@小红 要什么材料") or "")
    assert "我能帮您" in (await zhao.says("@小红 你能做什么") or "")


async def test_what_is_hardly_a_policy_question_gets_no_list_overheard(park: Park) -> None:
    assert await park.member("赵敏").says("报修要多久啊") is None
    assert await park.rows("select count(*) from policy_question") == [(0,)]


async def test_what_is_no_activity_gets_no_list_of_activities(park: Park) -> None:
    chen = park.secretary("陈书记")
    await chen.says("@小红 发布活动：插花体验课，7月30日上午9点半到11点，一楼活动角，限10人")
    await chen.says("确认")
    told = await park.member("赵敏").says("@小红 食堂开到几点")
    assert told and "插花体验课" not in told and "没有可以参加" not in told


async def test_a_wish_is_a_need_and_a_doubt_about_rules_a_question(park: Park) -> None:
    """What companies lack is registered; who pays, what is on record elsewhere and how to report is no need."""
    fang, lin = park.company("方磊"), park.member("林晓")
    for words in ("我们想要一笔贷款周转", "雇不到人，厨房要三个帮工，你们能介绍吗"):
        assert "已登记诉求" in (await fang.whispers(words) or ""), words
        await fang.whispers("13900007781")
    assert "已登记诉求" not in (await fang.whispers("招不到人有没有补贴政策") or "")
    for words in ("楼上漏水泡了我家地板谁赔", "我58了养老金哪年能领", "我家店要重新装修，消防怎么报"):
        answered = await fang.whispers(words)
        assert answered and not any(slip in answered for slip in ("已登记", "没有找到")), words
    for trouble in ("二楼路灯坏了归谁管", "我家厨房漏水怎么办"):
        assert "已登记诉求" in (await fang.whispers(trouble) or ""), trouble
    assert "单位和姓名" in (await lin.whispers("我是党员") or "")
    assert "已登记诉求" in (await lin.whispers("我要贷款") or "")
    assert "记录我查不到，请问支部书记" in (await lin.whispers("我的党费交到几月了") or "")
    for words in ("我爱人的社保转过来没", "我的医保报销批了没"):
        assert "记录我查不到" in (await lin.whispers(words) or ""), words
    assert "哪项活动" in (await lin.whispers("带孩子可以去吗") or "")
    assert await lin.says("带孩子可以去吗") is None


async def test_small_words_get_small_answers(park: Park) -> None:
    """In private what is noted, put off, or asked of the bot itself; among others none of it is answered."""
    lin = park.member("林晓")
    said = {
        "嗯嗯好的": "好的，有事随时叫我。",
        "那先不参加了": "好的，想好了再告诉我。",
        "你是机器人吧": "我是群助手小红，是程序，不是真人。要找人请说「转人工」。",
    }
    for words, answer in said.items():
        assert await lin.whispers(words) == answer, words
        assert await lin.says(words) is None, words
    assert "对不起" in (await lin.whispers("你们干什么吃的") or "")
    assert "轮值主席" in (await lin.whispers("谁是本月轮值主席") or "")
    assert "没有服务中心的电话" in (await lin.whispers("党群服务中心的电话是多少") or "")
    await lin.whispers("手工课报名")
    assert "9:30" in (await lin.whispers("几点来着") or "")
    assert await lin.says("几点来着") is None
