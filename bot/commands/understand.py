"""`chuishao read`, `ask` and `when`: what knowledge makes of texts, line by line, without a database."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from bot.commands.lines import answer_lines
from bot.domain.people import MEMBER, ROLES
from bot.jsonl import flag, moment, one_of, text
from knowledge.faq import Faq, load_entries
from knowledge.normalize import clean
from knowledge.reading import Reader
from knowledge.semantic import Encoder, SecondStage, Store, is_installed
from knowledge.times import when


def read() -> int:
    """Read messages: `text`, `chat`, `mentioned`, `role`, `now` → `intent`, `slots`, `speak`, `confidence`, `why`."""
    reader = Reader.load()

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        chat = "private" if str(record.get("chat", "group")).startswith(("private", "p:")) else "group"
        reading = reader.read(
            text(record, "text"),
            chat=chat,
            mentioned=flag(record, "mentioned") or False,
            role=one_of(record, "role", ROLES) or MEMBER,
            now=moment(record, "now", datetime.now(UTC)),
        )
        return {
            "intent": reading.intent,
            "slots": dict(reading.slots),
            "speak": reading.speak,
            "confidence": round(reading.confidence, 4),
            "why": reading.why,
        }

    return answer_lines(answer)


def ask() -> int:
    """Ask the packaged knowledge base: `q`, optional `now` → `id`, `candidates`, `score`."""
    entries = load_entries()
    faq = Faq(entries)
    search = partial(SecondStage(entries, Store.load(), Encoder()).search, faq) if is_installed() else faq.search

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        question = clean(text(record, "q")).text
        found = search(question, moment(record, "now", datetime.now(UTC)))
        return {"id": found.id, "candidates": list(found.candidates), "score": round(float(found.score), 4)}

    return answer_lines(answer)


def times() -> int:
    """Read time phrases: `text`, `now` → `start`, `end`, `granularity`, `repeats`; all null where there is none."""

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        found = when(clean(text(record, "text")).text, moment(record, "now", datetime.now(UTC)))
        if found is None:
            return {"start": None, "end": None, "granularity": None, "repeats": None}
        return {
            "start": found.start.isoformat(),
            "end": found.end.isoformat() if found.end else None,
            "granularity": found.granularity,
            "repeats": found.repeats,
        }

    return answer_lines(answer)
