"""群发与回执, as staff and secretaries draft them and groups acknowledge them."""

import re
from datetime import datetime

import pytest

from bot.domain.broadcasts import release_at
from handlers import receipts
from handlers.broadcasts.edits import Draft, clauses, revise
from tests.actors import Park

HOLIDAY = "五一期间服务中心5月1日至5日休息，6日正常上班，急事打0631-5200001"
GROUPS = ("haina", "yunfan", "jinhai")


def number(reply: str | None) -> str:
    """The number that a draft gives: the first in it."""
    found = re.search(r"\d+", reply or "")
    assert found, reply
    return found[0]


async def test_drafted_edited_confirmed_and_sent_once(park: Park) -> None:
    cai, zhao = park.staff("蔡主任"), park.member("赵敏")
    draft = await cai.whispers(f"群发：{HOLIDAY}")
    n = number(draft)
    assert draft and HOLIDAY in draft and "3个群" in draft and "金海联建片书记群" in draft and "确认" in draft
    assert "抱歉" in (await zhao.whispers("群发：我家海参打折") or "")
    assert await park.rows("select count(*) from broadcast") == [(1,)]

    edited = await cai.whispers("把电话改成0631-5200002，别发金海群")
    assert edited and number(edited) == n and "0631-5200002" in edited and "5200001" not in edited
    assert "2个群" in edited and "金海" not in edited.split("发到")[1].split("回复")[0]
    assert not any(park.to_chat(group) for group in GROUPS)

    assert await cai.whispers("确认") == f"群发{n}号开始发送，共2个群，逐个发出，发完告诉您结果。"
    await park.wait(minutes=1)
    text = HOLIDAY.replace("5200001", "5200002")
    assert [park.to_chat(group) for group in GROUPS] == [[text], [text], []]
    first, second = [message.at for message in park.channel.sent if message.chat in GROUPS]
    assert first and second and (second - first).total_seconds() >= 3
    assert park.to_person(cai)[-1] == f"群发{n}号：已送达2/2个群。"
    assert await park.rows("select state from broadcast") == [("sent",)]

    again = await cai.whispers("确认")
    assert again and "没有等您确认" in again and "不会重复发送" in again
    await park.wait(minutes=1)
    assert sum(len(park.to_chat(group)) for group in GROUPS) == 2


async def test_in_quiet_hours_it_waits_for_the_next_working_morning(park: Park) -> None:
    cai = park.staff("蔡主任")
    await park.until("2025-07-25T21:30")  # a Friday
    await cai.whispers("群发：周一上午停水两小时")
    told = await cai.whispers("确认")
    assert told and "7月28日（周一）08:30" in told
    await park.until("2025-07-28T08:29")
    assert park.to_chat("haina") == []
    await park.until("2025-07-28T08:32")
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 1, 1]


async def test_urgent_goes_out_at_night(park: Park) -> None:
    cai = park.staff("蔡主任")
    await park.until("2025-07-25T22:30")
    draft = await cai.whispers("紧急群发：台风今晚登陆，请关好门窗")
    assert draft and "紧急" in draft
    await cai.whispers("确认")
    await park.wait(minutes=1)
    assert park.to_chat("haina") == ["台风今晚登陆，请关好门窗"]


async def test_recall_stops_what_is_not_out(park: Park) -> None:
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    assert await cai.whispers("确认") is not None
    recalled = await cai.whispers(f"撤回群发 {n}")
    assert recalled and "2个群不再发" in recalled and "海纳商圈党建群" in recalled
    await park.wait(minutes=5)
    assert [len(park.to_chat(group)) for group in GROUPS] == [1, 0, 0]
    progress = await cai.whispers(f"群发进度 {n}")
    assert progress and "已送达1/3个群" in progress and "已撤回" in progress
    assert "没有可以撤回" in (await cai.whispers(f"撤回群发{n}号") or "")


async def test_a_secretary_reaches_only_the_own_groups(park: Park) -> None:
    chen = park.secretary("陈书记")
    await chen.says("大家好")
    draft = await chen.whispers("群发：周五下午三点支部会")
    assert draft and "发到1个群" in draft and "海纳商圈党建群" in draft


async def test_a_draft_asked_for_in_a_group_is_shown_in_private(park: Park) -> None:
    cai = park.staff("蔡主任")
    reply = await cai.says("@小红 群发：急事打0631-5200001")
    assert reply and "私聊" in reply and "5200001" not in reply
    assert "0631-5200001" in park.to_person(cai)[-1]
    assert "不是" not in (await cai.whispers("不是急事，是热线") or "")
    assert "开始发送" in (await cai.whispers("可以 发吧") or "")
    await park.wait(minutes=5)
    assert "热线打0631-5200001" in park.to_chat("haina")[-1]
    assert "要在这3个群更正吗" in (await cai.whispers("快撤回") or "")


async def test_what_cannot_be_changed_is_said(park: Park) -> None:
    cai = park.staff("蔡主任")
    await cai.whispers("群发：明天上午9点义诊")
    reply = await cai.whispers("把电话改成0631-5200002，别发火星群")
    assert reply and "草稿里没有找到「电话」" in reply and "没有找到叫「火星群」的群" in reply and "3个群" in reply
    assert "不发了" in (await cai.whispers("先别发了") or "")
    assert await park.rows("select state from broadcast") == [("dropped",)]


@pytest.mark.parametrize("word", ["取消", "算了吧", "退出"])
async def test_a_cancelled_draft_is_dropped(park: Park, word: str) -> None:
    cai = park.staff("蔡主任")
    n = number(await cai.whispers("群发：明天上午9点义诊"))
    assert await cai.whispers(word) == f"好的，群发{n}号不发了。"
    assert await cai.whispers(f"群发进度 {n}") == f"群发{n}号已取消，没有发送。"
    assert "没有等您确认" in (await cai.whispers("确认") or "")


async def test_receipts_are_counted_in_silence(park: Park) -> None:
    cai, li, wang = park.staff("蔡主任"), park.member("李强"), park.member("王芳")
    sun = park.member("孙丽")
    for someone in (li, wang, sun):
        assert await someone.says("早") is None
    n = number(await cai.whispers("群发：周五下午安全培训，请各支部收到请回复"))
    await cai.whispers("确认")
    await park.wait(minutes=1)
    assert await li.says("收到") is None
    assert await li.says("收到收到") is None
    assert await wang.says("海纳支部收到") is None
    before = len(park.to_chat("haina"))
    zhou, qian = park.member("周明"), park.member("钱进")
    for someone, word in ((zhou, "好的"), (qian, "OK，明白！"), (sun, "好的老师都走了"), (sun, "好吗")):
        assert await someone.says(word) is None, word
    assert await park.rows("select count(*) from receipt") == [(4,)]
    answer = await cai.whispers(f"谁没回复 {n}")
    assert answer and "已回复4人，未回复1人（孙丽）" in answer and "海纳支部收到（王芳）" in answer
    assert await cai.whispers(f"回执 {n}") == answer
    assert len(park.to_chat("haina")) == before
    assert "抱歉" in (await li.whispers(f"谁没回复 {n}") or "")


async def test_receipts_of_an_announcement_in_the_group(park: Park) -> None:
    chen, li, wang = park.secretary("陈书记"), park.member("李强"), park.member("王芳")
    await wang.says("早")
    await li.says("收到")  # nothing asked for it
    await chen.says("明天下午消防检查，请各单位做好准备，收到请回复")
    await li.says("收到")
    assert await park.rows("select count(*) from receipt") == [(1,)]
    assert "私发" in (await chen.says("@小红 谁没回复") or "")
    assert "已回复1人，未回复1人（王芳）" in park.to_person(chen)[-1]
    await park.wait(days=4)
    await wang.says("收到")
    assert await park.rows("select count(*) from receipt") == [(1,)]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2025-04-28T16:03", "2025-04-28T16:03"),
        ("2025-04-28T21:00", "2025-04-29T08:30"),
        ("2025-04-28T07:59", "2025-04-28T08:30"),
        ("2025-04-30T22:00", "2025-05-06T08:30"),  # over the holiday
        ("2025-04-26T23:00", "2025-04-27T08:30"),  # a make-up Sunday
    ],
)
def test_quiet_hours(now: str, due: str) -> None:
    assert release_at(datetime.fromisoformat(f"{now}+08:00")) == datetime.fromisoformat(f"{due}+08:00")


@pytest.mark.parametrize(
    ("said", "text", "groups"),
    [
        ("把9点改成9点半", "明天上午9点半义诊，电话0631-5200001", "海纳商圈党建群 云帆科技园群"),
        ("时间改为10:00", "明天10:00义诊，电话0631-5200001", "海纳商圈党建群 云帆科技园群"),
        ("把时间改成后天下午2点到4点", "后天下午2点到4点义诊，电话0631-5200001", "海纳商圈党建群 云帆科技园群"),
        ("云帆群就不发了", "明天上午9点义诊，电话0631-5200001", "海纳商圈党建群"),
        ("只发云帆", "明天上午9点义诊，电话0631-5200001", "云帆科技园群"),
        ("内容改成:义诊取消,改期另行通知", "义诊取消,改期另行通知", "海纳商圈党建群 云帆科技园群"),
        ("加一句请带身份证", "明天上午9点义诊，电话0631-5200001。请带身份证", "海纳商圈党建群 云帆科技园群"),
        ("等下 不是9点 是十点半", "明天上午十点半义诊，电话0631-5200001", "海纳商圈党建群 云帆科技园群"),
        ("别发第1个群", "明天上午9点义诊，电话0631-5200001", "云帆科技园群"),
    ],
)
def test_changes_in_plain_words(said: str, text: str, groups: str) -> None:
    draft = Draft("明天上午9点义诊，电话0631-5200001", ["海纳商圈党建群", "云帆科技园群"], [0, 1])
    revise(draft, said)
    assert (draft.text, " ".join(draft.reach[place] for place in draft.chosen), draft.problems) == (text, groups, [])


RECEIPT = next(handler for handler in receipts.HANDLERS if handler.name == "receipt")


@pytest.mark.parametrize(
    "text",
    [
        "收到",
        "收到!",
        "收到,谢谢",
        "好的收到",
        "海纳支部收到",
        "小王、小李收到",
        "收到,谢谢陈书记",
        "收到,我们马上落实",
        "已阅",
        "1",
        "👌",
    ],
)
def test_a_receipt_is_known_by_its_form(text: str) -> None:
    assert RECEIPT.command(text)


@pytest.mark.parametrize(
    "text",
    [
        "收到快递了",
        "收到了吗",
        "没收到",
        "谁收到货了",
        "收到,101号我来处理",
        "12",
        "大家收到请回复",
        "收到通知的请签到",
    ],
)
def test_what_only_looks_like_a_receipt(text: str) -> None:
    assert RECEIPT.command(text) is None


async def test_a_new_draft_takes_the_place_of_the_old(park: Park) -> None:
    cai = park.staff("蔡主任")
    first = number(await cai.whispers("群发：周五上午九点开会"))
    second = await cai.whispers("群发：周五的会改为十点，别发错群")
    assert second and number(second) != first and "周五的会改为十点，别发错群" in second
    await cai.whispers("确认")
    await park.wait(minutes=1)
    assert park.to_chat("haina") == ["周五的会改为十点，别发错群"]
    assert await park.rows("select state from broadcast order by id") == [("dropped",), ("sent",)]


@pytest.mark.parametrize("said", ["确认", "好的", "先别发了", "不发了吧", "收到", "等一下，我再看看"])
def test_other_words_are_no_change(said: str) -> None:
    assert clauses(said) == []
