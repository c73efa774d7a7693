"""What texts mean, roughly: the mean of their words' vectors, from a table of two megabytes.

The table was distilled from a sentence encoder (multilingual-e5-small, MIT) by knowledge.faq.distil: it is data, and
no model runs here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge import segmenter
from knowledge.faq.entries import DATA
from knowledge.normalize import simplify

Vectors = NDArray[np.float32]

TABLE = DATA / "faq-meanings.npz"
_BATCH = 500
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
        places = list(self._places(simplify(text)))
        if not places:
            return np.zeros(self.rows.shape[1], np.float32)
        summed = self.scale[places] @ self.rows[places].astype(np.float32)
        return np.asarray(summed / max(float(np.sqrt(summed @ summed)), 1e-6), np.float32)

    def packed(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """The directions of many texts in a quarter of the room, a row each."""
        lines = [simplify(text) for text in texts]
        found = np.zeros((len(texts), self.rows.shape[1]), np.int8)
        for begin in range(0, len(texts), _BATCH):
            batch = self._directions(lines[begin : begin + _BATCH])
            found[begin : begin + _BATCH] = np.round(batch * FULL)
        return found

    def _directions(self, lines: Sequence[str]) -> Vectors:
        """As `of`, for many at once, in less time."""
        of_lines = [[0, *self._places(line)] for line in lines]  # the first is no word's: no line may be empty
        places = np.concatenate(of_lines).astype(np.int64)
        starts = np.cumsum([0, *map(len, of_lines[:-1])])
        weights = self.scale[places]
        weights[starts] = 0
        summed = np.add.reduceat(self.rows[places] * weights[:, None], starts)
        return np.asarray(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-6), np.float32)

    def _places(self, text: str) -> Iterator[int]:
        """The rows of the words; of a word that is not in the table, of its characters."""
        for word in segmenter.cut(text):
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
