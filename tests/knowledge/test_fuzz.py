# ruff: noqa: E501 - pieces stay on few lines
"""Whatever is sent, the reader answers: nothing raises, and time and memory grow with the length at most."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import notices, solitaire
from knowledge.normalize import clean
from knowledge.private import mask
from knowledge.reading import Reader, Reading
from knowledge.slots import fill

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
READER = Reader.load()
RULE = "\n- - - - - - - - - - - - - - -\n"
PIECES = (
    "「张三:", RULE, "@小红\u2005", "[图片]", "[引用 李四:", "\n[引用 a: ", "#接龙\n", "1. 张三\n", "12、", "\n", "\r\n", " ", "\u3000",
    "关于举办", "的通知", "时间:", "【", "】", "下下周三", "每月最后一个", "9:00-", "国庆后", "半小时", "三天内", "农历", "诉求0037", "#37号",
    "１３８００００１１１１", "138 0000 1111", "110101199003071234", "+1", "一家三口", "报2个人", "我是宏达有限公司的", "王经理", "不满意", "收到",
    "電梯壞了", "ａＢｃ", "①", "Ⅷ", "㍿", "ﷺ", "e\u0301", "\u0300", "\u200b", "\u202e", "\x00", "\x1b[31m", "\ud800", "👨‍👩‍👧", "𠀀", "-", "━", "!", "。",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(categories=None), max_size=8)), max_size=40)


def read(text: str, chat: str = "group") -> Reading:
    return READER.read(text, chat=chat, mentioned=False, role="member", now=NOW)


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.sampled_from(["group", "private"]))
def test_any_mixture_is_read(pieces: list[str], chat: str) -> None:
    reading = read("".join(pieces), chat)

    assert 0 <= reading.confidence <= 1
    assert isinstance(reading.why, str)
    assert reading.speak is (chat == "private" or "@小红" in "".join(pieces) or reading.speak)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_every_intent_can_be_filled_from_any_text(pieces: list[str]) -> None:
    cleaned = clean("".join(pieces))
    said = f"{cleaned.text}\n{cleaned.quote.text if cleaned.quote else ''}"
    for intent in ("report_need", "publish_activity", "book_venue", "register", "sign_up", "offer_resource"):
        slots = fill(intent, cleaned, NOW, "member")
        for slot in {"place", "company", "name", "activity", "resource"} & slots.keys():
            assert str(slots[slot]) in said


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_cleaning_twice_changes_nothing_more(pieces: list[str]) -> None:
    once = clean("".join(pieces).replace("「", "").replace("引用", ""))
    assert clean(once.text).text == once.text or "@小红" in clean(once.text).text or once.quote


@pytest.mark.parametrize("text", ["二号楼3楼电梯坏了,请派人来修,电话13800001111", "周五的插花课我报名,2个人"])
def test_width_and_script_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    reading, other = read(text), read(wide.replace("电", "電").replace("报", "報"))
    assert (other.intent, other.slots) == (reading.intent, reading.slots)


def test_nested_quotes_keep_the_outermost_reply() -> None:
    text = "小王:原话"
    for name in range(300):
        text = f"「人{name}:{text}」{RULE}第{name}层回复"
    assert read(text).text == "第299层回复"


def test_thousands_of_entries() -> None:
    reading = read("#接龙\n周六植树\n" + "".join(f"{n}. 张三{n}\n" for n in range(1, 6000)))
    entries = reading.slots["entries"]
    assert reading.intent == "solitaire"
    assert isinstance(entries, list)
    assert 100 < len(entries) <= 500


def work(text: str) -> None:
    """All that is done to a message with rules, each of which could be a trap."""
    cleaned = clean(text)
    for intent in ("publish_activity", "sign_up", "query_stats", "rate_need"):
        fill(intent, cleaned, NOW, "member")
    solitaire.parse(cleaned.text)
    notices.parse(cleaned.text, NOW)
    mask(text)


def spent(text: str, rounds: int = 3, task: Callable[[str], object] = work) -> float:
    def once() -> float:
        begun = time.process_time()
        task(text)
        return time.process_time() - begun

    return min(once() for _ in range(rounds))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "一",
        " ",
        "\n",
        "1.张三\n",
        "「张三:a",
        "\n[引用 a:",
        "每周一二",
        "周四、",
        "3-5pm",
        "最多3人,",
        "138-",
        "请",
    ],
)
def test_time_grows_with_the_length(piece: str) -> None:
    """Six times the text, six times the work, doubled for noise: what is quadratic would take thirty-six."""
    small, large = ((piece * length)[:length] for length in (1_500, 9_000))
    assert spent(large) < 12 * (spent(small) + 0.005)


@pytest.mark.parametrize("piece", ["1", "\n", "\x00", "「张三:", "1.张三\n", "每周一二", "ａ電"])
def test_a_megabyte_takes_no_longer_than_a_tenth_of_it(piece: str) -> None:
    """Only the head and the tail of a long text are looked at; tripled for noise."""
    tenth, megabyte = ((piece * length)[:length] for length in (100_000, 1_000_000))
    assert spent(megabyte, task=read) < 3 * (spent(tenth, task=read) + 0.005)


def test_a_megabyte_is_read_within_bounded_memory() -> None:
    text = "".join(PIECES).encode("utf-8", "replace").decode() * 5000
    assert len(text) > 1_000_000
    tracemalloc.start()
    read(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000
