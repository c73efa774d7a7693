"""Chat logs: every form they come in is cut into its utterances, and nothing else is taken for one."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chatlog import MAX_UTTERANCES, parse

NOW = datetime.fromisoformat("2025-10-14T10:00:00+08:00")

FORMS = {
    "dated": "李敏 2025-10-13 09:12\n3号楼货梯坏了\n王磊 2025-10-13 21:05:10\n收到",
    "exported mail": "—————  2025-10-13  —————\n\n李敏  上午 9:12\n\n3号楼货梯坏了\n\n王磊  晚上 9:05\n\n收到\n",
    "brackets": "—— 2025-10-13 ——\n[李敏] 09:12\n3号楼货梯坏了\n[王磊] 21:05\n收到",
    "time first": "2025-10-13 09:12:01 李敏\n3号楼货梯坏了\n2025-10-13 21:05:44 王磊(123456789)\n收到",
    "one line each": "[2025/10/13 09:12] 李敏：3号楼货梯坏了\n[2025/10/13 21:05] 王磊：收到",
    "spoken of": "@小红 昨天群里的，请登记\n李敏 昨天 09:12\n　　3号楼货梯坏了\n王磊 昨天 21:05\n收到",
    "yesterday's evening": "李敏 09:12\n3号楼货梯坏了\n王磊 21:05\n收到",
    "traditional marks": "李敏（wxid_a1b2c3） 10月13日 星期一 09:12\n3号楼货梯坏了\n王磊 10月13日 21:05\n收到",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_forms_with_times(text: str) -> None:
    log = parse(text, NOW)
    assert log is not None
    said = [(one.speaker, one.text, f"{one.at:%m-%d %H:%M}") for one in log.utterances]
    assert said == [("李敏", "3号楼货梯坏了", "10-13 09:12"), ("王磊", "收到", "10-13 21:05")]


def test_forms_without_times() -> None:
    log = parse("李敏：\n3号楼货梯坏了\n\n王磊：\n是啊\n货物都搬不了\n\n李敏：谁来修一下", NOW)
    assert log is not None
    assert [(one.speaker, one.text, one.at) for one in log.utterances] == [
        ("李敏", "3号楼货梯坏了", None),
        ("王磊", "是啊\n货物都搬不了", None),
        ("李敏", "谁来修一下", None),
    ]


def test_a_list_within_an_utterance_stays_whole_and_system_lines_go() -> None:
    text = (
        "李敏 2025-10-13 09:12\n#接龙\n插花\n1. 李敏\n2. 王磊\n王磊撤回了一条消息\n"
        "陈书记 2025-10-13 09:20\n时间：周六上午9:00\n地点：一楼"
    )
    log = parse(text, NOW)
    assert log is not None
    assert [one.text for one in log.utterances] == ["#接龙\n插花\n1. 李敏\n2. 王磊", "时间：周六上午9:00\n地点：一楼"]


NO_LOGS = (
    "3号楼货梯坏了，麻烦派人来修：电话13900007781",
    "诉求：3号楼货梯坏了\n地点：3号楼\n联系人：李敏",
    "【活动通知】消防体验课\n时间：10月20日 14:00\n地点：消防救援站\n报名：接龙",
    "#接龙\n周六义诊\n1. 李敏\n2. 王磊",
    "签到 08:30\n一楼大厅\n开幕式 09:00\n多功能厅\n合影 10:00\n门口",
    "09:00 签到：一楼大厅\n09:30 开幕：多功能厅",
    "10月13日 09:00 党课：多功能厅\n10月14日 14:00 座谈：二楼",
    "周一：张伟\n周二：李敏\n周三：王磊",
    "张伟：13900007781\n李敏：13900007782\n王磊：13900007783",
    "走访记录：今天走访福记面馆\n老板反映：停车难",
    "「李敏:3号楼货梯坏了」\n- - - - - - - - - - - - - - -\n已经派人了",
    "[聊天记录] 群聊的聊天记录",
    "李敏：麻烦看一下",
)


@pytest.mark.parametrize("text", NO_LOGS)
def test_what_is_no_log(text: str) -> None:
    assert parse(text, NOW) is None


def test_no_single_message_of_the_training_corpora_is_a_log() -> None:
    data = Path(__file__).parents[2] / "knowledge" / "data"
    lines = [line for file in data.glob("messages-*.jsonl") for line in file.read_text(encoding="utf-8").split("\n")]
    texts = [json.loads(line)["text"] for line in lines if line]
    assert not [text for text in texts if parse(text, NOW)]


def test_what_is_too_much_is_counted() -> None:
    text = "\n".join(f"李敏 2025-10-13 09:12\n第{number}条" for number in range(MAX_UTTERANCES + 7))
    log = parse(text, NOW)
    assert log is not None
    assert (len(log.utterances), log.left_out) == (MAX_UTTERANCES, 7)


names = st.sampled_from(["李敏", "王磊", "陈书记", "刘芳-海纳电子", "小王", "欧阳雪"])
words = st.text("电梯坏了停车位报名+1收到 ，。？3号楼\n🙏", min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and not any(not line.strip() for line in text.split("\n"))
)
stamps = st.sampled_from(
    ["{name} {at:%Y-%m-%d %H:%M}\n", "{name} {at:%Y/%m/%d %H:%M:%S}\n", "[{name}] {at:%Y-%m-%d %H:%M} "]
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2025, 10, 13))


@settings(max_examples=60, deadline=None)
@given(stamps, st.lists(st.tuples(names, moments, words), min_size=2, max_size=8))
def test_a_rendered_log_is_read_back(form: str, said: list[tuple[str, datetime, str]]) -> None:
    text = "\n".join(form.format(name=name, at=at) + what for name, at, what in said)
    log = parse(text, NOW)
    assert log is not None
    expected = [(name, "\n".join(line.strip() for line in what.split("\n"))) for name, _, what in said]
    assert [(one.speaker, one.text) for one in log.utterances] == expected
    assert [f"{one.at:%Y%m%d%H%M}" for one in log.utterances] == [f"{at:%Y%m%d%H%M}" for _, at, _ in said]


@settings(max_examples=100, deadline=None)
@given(st.text("张李：:[]【】—-\n 0123456789年月日上午昨天 09:12＠😀\u2005", max_size=200))
def test_any_text_is_survived(text: str) -> None:
    log = parse(text, NOW)
    assert log is None or all(one.speaker and one.text and (one.at is None or one.at <= NOW) for one in log.utterances)
