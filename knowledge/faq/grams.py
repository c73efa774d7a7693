"""Grams of texts as numbers: characters, pairs of characters, pairs of syllables.

Whole batches of texts are cut at once in numpy, which is what makes rebuilding after a taught entry cheap.
A gram is one int64: its kind above bit 32, its two parts (code points or syllables) below.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.entries import DATA
from knowledge.faq.words import standard
from knowledge.normalize import simplify

Ints = NDArray[np.int64]

CHAR, PAIR, SOUND = 0, 1, 2
KINDS = 3
GRAM_BITS = 34
"""A gram is below two to the power of this."""
_BATCH = 400
_HAN = 0x4E00, 0xA000
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
    """Put the texts on a line each, in standard words; only those that may need it are simplified, which is slow."""
    lines = [" ".join(text.split())[:_LONGEST] for text in texts]
    joined = "\n".join(lines)
    points = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    odd = ~_plain()[np.minimum(points, 0xFFFF)]
    for line in np.unique(np.cumsum(points == _NEWLINE)[odd]):
        lines[line] = simplify(lines[line])
    return standard(("\n".join(lines) if odd.any() else joined).lower())


@cache
def _plain() -> NDArray[np.bool_]:
    """Mark the code points that simplification leaves alone, or that are no words before or after it."""
    plain = np.zeros(0x10000, np.bool_)
    plain[_NEWLINE] = True
    plain[0x20:0x7F] = True
    for punctuation in ((0x2010, 0x2027), (0x3000, 0x3020), (0xFF01, 0xFF10), (0xFF1A, 0xFF20)):
        plain[slice(*punctuation)] = True
    for begin in range(*_HAN, _BATCH):
        row = [chr(point) for point in range(begin, min(begin + _BATCH, _HAN[1]))]
        plain[begin : begin + len(row)] = [
            old == new for old, new in zip(row, simplify("\n".join(row)).split("\n"), strict=True)
        ]
    return plain


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
