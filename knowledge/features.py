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
_FIRST, _LAST, _ROOM = "\x02", "\x03", "\0\0\0"
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
_GRAMS = np.stack([_salts("char"), _salts("sound")])[:, None]
_SOUNDS = 3
"""The longest run of sounds that counts."""
_QUOTED = np.stack([_salts("quote"), _salts("quoted-name")])
_PAIR, _EACH, _BOTH, _BEFORE, _AFTER, _BETWEEN = (
    np.uint64(_salt(name)) for name in ("pair", "class", "classes", "before", "after", "between")
)


def _mixed(raw: Codes) -> Keys:
    """Spread the bits; the arithmetic wraps, as hashes do."""
    raw = (raw ^ (raw >> _HALF)) * _PRIME
    return ((raw ^ (raw >> _HALF)) * _PRIME >> _HALF).astype(np.uint32)


def _powers() -> Codes:
    """For each size of a run, a column of what its codes are multiplied by: the last by one, those before by primes."""
    prime, sizes = int(_PRIME), range(_LARGEST)
    powers = [[prime ** (size - at) % (1 << 64) if at <= size else 0 for size in sizes] for at in sizes]
    return np.array(powers, dtype=np.uint64)


_POWERS = _powers()


def _runs(codes: Codes, salts: Codes) -> Codes:
    """Hash the runs of one to four codes that begin at each place along the last axis but the last three."""
    places = codes.shape[-1] - _LARGEST + 1
    step = codes.strides[-1]
    windows = np.ndarray((*codes.shape[:-1], places, _LARGEST), np.uint64, codes, strides=(*codes.strides, step))
    return np.asarray(windows @ _POWERS ^ salts, dtype=np.uint64)


_WHOLE = np.arange(1, _LARGEST + 1) <= np.arange(_LARGEST - 1, 0, -1)[:, None]
"""Which runs that begin at one of the last three codes end within the text."""


def _listed(runs: Codes, largest: int) -> list[Codes]:
    """Of the runs that begin at each code of a text, those of up to `largest` codes that end within it."""
    full = max(len(runs) - _LARGEST + 1, 0)
    return [runs[:full, :largest].ravel(), runs[full:, :largest][_WHOLE[full - len(runs) :, :largest]]]


def _codes(text: str) -> NDArray[np.uint32]:
    """The code points between a sign for the beginning and one for the end, and room for a run to end."""
    return np.frombuffer(f"{_FIRST}{text}{_LAST}{_ROOM}".encode("utf-32-le", "replace"), dtype=np.uint32)


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
        spelt[1] = self._heard.take(codes, mode="clip")
        chars, sounds = _runs(spelt, _GRAMS)
        return _listed(chars, _LARGEST), _listed(sounds, _SOUNDS)

    def _classed(self, words: tuple[str, ...], coded: Codes) -> list[Codes]:
        """Name the classes of words: each, every two in the message, and each with its neighbours."""
        known = [(at, self._classes[word]) for at, word in enumerate(words) if word in self._classes]
        if not known:
            return []
        where = np.array([at for at, _ in known], dtype=np.intp)
        found = np.array([name for _, name in known], dtype=np.uint64)
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
        said = _runs(_codes(masked(cleaned.quote.text)[:120]).astype(np.uint64), _QUOTED[0])
        name = _runs(_codes(cleaned.quote.name[:20]).astype(np.uint64), _QUOTED[1])
        return _listed(said, _SOUNDS) + _listed(name, _SOUNDS)
