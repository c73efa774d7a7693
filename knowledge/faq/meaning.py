"""What texts mean, roughly: the mean of their words' vectors, from a table of two megabytes.

The table was distilled from a sentence encoder (multilingual-e5-small, MIT) by knowledge.faq.distil: it is data, and
no model runs here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import rjieba
from numpy.typing import NDArray

from knowledge.faq.entries import DATA
from knowledge.normalize import simplify

Vectors = NDArray[np.float32]

TABLE = DATA / "faq-meanings.npz"
FULL = 127
"""The largest number of an int8 row."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """A row a word, `scale` times int8; rare words have longer rows."""

    words: dict[str, int]
    rows: NDArray[np.int8]
    scale: Vectors

    def of(self, text: str) -> Vectors:
        """The direction of a text; zeros where no word of it is known."""
        places = list(self._places(text))
        if not places:
            return np.zeros(self.rows.shape[1], np.float32)
        summed = self.scale[places] @ self.rows[places].astype(np.float32)
        return np.asarray(summed / max(float(np.sqrt(summed @ summed)), 1e-6), np.float32)

    def packed(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """The directions of many texts in an eighth of the room, a row each."""
        found = np.zeros((len(texts), self.rows.shape[1]), np.int8)
        for number, text in enumerate(texts):
            found[number] = np.round(self.of(text) * FULL)
        return found

    def _places(self, text: str) -> Iterator[int]:
        """The rows of the words; of a word that is not in the table, of its characters."""
        for word in rjieba.cut(simplify(text)):
            place = self.words.get(word)
            if place is not None:
                yield place
            elif len(word) > 1:
                yield from (self.words[character] for character in word if character in self.words)


@cache
def packaged_meanings() -> Meanings:
    """Read the table that is shipped."""
    with np.load(TABLE) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
        return Meanings({word: place for place, word in enumerate(words)}, arrays["rows"], arrays["scale"])
