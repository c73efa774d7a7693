"""The trained model: which intent a message has and which service group it concerns, with how sure that is.

Linear scores over the features of `features.py`, turned into probabilities by a temperature that was found on
writers left out of training. numpy only; `train.py` makes the file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.features import BLOCKS, WEIGHTS, Keys, Sketch, Sketcher
from knowledge.normalize import Cleaned
from knowledge.shape import Setting

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

_SLOT_BITS = 22
_SHIFT = np.uint32(32 - _SLOT_BITS)
_WORD_BITS = np.uint32(5)
_LAST_BIT = np.uint32((1 << 5) - 1)
_COUNT = np.uint64(32)
_WEIGHTS = np.array([WEIGHTS[block] for block in BLOCKS])
_EMPTY = frozenset(
    [
        *"\n ,。!?;:、.~()的了着过得地是就也都和与在有个吗呢吧啊呀哦嗯我你您他她它这那不没0@PU",
        "我们",
        "咱们",
        "你们",
        "这个",
        "那个",
    ]
)
"""Words and signs that say nothing by themselves."""
MODEL = Path(__file__).parent / "data" / "intents.npz"


def made_of(path: Path) -> str:
    """The hash of the packaged data and code that a model file was made of, or is used with."""
    with np.load(path, allow_pickle=False) as file:
        return str(file["manifest"])


class Vocabulary:
    """The features that a model knows: sorted keys, and for each its block and its rarity (idf).

    The upper bits of a key are its slot. Of keys that would share a slot, the commonest is kept: what is rare is worth
    least, and is said by other features too. So a key's row is the number of slots in use up to its own: each word of
    `_used` holds a bit for each of 32 slots and, above them, how many are in use before.
    """

    def __init__(self, keys: Keys, blocks: NDArray[np.uint8], rarity: Floats) -> None:
        self.keys, self.blocks, self.rarity = keys, blocks, rarity
        used = np.zeros(1 << (_SLOT_BITS - _WORD_BITS), dtype=np.uint64)
        slots = keys >> _SHIFT
        np.bitwise_or.at(used, slots >> _WORD_BITS, np.uint64(1) << (slots & _LAST_BIT).astype(np.uint64))
        self._used = (np.cumsum(np.bitwise_count(used), dtype=np.uint64) - np.bitwise_count(used)) << _COUNT | used

    @classmethod
    def of(cls, sketches: Sequence[Sketch], least: Mapping[str, int]) -> "Vocabulary":
        """List the keys that occur in at least `least[block]` sketches."""
        keys, blocks, rarity = [], [], []
        for index, block in enumerate(BLOCKS):
            occurring = np.concatenate([np.unique(sketch.block(block)) for sketch in sketches])
            found, counts = np.unique(occurring, return_counts=True)
            kept = counts >= least[block]
            keys.append(found[kept])
            blocks.append(np.full(kept.sum(), index, dtype=np.uint8))
            idf = np.log((1 + len(sketches)) / (1 + counts[kept])) + 1
            rarity.append((idf if block != "shape" else np.ones(len(idf))).astype(np.float32))
        listed, weighed = np.concatenate(keys), np.concatenate(rarity)
        slots = listed >> _SHIFT
        order = np.lexsort((weighed, slots))
        order = order[np.diff(slots[order], prepend=np.uint32(1 << _SLOT_BITS)) != 0]
        return cls(listed[order], np.concatenate(blocks)[order], weighed[order])

    def rows(self, keys: Keys) -> Rows:
        """Find the row of each key, -1 where it is not known."""
        slots = keys >> _SHIFT
        used = self._used.take(slots >> _WORD_BITS)
        not_later = used.astype(np.uint32) << (_LAST_BIT - (slots & _LAST_BIT))
        rows = (used >> _COUNT).astype(np.intp) + np.bitwise_count(not_later) - 1
        rows[self.keys.take(rows, mode="clip") != keys] = -1
        return rows

    def vector(self, keys: Keys) -> tuple[Rows, Floats]:
        """Give the rows of the known keys once each, and their values; each block has its weight as length."""
        rows = self.rows(keys)
        rows.sort()
        new = rows >= 0
        new[1:] &= rows[1:] != rows[:-1]
        rows = rows[new]
        values, blocks = self.rarity[rows], self.blocks[rows]
        lengths = np.sqrt(np.bincount(blocks, values * values, minlength=len(BLOCKS)))
        scales = (_WEIGHTS / np.maximum(lengths, 1e-9)).astype(np.float32)
        return rows, values * scales[blocks]

    def __len__(self) -> int:
        return len(self.keys)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Turn scores (along the last axis) into probabilities."""
    powers = scores - np.maximum.reduce(scores, axis=-1, keepdims=True)
    powers /= np.float32(temperature)
    np.exp(powers, out=powers)
    powers /= np.add.reduce(powers, axis=-1, keepdims=True)
    return powers


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model thinks: a probability per intent, the service group it would be, and what speaks for an intent."""

    odds: Mapping[str, float]
    category: str
    telling: Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights (features × classes) and biases for intents, then for categories, side by side."""

    sketcher: Sketcher
    vocabulary: Vocabulary
    intents: tuple[str, ...]
    categories: tuple[str, ...]
    weights: Floats
    biases: Floats
    temperature: float
    manifest: str

    @classmethod
    def load(cls, path: Path = MODEL) -> "IntentModel":
        """Read the model file; raises FileNotFoundError where `python -m knowledge.train` was never run."""
        with np.load(path, allow_pickle=False) as file:
            return cls(
                Sketcher(file["sounds"]),
                Vocabulary(file["keys"], file["blocks"], file["rarity"].astype(np.float32)),
                tuple(file["intents"].tolist()),
                tuple(file["categories"].tolist()),
                file["weights"].astype(np.float32),  # of half precision in the file: it halves the package
                file["biases"],
                float(file["temperature"]),
                str(file["manifest"]),
            )

    def guess(self, cleaned: Cleaned, setting: Setting) -> Guess:
        """Judge one message."""
        sketch = self.sketcher.sketch(cleaned, setting)
        rows, values = self.vocabulary.vector(sketch.keys)
        # Not `@`: for a product this small, waking the threads of the linear algebra costs milliseconds.
        scores = np.einsum("i,ij->j", values, self.weights.take(rows, axis=0)) + self.biases
        count = len(self.intents)
        odds = softmax(scores[:count], self.temperature)
        category = self.categories[int(scores[count:].argmax())]
        return Guess(dict(zip(self.intents, odds.tolist(), strict=True)), category, partial(self._telling, sketch))

    def _telling(self, sketch: Sketch, intent: str, most: int = 3) -> tuple[str, ...]:
        """Find the words that speak most for an intent: no particles, no signs."""
        words = sketch.words
        rows = self.vocabulary.rows(sketch.keys[: len(words)])
        gains = self.weights[rows, self.intents.index(intent)] * self.vocabulary.rarity[rows] * (rows >= 0)
        telling: dict[str, None] = {}
        for at in (-gains).argsort(kind="stable").tolist():
            if gains[at] <= 0 or len(telling) == most:
                break
            if words[at] not in _EMPTY:
                telling[words[at]] = None
        return tuple(telling)
