import time
from pathlib import Path

import numpy as np
import pytest

from knowledge.slots import features, spans, tagger, train_tagger


def test_the_model_was_made_from_these_messages() -> None:
    with np.load(tagger.MODEL) as packed:
        assert str(packed["made_from"]) == train_tagger.fingerprint(), "run `make model`"


def test_the_model_is_small() -> None:
    assert Path(tagger.MODEL).stat().st_size < 3_000_000


@pytest.mark.parametrize("size", [1, 2, 30])
def test_the_best_span_is_the_best_of_all(size: int) -> None:
    rng = np.random.default_rng(size)
    parts = rng.integers(-50, 50, (size, 3)).astype(np.float32)
    lengths = rng.integers(-9, 9, tagger.MAX_SPAN).astype(np.float32)
    scores = tagger.span_scores(parts, lengths)
    for start in range(size):
        for end in range(start + 1, min(size, start + tagger.MAX_SPAN) + 1):
            by_hand = parts[start, 0] + parts[start:end, 1].sum() + parts[end - 1, 2] + lengths[end - start - 1]
            assert scores[start, end - start - 1] == pytest.approx(by_hand)
    start, more = divmod(int(scores.argmax()), tagger.MAX_SPAN)
    assert start + more < size


def test_features_of_a_character_do_not_depend_on_what_stands_far_away() -> None:
    one, other = (features.buckets(text, "report_need") for text in ("三号楼漏水,请来人看看", "三号楼漏水,快来修啊"))
    assert one.shape[0] == other.shape[0] == features.FEATURES
    assert (one[:, 0] == other[:, 0]).mean() > 0.9
    assert (one[:, -1] == other[:, -1]).mean() < 0.5


@pytest.mark.parametrize(
    ("slot", "intent", "text", "words"),
    [
        ("place", "report_need", "8号楼的货梯又停了,麻烦安排人看看", "8号楼"),
        ("place", "book_venue", "想订一下二楼会议室,周三下午两点", "二楼会议室"),
        ("company", "register", "大家好,我是远山科技的王芳", "远山科技"),
        ("name", "register", "大家好,我是远山科技的王芳", "王芳"),
        ("company", "log_visit", "今天走访了远山科技,企业运转正常", "远山科技"),
        ("resource", "seek_resource", "谁家有叉车能借半天", "叉车"),
        ("goods", "redeem_points", "我想用积分换一把雨伞", "雨伞"),
        ("activity", "sign_up", "插花课我报名", "插花课"),
        ("activity", "sign_up", "我报名", None),
        ("company", "report_need", "厕所堵了没人管", None),
    ],
)
def test_plain_messages(slot: str, intent: str, text: str, words: str | None) -> None:
    assert spans.find(slot, text, intent) == words


def test_the_longest_text_is_read_in_milliseconds() -> None:
    text = "我们公司在三号楼,电梯坏了三天没人修," * 100
    spans.find("place", text, "report_need")
    started = time.thread_time()
    spans.find("place", "急!" + text, "report_need")
    assert time.thread_time() - started < 2  # bounded, however long the text: what it costs is in make bench
