"""Readings of whole messages: what is acted on, what is let pass."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.lessons import name_of
from knowledge.reading import Reader, Reading

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
RULE = "\n- - - - - - - - - - - - - - -\n"
READER = Reader.load()


def read(text: str, role: str = "member", chat: str = "group", mentioned: bool = False) -> Reading:
    return READER.read(text, chat=chat, mentioned=mentioned, role=role, now=NOW)


@pytest.mark.parametrize(
    ("text", "role", "intent"),
    [
        ("二号楼货梯坏了三天了,请物业派人来修", "company", "report_need"),
        ("诉求0126现在办到哪一步了", "company", "track_need"),
        ("0126都十天了,麻烦催一催", "company", "urge_need"),
        ("0126我们组接单", "handler", "accept_need"),
        ("0126号已办结,企业签字确认", "handler", "resolve_need"),
        ("0126撤销吧,我们自己解决了", "company", "withdraw_need"),
        ("签到", "member", "check_in"),
        ("植树活动我报名,两个人", "member", "sign_up"),
        ("明天的党课请假,去不了", "member", "cancel_sign_up"),
        ("这个月有什么活动", "member", "query_activities"),
        ("小规模纳税人开专票税率是多少", "company", "ask_policy"),
        ("查一下我的积分", "member", "query_points"),
        ("今天谁值班", "member", "query_duty"),
        ("预订三楼会议室,周五下午两点到四点", "secretary", "book_venue"),
        ("走访记录:今天到佳顺模具,企业无困难", "instructor", "log_visit"),
        ("導出本季度三張清單", "staff", "query_stats"),
    ],
)
def test_overhears_what_is_plainly_wanted(text: str, role: str, intent: str) -> None:
    reading = read(text, role)
    assert (reading.intent, reading.speak) == (intent, True)


@pytest.mark.parametrize(
    "text",
    [
        "哈哈哈哈",
        "今天食堂的红烧肉不错",
        "@李敏 发票抬头发我一下",
        "[链接] 小微企业税收优惠政策一图读懂",
        '"陈洁"拍了拍"周凯"',
        '"周凯"撤回了一条消息',
        "[图片]",
        "收到",
        "第三支部收到,按时参加",
        "祝大家端午安康",
        "健身打卡,腿都软了",
        "儿子的英语班我报名了,一学期三千",
        "手机修好了,换了块电池",
        "@老秦 几点开会来着",
    ],
)
def test_lets_talk_pass_in_groups(text: str) -> None:
    assert not read(text).speak


def test_speaks_where_addressed() -> None:
    assert read("今天天气怎么样", chat="private").speak
    assert read("@小红\u2005早上好").speak
    assert read("早上好", mentioned=True).speak


def test_a_chain_is_known_by_its_form() -> None:
    reading = read("#接龙\n周六植树\n1. 张三\n2. 李四")
    assert (reading.intent, reading.confidence, reading.why) == ("solitaire", 1.0, "接龙格式")


def test_gives_the_service_group_of_a_need() -> None:
    assert read("银行突然抽贷,请帮忙对接金融机构续贷", "company").slots["category"] == "金融服务"


def test_reads_the_reply_and_keeps_the_quote() -> None:
    reading = read(f"「小王:三楼漏水」{RULE}收到")
    assert reading.intent == "acknowledge"
    assert reading.quote is not None
    assert reading.quote.text == "三楼漏水"


def test_says_why() -> None:
    reading = read("帮我查一下积分", chat="private")
    assert "积分" in reading.why
    assert name_of(reading.runner_up) in reading.why


def test_a_receipt_is_not_a_parcel() -> None:
    assert read("收到货了吗").intent != "acknowledge"


@pytest.mark.parametrize("text", ["", " ", "\n", "「", "@小红", "🙋" * 50, "\ud800", "1", "#接龙\n" + "1. 甲\n" * 9000])
def test_odd_texts_are_read(text: str) -> None:
    assert read(text).confidence >= 0


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(categories=None)), st.sampled_from(["group", "private"]))
def test_never_raises(text: str, chat: str) -> None:
    assert 0 <= read(text, chat=chat).confidence <= 1
