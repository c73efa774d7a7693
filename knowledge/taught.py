"""Questions that people taught, asked again in other words.

What a person teaches has one phrasing, where the base's entries have many and a classifier that knows them: the
search would hardly ever dare to answer from it. Here words of one meaning are made one, and the question is
compared with the taught phrasings alone; it is theirs where it is much like one and less like any other entry.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

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


class Taught:
    """The taught entries among all; immutable, as the base is."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Compare with all entries, of which those with an author were taught."""
        wanted = entries if any(entry.author for entry in entries) else ()
        texts = [(number, text) for number, entry in enumerate(wanted) for text in (entry.question, *entry.similar)]
        self._ids = [entry.id for entry in wanted]
        self._is_taught = np.array([bool(entry.author) for entry in wanted], bool)
        self._owner = np.array([number for number, _ in texts], np.int64)
        holders: dict[str, list[int]] = defaultdict(list)
        for number, (_, text) in enumerate(texts):
            for gram in _grams(text):
                holders[gram].append(number)
        self._unseen = max(len(texts), 1)
        self._rarity = {gram: _weight(gram, len(held), len(texts)) for gram, held in holders.items()}
        self._holders = {gram: np.array(held, np.int32) for gram, held in holders.items()}
        self._mass = self._shared(self._rarity)

    def find(self, question: str, least: float) -> Match | None:
        """The taught entry that the question is most like, if it is like any by `least`."""
        if not len(self._owner):
            return None
        asked = _grams(question)
        mass = sum(self._rarity.get(gram) or _weight(gram, 0, self._unseen) for gram in asked)
        likeness = 2 * self._shared(asked & self._rarity.keys()) / np.maximum(mass + self._mass, 1e-9)
        best = np.zeros(len(self._ids))
        np.maximum.at(best, self._owner, likeness)
        number = int(np.argmax(np.where(self._is_taught, best, -1.0)))
        like = float(best[number])
        if like < least:
            return None
        best[number] = 0.0
        return Match(self._ids[number], like, like - float(best.max()))

    def _shared(self, grams: Iterable[str]) -> NDArray[np.float64]:
        """The mass of those grams in every phrasing."""
        shared = np.zeros(len(self._owner))
        for gram in grams:
            shared[self._holders[gram]] += self._rarity[gram]  # a phrasing stands but once among a gram's holders
        return shared


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
