"""The second stage of the policy search, with the real encoder where its package is installed."""

import asyncio
import json
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from bot.second_thoughts import Search, SecondThoughts
from knowledge.evaluate_faq import made_from
from knowledge.faq import Answer, Entry, Faq, entry_from, load_entries
from knowledge.faq.entries import packaged_phrasings
from knowledge.semantic import Encoder, SecondStage, Store, is_doubtful, is_installed
from knowledge.semantic.stage import MODEL

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
STORY = "我爸两年没回老家了，领退休钱要拍脸那个在外地咋搞"
needs_encoder = pytest.mark.skipif(not is_installed(), reason="the extra `semantic` has no wheel here")


@cache
def base() -> Faq:
    return Faq(load_entries())


@cache
def stage() -> SecondStage:
    return SecondStage(load_entries(), Store.load(), Encoder())


def heating() -> Entry:
    return entry_from(
        {
            "id": "local-heating",
            "category": "综合服务",
            "topic": "本地",
            "question": "停暖报停几月几号前办，要收基础费吗？",
            "answer": "供暖前一个月到供热站办报停，按两成收基础热费。",
            "confidence": "high",
            "local_varies": False,
            "author": "蔡宁",
        }
    )


def test_all_that_is_shipped_has_its_vector_and_its_weights() -> None:
    assert json.loads(MODEL.read_text(encoding="utf-8"))["made_from"] == made_from(), "run `make model`"
    assert stage().missing() == []
    one = Store.load().of([load_entries()[0].question])
    assert one is not None and abs(float(np.linalg.norm(one[0])) - 1) < 0.05


@needs_encoder
def test_a_story_is_understood_by_its_meaning() -> None:
    first = base().search(STORY, NOW)
    second = stage().search(base(), STORY, NOW)
    assert is_doubtful(first) and first.id is None
    assert second.id == "pension-cert" and second.score > first.score
    assert base().search("生育津贴怎么领", NOW) == stage().search(base(), "生育津贴怎么领", NOW), "sure alone"


@needs_encoder
def test_odd_texts_are_encoded() -> None:
    encode = Encoder()
    for text in ("", "\0", "\ud800", "，" * 5000, "@小红"):
        assert encode(text).shape == (384,)


@needs_encoder
async def test_what_is_taught_is_encoded_once(tmp_path: Path) -> None:
    own, entries = tmp_path / "model" / "faq-vectors.npz", [*load_entries(), heating()]
    faq = Faq(entries)
    asked = "家里暖气今年想报停，最晚几号办"

    async def ask(thoughts: SecondThoughts) -> Answer | None:
        def look_up(search: Search) -> Answer:
            return search(asked, NOW, None)

        return await thoughts.about(faq, look_up)

    thoughts = SecondThoughts(own, at_once=True)
    thoughts.learn(entries)
    found = await ask(thoughts)
    assert found and found.id == "local-heating" and faq.search(asked, NOW).id is None
    thoughts.close()
    assert own.exists() and SecondStage(entries, Store.load(own), Encoder()).missing() == []

    own.unlink()
    live = SecondThoughts(own)
    live.learn(entries)
    assert await ask(live), "a question does not wait for what is encoded in the background"
    while not own.exists():
        await ask(live)
    assert Store.load(own).missing([heating().question]) == []
    live.close()


def test_without_an_encoder_the_first_stage_decides(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Encoder):
        def __call__(self, text: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
            raise ImportError("no package")

    thoughts = SecondThoughts()
    thoughts._encode = Broken()
    thoughts.learn(load_entries())
    found = asyncio.run(_about(thoughts, STORY))
    assert found == base().search(STORY, NOW) and "second stage failed" in caplog.text
    thoughts.close()


async def _about(thoughts: SecondThoughts, question: str) -> Answer | None:
    return await thoughts.about(base(), partial(_asked, question))


def _asked(question: str, search: Search) -> Answer:
    return search(question, NOW, None)


def test_an_entry_without_vectors_is_left_to_the_first_stage() -> None:
    entries = [*load_entries(), heating()]
    faq = Faq(entries)
    found = faq.examine("暖气报停怎么收费")
    store = Store.load()
    assert "local-heating" in faq.ids(found)
    assert len(packaged_phrasings()[None]) > 700
    assert SecondStage(entries, store, Encoder()).deepen(faq, found, np.zeros(128, np.float32)) is None
