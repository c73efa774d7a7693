"""Entries of the policy base: what is known, where it stands, how long it holds, how sure it is."""

import calendar
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from knowledge.yaml_files import parse

DATA = Path(__file__).parents[1] / "data"
STARTER = DATA / "faq.yaml"
PHRASINGS = DATA / "faq-phrasings.jsonl"
_ID: Final = re.compile(r"^- id: (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """The document that an answer rests on; `date` as printed, YYYY-MM-DD or YYYY-MM."""

    title: str
    number: str
    issuer: str
    date: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its answer; `confidence` is high, medium or low, the dates are inclusive."""

    id: str
    category: str
    topic: str
    question: str
    similar: tuple[str, ...]
    answer: str
    source: Source | None
    effective_from: date | None
    effective_to: date | None
    confidence: str
    local_varies: bool
    keywords: tuple[str, ...]
    checked_on: date | None
    author: str = ""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A way to ask: `id` names the entry that answers it, None where no entry of the starter base does."""

    id: str | None
    text: str
    writer: str


def load_entries(path: Path = STARTER) -> list[Entry]:
    """Read a base of entries from YAML; KeyError or ValueError where a field is missing or malformed."""
    return [entry_from(fields) for fields in parse(path.read_bytes())]


def starter_ids() -> set[str]:
    """The ids of the starter base, without reading all of it."""
    return set(_ID.findall(STARTER.read_text(encoding="utf-8")))


def entry_from(fields: Mapping[str, Any]) -> Entry:
    """Make an entry of plain values as YAML and JSON hold them (dates as YYYY-MM-DD or YYYY-MM text)."""
    source = fields.get("source")
    return Entry(
        id=fields["id"],
        category=fields["category"],
        topic=fields["topic"],
        question=fields["question"],
        similar=tuple(fields.get("similar") or ()),
        answer=fields["answer"],
        source=Source(**{name: source[name] or "" for name in Source.__slots__}) if source else None,
        effective_from=_day(fields.get("effective_from"), last=False),
        effective_to=_day(fields.get("effective_to"), last=True),
        confidence=fields["confidence"],
        local_varies=fields["local_varies"],
        keywords=tuple(fields.get("keywords") or ()),
        checked_on=_day(fields.get("checked_on"), last=False),
        author=fields.get("author") or "",
    )


def _day(text: str | None, *, last: bool) -> date | None:
    """Read a day; a bare month means its first or its last day."""
    if not text:
        return None
    if len(text) > len("YYYY-MM"):
        return date.fromisoformat(text)
    year, month = map(int, text.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1] if last else 1)


def load_phrasings(path: Path = PHRASINGS) -> list[Phrasing]:
    """Read the further ways to ask, answered and unanswered, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = json.loads(f"[{','.join(line for line in lines if line)}]")  # one call is faster than one a line
    return [Phrasing(row["id"], row["q"], row["writer"]) for row in rows]


def by_entry(phrasings: Sequence[Phrasing]) -> dict[str | None, list[str]]:
    """Collect the texts of phrasings per entry id; those that no entry answers under None."""
    found: dict[str | None, list[str]] = {}
    for phrasing in phrasings:
        found.setdefault(phrasing.id, []).append(phrasing.text)
    return found


@cache
def packaged_phrasings() -> Mapping[str | None, Sequence[str]]:
    """The phrasings that are shipped, per entry."""
    return by_entry(load_phrasings())
