"""The model file: it is the one that data and code make, and its parts behave."""

import numpy as np
import pytest

from knowledge.features import Sketcher
from knowledge.intents import MODEL, IntentModel, softmax
from knowledge.normalize import clean
from knowledge.shape import Setting
from knowledge.train import Labelled, corpus, manifest, save, sounds, train

GROUP = Setting("group", False, "member")


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.load()


def test_the_model_file_is_made_of_the_current_data_and_code(model: IntentModel) -> None:
    assert model.manifest == manifest(), "run `make model` and commit knowledge/data/intents.npz"


def test_the_model_file_is_small() -> None:
    assert MODEL.stat().st_size < 8_000_000


def test_knows_the_28_intents_and_the_seven_service_groups(model: IntentModel) -> None:
    assert len(model.intents) == 28
    assert set(model.intents) == {row.intent for row in corpus()}
    assert len(model.categories) == 7


def test_odds_are_probabilities(model: IntentModel) -> None:
    odds = model.guess(clean("三楼电梯坏了,请派人来修"), GROUP).odds
    assert sum(odds.values()) == pytest.approx(1, abs=1e-4)
    assert max(odds, key=lambda intent: odds[intent]) == "report_need"


def test_names_the_words_that_tell(model: IntentModel) -> None:
    assert "签到" in model.guess(clean("我来签到"), GROUP).telling("check_in")


def test_training_twice_gives_the_same_bytes(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("models")
    rows = _few(corpus())
    for name in ("one.npz", "two.npz"):
        save(train(rows, temperature=0.2), folder / name)
    assert (folder / "one.npz").read_bytes() == (folder / "two.npz").read_bytes()


def _few(rows: list[Labelled]) -> list[Labelled]:
    return [row for row in rows if row.intent in ("check_in", "none") or "category" in row.slots][:200]


def test_homophones_sound_alike() -> None:
    sketcher = Sketcher(sounds())
    right, wrong = (sketcher.sketch(clean(text), GROUP) for text in ("我要签到", "我要千道"))
    assert np.isin(right.block("sound"), wrong.block("sound")).mean() > 0.6
    assert np.isin(right.block("char"), wrong.block("char")).mean() < 0.6


def test_the_first_keys_are_those_of_the_words(model: IntentModel) -> None:
    sketch = model.sketcher.sketch(clean("周五的插花课我报名"), GROUP)
    again = model.sketcher.sketch(clean("报名"), GROUP)
    assert sketch.keys[sketch.words.index("报名")] == again.keys[again.words.index("报名")]
    assert sketch.ends[-1] == len(sketch.keys)


def test_every_key_of_the_vocabulary_is_found_in_its_row(model: IntentModel) -> None:
    rows = np.arange(len(model.vocabulary))
    assert np.array_equal(model.vocabulary.rows(model.vocabulary.keys), rows)
    strange = np.setdiff1d(model.vocabulary.keys ^ np.uint32(1), model.vocabulary.keys)
    assert (model.vocabulary.rows(strange) == -1).all()


def test_role_and_mention_are_seen(model: IntentModel) -> None:
    sketches = [
        model.sketcher.sketch(clean("0126我们接单"), Setting("group", mentioned, role))
        for mentioned, role in ((False, "member"), (False, "handler"), (True, "member"))
    ]
    shapes = [frozenset(sketch.block("shape").tolist()) for sketch in sketches]
    assert len(set(shapes)) == 3


def test_softmax_is_stable() -> None:
    assert softmax(np.array([1000.0, 0.0], dtype=np.float32), 0.1).tolist() == [1.0, 0.0]


def test_every_message_has_one_id() -> None:
    ids = [row.id for row in corpus()]
    assert len(ids) == len(set(ids))
