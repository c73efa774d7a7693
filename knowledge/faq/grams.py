"""Grams of texts as numbers: characters, pairs of characters, pairs of syllables.

Whole batches of texts are cut at once in numpy, which is what makes rebuilding after a taught entry cheap.
A gram is one int64: its kind above bit 32, its two parts (code points or syllables) below.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.entries import DATA
from knowledge.normalize import simplify

Ints = NDArray[np.int64]

CHAR, PAIR, SOUND = 0, 1, 2
KINDS = 3
_BATCH = 900
_LONGEST = 15_000
_NEWLINE = 10


def kind_of(grams: Ints) -> Ints:
    """Tell the kind of every gram: CHAR, PAIR or SOUND."""
    return grams >> 32


def cut(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Give all grams of the texts, repeats included, and beside each the number of its text."""
    points = np.frombuffer(_joined(texts).encode("utf-32-le", "replace"), np.uint32).astype(np.int64)
    number = np.cumsum(points == _NEWLINE)
    points[points > 0xFFFF] = 0
    word = _is_word(points)
    sound = _syllables()[points].astype(np.int64)
    followed = word[:-1] & word[1:]
    voiced = (sound[:-1] > 0) & (sound[1:] > 0)
    grams = (
        points[word],
        (PAIR << 32) + (points[:-1] << 16)[followed] + points[1:][followed],
        (SOUND << 32) + (sound[:-1] << 16)[voiced] + sound[1:][voiced],
    )
    return np.concatenate(grams), np.concatenate((number[word], number[:-1][followed], number[:-1][voiced]))


def _joined(texts: Sequence[str]) -> str:
    """Put the simplified texts on a line each; a batch at once, as the converter is slow to start."""
    return "\n".join(simplify(batch) for batch in _batches(texts)).lower()


def _batches(texts: Sequence[str]) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for text in texts:
        line = " ".join(text.split())[:_LONGEST]
        if batch and size + len(line) > _BATCH:
            yield "\n".join(batch)
            batch, size = [], 0
        batch.append(line)
        size += len(line) + 1
    yield "\n".join(batch)


def _is_word(points: Ints) -> NDArray[np.bool_]:
    han = (points >= 0x3400) & (points <= 0x9FFF)
    latin = (points >= ord("a")) & (points <= ord("z"))
    return han | latin | ((points >= ord("0")) & (points <= ord("9")))


@cache
def _syllables() -> NDArray[np.uint16]:
    """Map code points to numbers of syllables, 0 where there is none; made by `make_syllables`."""
    table = np.zeros(0x10000, np.uint16)
    path = DATA / "faq-syllables.npy"
    if path.exists():
        table[0x4E00 : 0x9FFF + 1] = np.load(path)
    return table
