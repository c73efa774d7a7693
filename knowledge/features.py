"""What the reader sees of a message: n-grams of characters, sounds and words, and the shape of the text.

A feature is a 32-bit key; keys come in blocks that are weighed and normalised apart. All hashing is done on whole
arrays, never gram by gram, so that a message costs a tenth of a millisecond.
"""

import re
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from knowledge import segmenter
from knowledge.normalize import Cleaned
from knowledge.shape import Setting, excerpt, shape

Keys = NDArray[np.uint32]
Codes = NDArray[np.uint64]

BLOCKS = ("word", "char", "sound", "class", "role", "quote", "shape")
WEIGHTS = {"char": 1.0, "sound": 1.0, "word": 1.0, "class": 0.5, "role": 0.7, "quote": 1.0, "shape": 0.6}
_FIRST, _LAST = "\x02", "\x03"
_FIRST_CODE, _LAST_CODE = 2, 3
_HALF = np.uint64(32)
_PRIME = np.uint64(0x9E3779B97F4A7C15)
FIRST_HAN, LAST_HAN = 0x4E00, 0x9FA5

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_URL = re.compile(r"https?://\S+|www\.\S+")
_SOMEONE = re.compile(r"@[^\s@,。!?,:;]{1,20}")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class Sketch:
    """The features of a message: its keys, block by block in the order of BLOCKS, with repeats.

    `ends` says where each block ends. The block of words comes first, and begins with those of `words`.
    """

    keys: Keys
    ends: tuple[int, ...]
    words: tuple[str, ...]

    def block(self, name: str) -> Keys:
        """The keys of one block."""
        index = BLOCKS.index(name)
        return self.keys[self.ends[index - 1] if index else 0 : self.ends[index]]


def _salt(name: str) -> int:
    return zlib.crc32(name.encode()) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF


_named = cache(_salt)  # of traits and roles, which are few


@lru_cache(maxsize=1 << 14)
def _coded(word: str) -> int:
    return zlib.crc32(word.encode())


def _salts(name: str) -> Codes:
    return np.array([_salt(f"{name}/{size}") for size in range(1, _LARGEST + 1)], dtype=np.uint64)


_LARGEST = 4
_GRAMS = np.stack([_salts("char"), _salts("sound")])
_QUOTED = np.stack([_salts("quote"), _salts("quoted-name")])
_PAIR, _EACH, _BOTH, _BEFORE, _AFTER, _BETWEEN = (
    np.uint64(_salt(name)) for name in ("pair", "class", "classes", "before", "after", "between")
)


def _mixed(raw: Codes) -> Keys:
    """Spread the bits; the arithmetic wraps, as hashes do."""
    raw = (raw ^ (raw >> _HALF)) * _PRIME
    return ((raw ^ (raw >> _HALF)) * _PRIME >> _HALF).astype(np.uint32)


def _grams(codes: Codes, salts: Codes, largest: int) -> list[Codes]:
    """Hash all runs of one to `largest` codes, along the last axis."""
    rolled, found = codes, [codes ^ salts[..., :1]]
    for size in range(2, min(largest, codes.shape[-1]) + 1):
        rolled = rolled[..., :-1] * _PRIME + codes[..., size - 1 :]
        found.append(rolled ^ salts[..., size - 1 : size])
    return found


def _codes(text: str) -> Codes:
    """The code points between a sign for the beginning and one for the end."""
    marked = f"{_FIRST}{text}{_LAST}".encode("utf-32-le", "replace")
    return np.frombuffer(marked, dtype=np.uint32).astype(np.uint64)


def masked(text: str) -> str:
    """Put one sign for every link, phone, name called and number: what they are matters, not which."""
    text = _SOMEONE.sub("@", _PHONE.sub("P", _URL.sub("U", excerpt(text).lower())))
    return _DIGITS.sub("0", text)


class Sketcher:
    """Turns a cleaned message in its setting into blocks of feature keys."""

    def __init__(self, sounds: NDArray[np.uint16]) -> None:
        self._classes = {word: _coded(name) for name, words in segmenter.classes().items() for word in words}
        self.sounds = sounds
        # Every sign sounds like itself, moved out of the way of the numbers of syllables, but Han like its syllable.
        self._heard = np.arange(0x1_0000, 0x2_0000, dtype=np.uint64)
        self._heard[FIRST_HAN : FIRST_HAN + len(sounds)] = sounds

    def sketch(self, cleaned: Cleaned, setting: Setting) -> Sketch:
        """Take the features of one message."""
        text = masked(cleaned.text)
        words = tuple(word for word in segmenter.cut(text) if not word.isspace())
        coded = np.array([_FIRST_CODE, *map(_coded, words), _LAST_CODE], dtype=np.uint64)
        said = coded[1:-1]
        heard = _named(f"addressed:{setting.addressed}")
        chars, sounds = self._spelt(text)
        blocks = (
            [said, coded[:-1] * _PRIME + coded[1:] ^ _PAIR],
            chars,
            sounds,
            self._classed(words, coded),
            [said ^ np.uint64(_named(setting.role)), said ^ np.uint64(heard)],
            self._quoted(cleaned),
            [np.array([*map(_named, shape(cleaned, setting))], dtype=np.uint64)],
        )
        ends = tuple(accumulate(sum(map(len, block)) for block in blocks))
        return Sketch(_mixed(np.concatenate([part for block in blocks for part in block])), ends, words)

    def _spelt(self, text: str) -> tuple[list[Codes], list[Codes]]:
        """Take runs of up to four characters and of up to three sounds."""
        codes = _codes(text)
        spelt = np.empty((2, len(codes)), dtype=np.uint64)
        spelt[0] = codes
        spelt[1] = self._heard.take(codes.astype(np.intp), mode="clip")
        grams = _grams(spelt, _GRAMS, _LARGEST)
        return [both[0] for both in grams], [both[1] for both in grams[:3]]

    def _classed(self, words: tuple[str, ...], coded: Codes) -> list[Codes]:
        """Name the classes of words: each, every two in the message, and each with its neighbours."""
        known = self._classes
        where = np.array([at for at, word in enumerate(words) if word in known], dtype=np.intp)
        if not len(where):
            return []
        found = np.array([known[words[at]] for at in where], dtype=np.uint64)
        steps = coded.copy()
        steps[where + 1] = found
        before, after = steps[where] * _PRIME, steps[where + 2]
        return [
            found ^ _EACH,
            (found[:, None] + found).ravel() ^ _BOTH,
            before + found ^ _BEFORE,
            found * _PRIME + after ^ _AFTER,
            (before + found) * _PRIME + after ^ _BETWEEN,
        ]

    def _quoted(self, cleaned: Cleaned) -> list[Codes]:
        if cleaned.quote is None:
            return []
        said = _grams(_codes(masked(cleaned.quote.text)[:120]), _QUOTED[0], 3)
        return said + _grams(_codes(cleaned.quote.name[:20]), _QUOTED[1], 3)
