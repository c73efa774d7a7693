"""Reading and retrieval, in microseconds of one core."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.faq import Faq, load_entries
from knowledge.faq.speed import many
from knowledge.reading import Reader
from knowledge.times.phrases import SCANNER
from tests.bench.start import Figure

ROOT = Path(__file__).parents[2]


def measure() -> Iterator[Figure]:
    """Read labelled messages, then ask a base of 258 and one of 50,000 entries."""
    started = time.perf_counter()
    reader = Reader.load()
    yield "reader: load", (time.perf_counter() - started) * 1000, "ms"
    SCANNER.warm_up()  # as `chuishao run` does before it takes the first message
    lines = (ROOT / "knowledge" / "data" / "messages-a.jsonl").read_text("utf-8").splitlines()
    messages: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def read(message: dict[str, Any]) -> None:
        now = datetime.fromisoformat(message["now"])
        reader.read(
            message["text"], chat=message["chat"], mentioned=message["mentioned"], role=message["role"], now=now
        )

    yield from _figures("reading one message", messages, read)
    questions = [message["text"] for message in messages if message["intent"] == "ask_policy"]
    entries = load_entries()
    faq = Faq(entries)
    yield from _figures("FAQ, 258 entries", questions * 5, faq.search)
    started = time.perf_counter()
    crowded = Faq(many(entries))
    yield "FAQ, 50,000 entries: build", (time.perf_counter() - started) * 1000, "ms"
    yield from _figures("FAQ, 50,000 entries", questions, crowded.search)


def _figures(name: str, items: Sequence[Any], work: Callable[[Any], object]) -> Iterator[Figure]:
    for item in items[:20]:
        work(item)
    spent = []
    for item in items:
        started = time.perf_counter()
        work(item)
        spent.append(time.perf_counter() - started)
    spent.sort()
    yield f"{name}: median", spent[len(spent) // 2] * 1e6, "µs"
    yield f"{name}: p99", spent[int(len(spent) * 0.99)] * 1e6, "µs"
