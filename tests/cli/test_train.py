"""`chuishao train`: what staff corrected is learnt, unless the reader gets worse by it."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.commands.train import improve, improve_slots
from bot.domain.learning import Lesson
from knowledge.normalize import clean
from knowledge.reading import Reader
from knowledge.slots import fill, train_tagger
from knowledge.slots.spans import finder
from knowledge.train import Labelled, corpus

SAID_AT = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
WRITERS = "a"


@pytest.fixture(scope="module")
def messages() -> list[Labelled]:
    """Some messages of three writers: enough to train on in a second or two."""
    return [row for row in corpus() if row.writer in "abc"][::6]


def lesson(number: int, text: str, value: str) -> Lesson:
    return Lesson(number, number, "intent", value, text, False, False, "company", SAID_AT)


def read(file: Path, text: str) -> str:
    return Reader.load(file).read(text, chat="group", mentioned=False, role="company", now=SAID_AT).intent


def test_lessons_are_learnt_and_used(
    tmp_path: Path, messages: list[Labelled], capsys: pytest.CaptureFixture[str]
) -> None:
    """The district's own word for being out of order, which the packaged messages do not know."""
    wrecked = ("西门那边瓦特了", "北面那块又瓦特", "一楼前面瓦特好几天", "后院这儿瓦特掉了", "东头也瓦特了")
    lessons = [lesson(number, text, "report_need") for number, text in enumerate(wrecked, 1)]
    file = tmp_path / "model" / "intents.npz"
    assert read(file, "南门那边瓦特了") == "none"
    assert improve(messages, lessons, file, WRITERS) == 0
    assert read(file, "南门那边瓦特了") == "report_need"
    assert "重新启动后使用" in capsys.readouterr().out
    made = file.read_bytes()
    assert improve(messages, lessons, file, WRITERS) == 0
    assert "没有新的更正" in capsys.readouterr().out

    wrong = [row for row in messages if row.writer != "a" and row.intent == "report_need"]
    spoilt = [lesson(100 + at, row.text, "none") for at, row in enumerate(wrong)]
    assert improve(messages, [*lessons, *spoilt], file, WRITERS) == 1
    assert "没有采用" in capsys.readouterr().out
    assert file.read_bytes() == made


def test_a_model_of_another_version_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "intents.npz"
    file.write_bytes(Reader.file().read_bytes())
    assert Reader.file(file) == file
    import numpy as np

    with np.load(file) as model:
        np.savez(tmp_path / "other.npz", **{**model, "manifest": np.array("another")})
    assert Reader.file(tmp_path / "other.npz") == Reader.file()


def test_the_words_of_a_slot_are_learnt_and_used(
    tmp_path: Path, reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    """What people here call their goods, which the packaged messages do not know."""
    packaged = train_tagger.messages()
    texts = ("想用分兑个", "分够了换个", "帮我兑一个", "我要拿分换一只", "领一个", "拿分来换两个")
    wanted = "绿豆沙冰券"
    lessons = [
        Lesson(number, number, kind, value, f"{text}{wanted}哈", True, False, "member", SAID_AT)
        for number, text in enumerate(texts, 1)
        for kind, value in (("intent", "redeem_points"), ("slot", f"goods={wanted}"))
    ]
    file = tmp_path / "slot-tagger.npz"
    asked = "redeem_points", clean(f"麻烦兑{wanted}哈"), SAID_AT, "member"
    assert improve_slots(packaged, lessons, file, WRITERS, reader) == 0
    assert "物品：新的更正6条" in capsys.readouterr().out
    assert fill(*asked, finder(file))["goods"] == wanted
    assert Reader.load(tmp_path / "intents.npz") is not None
    made = file.read_bytes()
    assert improve_slots(packaged, lessons, file, WRITERS, reader) == 0
    assert capsys.readouterr().out == "" and file.read_bytes() == made

    stated = [one for one in packaged if one.intent == "redeem_points" and one.slots.get("goods")]
    spoilt = [
        Lesson(100 + at, 100 + at, kind, value, one.cleaned.text, True, False, "member", SAID_AT)
        for at, one in enumerate(stated * 3)
        for kind, value in (("intent", "redeem_points"), ("slot", "goods="))
    ]
    assert improve_slots(packaged, [*lessons, *spoilt], file, WRITERS, reader) == 1
    assert "没有采用" in capsys.readouterr().out and file.read_bytes() == made
