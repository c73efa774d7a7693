"""Cleaning of raw messages, as gateways deliver them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.normalize import LONGEST, Cleaned, Quote, clean, simplify

RULE = "\n- - - - - - - - - - - - - - -\n"


@pytest.mark.parametrize(
    ("raw", "text", "mentioned"),
    [
        ("@小红\u2005签到", "签到", True),
        ("＠小紅 轉人工", "转人工", True),
        ("周五开会 @小红\u2005", "周五开会", True),
        ("@小红，在吗", ",在吗", True),
        ("@小红帮我查积分", "帮我查积分", True),
        ("@小红花幼儿园李老师 明天穿园服吗", "@小红花幼儿园李老师 明天穿园服吗", False),
        ("@采购小红姐 发票到了", "@采购小红姐 发票到了", False),
        ("@小红姐 在吗", "@小红姐 在吗", False),
        ("诉求０１４２催一下", "诉求0142催一下", False),
        ("電梯\u200b壞了\r\n  快來", "电梯坏了\n快来", False),
        ("一\n\n\n\n二   三\t四", "一\n\n二 三 四", False),
    ],
)
def test_cleans(raw: str, text: str, mentioned: bool) -> None:
    assert clean(raw) == Cleaned(text, None, mentioned, ())


@pytest.mark.parametrize(
    ("raw", "text", "quote"),
    [
        (f"「小于:四楼厕所堵了」{RULE}已疏通,办结", "已疏通,办结", Quote("小于", "四楼厕所堵了")),
        ("「小王：订票」\n——————\n好", "好", Quote("小王", "订票")),
        (f"「秘书处:诉求19号\n已派」{RULE}到哪步了", "到哪步了", Quote("秘书处", "诉求19号\n已派")),
        ("收到\n\n[引用 张三：明天开会]", "收到", Quote("张三", "明天开会")),
        ("引用 张三 的消息：明天开会\n收到", "收到", Quote("张三", "明天开会")),
        (f"「小于:只有引用」{RULE}", "", Quote("小于", "只有引用")),
        ("「个转企」怎么办", "「个转企」怎么办", None),
    ],
)
def test_takes_the_quote_off(raw: str, text: str, quote: Quote | None) -> None:
    assert clean(raw) == Cleaned(text, quote, False, ())


def test_reply_to_a_reply_is_the_last_one() -> None:
    cleaned = clean(f"「甲:「乙:有电吗」{RULE}没有」{RULE}那我报修")
    assert cleaned.text == "那我报修"
    assert cleaned.quote is not None
    assert cleaned.quote.name == "甲"


def test_a_mention_inside_the_quote_is_not_a_mention() -> None:
    assert not clean(f"「甲:@小红 签到」{RULE}哈哈").mentioned


def test_lists_placeholders_apart() -> None:
    cleaned = clean('[图片]\n反诈讲座签到[捂脸] [语音] 14" [活动通知]')
    assert cleaned.placeholders == ("图片", "捂脸", "语音")
    assert cleaned.text == "反诈讲座签到 [活动通知]"


def test_another_nickname() -> None:
    assert clean("@红哨 在吗", "红哨") == Cleaned("在吗", None, True, ())


@pytest.mark.parametrize(
    "text", ["\u0301\u0316" * 300_000, "\ufdfa" * 50_000, " \n" * 200_000, "「" * 100_000, "\n- - -" * 50_000]
)
def test_long_and_odd_texts_end_soon(text: str) -> None:
    assert len(clean(text).text) <= LONGEST


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(categories=None)))
def test_never_raises_and_settles(text: str) -> None:
    once = simplify(text)
    assert len(clean(text).text) <= max(LONGEST, len(once))
