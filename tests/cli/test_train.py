"""`chuishao train`: what staff corrected is learnt, unless the reader gets worse by it."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.commands.train import improve
from bot.domain.learning import Lesson
from knowledge.reading import Reader
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
    wrecked = ("西门的岗亭瓦特了", "电子屏瓦特好几天", "二楼的饮水机瓦特了呀", "我们的卷帘门又瓦特", "地锁瓦特掉了")
    lessons = [lesson(number, text, "report_need") for number, text in enumerate(wrecked, 1)]
    file = tmp_path / "model" / "intents.npz"
    assert read(file, "南门的道闸瓦特了") == "none"
    assert improve(messages, lessons, file, WRITERS) == 0
    assert read(file, "南门的道闸瓦特了") == "report_need"
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
