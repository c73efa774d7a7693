"""Questions that people taught, asked again in other words.

What a person teaches has one phrasing, where the base's entries have many and a classifier that knows them: the
search would hardly ever dare to answer from it. Here words of one meaning are made one, and the question is
compared with the taught phrasings alone; it is theirs where it is much like one and less like any other entry.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log

from knowledge.faq.entries import DATA, Entry
from knowledge.normalize import simplify

SAME_WORDS = DATA / "same-words.txt"
_IDLE = re.compile(
    r"请问|您好|你好|大家好|各位|老师|麻烦|问一?下|想问|请教|咨询|谢谢|多谢|我们?|你们|咱们?|一下|这个|那个"
    r"|[的了呢啊吗吧呀]|[^\w]"
)


@dataclass(frozen=True, slots=True)
class Match:
    """The taught entry that a question is most like (0 to 1), and how much more than any other entry."""

    id: str
    likeness: float
    lead: float


@dataclass(frozen=True, slots=True)
class _Phrasing:
    id: str
    grams: frozenset[str]
    mass: float


class Taught:
    """The taught entries among all; immutable, as the base is."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Compare with all entries, of which those with an author were taught."""
        taught = {entry.id for entry in entries if entry.author}
        texts = [(entry.id, text) for entry in entries for text in (entry.question, *entry.similar)] if taught else []
        grams = [(id, _grams(text)) for id, text in texts]
        held = Counter(gram for _, each in grams for gram in each)
        self._rarity = {gram: _weight(gram, count, len(texts)) for gram, count in held.items()}
        self._unseen = max(len(texts), 1)
        phrasings = [_Phrasing(id, each, self._mass(each)) for id, each in grams]
        self._taught = tuple(phrasing for phrasing in phrasings if phrasing.id in taught)
        self._others = tuple(phrasing for phrasing in phrasings if phrasing.id not in taught)

    def find(self, question: str, least: float) -> Match | None:
        """The taught entry that the question is most like, if it is like any by `least`."""
        asked = _grams(question)
        mass = self._mass(asked)
        best, id = max(((self._likeness(asked, mass, one), one.id) for one in self._taught), default=(0.0, ""))
        if not id or best < least:
            return None
        rivals = (*self._others, *(one for one in self._taught if one.id != id))
        rival = max((self._likeness(asked, mass, one) for one in rivals), default=0.0)
        return Match(id, best, best - rival)

    def _likeness(self, asked: frozenset[str], mass: float, one: _Phrasing) -> float:
        return 2 * self._mass(asked & one.grams) / max(mass + one.mass, 1e-9)

    def _mass(self, grams: Iterable[str]) -> float:
        return sum(self._rarity.get(gram) or _weight(gram, 0, self._unseen) for gram in grams)


def likeness(one: str, other: str) -> float:
    """How much two questions share (0 to 1), words of one meaning being one word."""
    mine, theirs = _grams(one), _grams(other)
    return 2 * len(mine & theirs) / max(len(mine) + len(theirs), 1)


def _weight(gram: str, count: int, size: int) -> float:
    """Rarity; a single character counts half."""
    return log((size + 1) / (count + 0.5)) * (0.5 if len(gram) == 1 else 1.0)


@lru_cache(4096)
def _grams(text: str) -> frozenset[str]:
    """The characters and pairs of a text in standard words."""
    known, pattern = _standard()
    plain = _IDLE.sub("", pattern.sub(lambda found: known[found[0]], simplify(text)))
    return frozenset(plain) | {plain[place : place + 2] for place in range(len(plain) - 1)}


@cache
def _standard() -> tuple[dict[str, str], re.Pattern[str]]:
    """Each word with the one that stands for it, and a pattern that finds the longest first."""
    lines = [line.split() for line in SAME_WORDS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    known = {word: words[0] for words in lines for word in words}
    return known, re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))
