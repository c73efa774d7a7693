"""What the reader sees of a message: n-grams of characters, sounds and words, and the shape of the text.

A feature is a 64-bit key; keys come in blocks that are weighed and normalised apart. Characters and sounds are
hashed as whole arrays, so that a message costs tens of microseconds.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray

from knowledge.normalize import Cleaned
from knowledge.shape import Setting, excerpt, shape

Keys = NDArray[np.uint64]

BLOCKS = ("char", "sound", "word", "class", "role", "quote", "shape")
WEIGHTS = {"char": 1.0, "sound": 1.0, "word": 1.0, "class": 0.5, "role": 0.7, "quote": 1.0, "shape": 0.6}
_FIRST, _LAST = 2, 3
_HALF = np.uint64(32)
_PRIME = np.uint64(0x9E3779B97F4A7C15)
FIRST_HAN, LAST_HAN = 0x4E00, 0x9FA5

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_URL = re.compile(r"https?://\S+|www\.\S+")
_SOMEONE = re.compile(r"@[^\s@,。!?,:;]{1,20}")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class Sketch:
    """The features of a message: keys per block of BLOCKS, with repeats, and the words it was cut into.

    The first keys of the block of words are those of `words`, in their order.
    """

    blocks: tuple[Keys, ...]
    words: tuple[str, ...]

    @property
    def word_keys(self) -> Keys:
        """The keys of the single words."""
        return self.blocks[BLOCKS.index("word")][: len(self.words)]


@cache
def _salt(block: str, size: int = 0) -> np.uint64:
    return np.uint64(zlib.crc32(f"{block}/{size}".encode()) * 0x9E3779B1 & 0xFFFFFFFFFFFFFFFF)


def _grams(codes: Keys, block: str, largest: int) -> Keys:
    """Hash all runs of one to `largest` codes; the arithmetic wraps, as hashes do."""
    rolled, found = codes, [codes ^ _salt(block, 1)]
    for size in range(2, min(largest, len(codes)) + 1):
        rolled = rolled[:-1] * _PRIME + codes[size - 1 :]
        found.append(rolled ^ _salt(block, size))
    mixed: Keys = np.concatenate(found)
    mixed = (mixed ^ (mixed >> _HALF)) * _PRIME
    folded: Keys = mixed ^ (mixed >> _HALF)
    return folded


def _hashed(names: Iterable[str], block: str) -> Keys:
    keys = np.array([zlib.crc32(name.encode()) for name in names], dtype=np.uint64)
    salted: Keys = keys * _PRIME ^ _salt(block)
    return salted


def _codes(text: str) -> Keys:
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    return np.concatenate(([np.uint64(_FIRST)], points, [np.uint64(_LAST)]))


def masked(text: str) -> str:
    """Put one sign for every link, phone, name called and number: what they are matters, not which."""
    text = _SOMEONE.sub("@", _PHONE.sub("P", _URL.sub("U", excerpt(text).lower())))
    return _DIGITS.sub("0", text)


class Sketcher:
    """Turns a cleaned message in its setting into blocks of feature keys."""

    def __init__(self, lexicon: Iterable[str], sounds: NDArray[np.uint16]) -> None:
        self._cutter = rjieba.Jieba()
        self.lexicon = tuple(lexicon)
        self._classes: dict[str, str] = {}
        for line in self.lexicon:
            name, _, words = line.partition(":")
            for word in words.split():
                self._classes[word] = name
                if len(word) > 1:
                    self._cutter.add_word(word, None, None)
        self.sounds = sounds

    def sketch(self, cleaned: Cleaned, setting: Setting) -> Sketch:
        """Take the features of one message."""
        text = masked(cleaned.text)
        codes = _codes(text)
        words = [word for word in self._cutter.cut(text) if not word.isspace()]
        pairs = [f"{one} {two}" for one, two in zip(["^", *words], [*words, "$"], strict=True)]
        side = f"{setting.role}:"
        called = "addressed:" if setting.addressed else "overheard:"
        blocks = (
            _grams(codes, "char", 4),
            _grams(self._heard(codes), "sound", 3),
            _hashed([*words, *pairs], "word"),
            _hashed(self._classed(words), "class"),
            _hashed([lead + word for word in words for lead in (side, called)], "role"),
            self._quoted(cleaned),
            _hashed(shape(cleaned, setting), "shape"),
        )
        return Sketch(blocks, tuple(words))

    def _classed(self, words: list[str]) -> set[str]:
        """Name the classes of words: each, every two in the message, and each with its neighbours."""
        classes = [self._classes.get(word, "") for word in words]
        found = sorted(set(classes) - {""})
        named = {*found, *(f"{one}&{two}" for one in found for two in found if one < two)}
        steps = [name or word for name, word in zip(classes, words, strict=True)]
        for index, name in enumerate(classes):
            if name:
                before, after = (["^", *steps][index], [*steps, "$"][index + 1])
                named |= {f"{before}<{name}", f"{name}>{after}", f"{before}<{name}>{after}"}
        return named

    def _heard(self, codes: Keys) -> Keys:
        """Put the sound in the place of every Han character; other signs stay, moved out of the way."""
        han = (codes >= FIRST_HAN) & (codes <= LAST_HAN)
        heard = codes + np.uint64(0x1_0000)
        heard[han] = self.sounds[(codes[han] - np.uint64(FIRST_HAN)).astype(np.intp)]
        return heard

    def _quoted(self, cleaned: Cleaned) -> Keys:
        if cleaned.quote is None:
            return np.empty(0, dtype=np.uint64)
        said = _grams(_codes(masked(cleaned.quote.text)[:120]), "quote", 3)
        return np.concatenate([said, _grams(_codes(cleaned.quote.name[:20]), "quoted-name", 3)])


def read_words(path: Path) -> list[str]:
    """Read a lexicon, one word a line; lines that begin with # are remarks."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
