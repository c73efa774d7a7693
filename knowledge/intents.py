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
    least, and is said by other features too.
    """

    def __init__(self, keys: Keys, blocks: NDArray[np.uint8], rarity: Floats) -> None:
        self.keys, self.blocks, self.rarity = keys, blocks, rarity

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
        rows = self.keys.searchsorted(keys)
        return np.where(self.keys.take(rows, mode="clip") == keys, rows, -1)

    def vector(self, keys: Keys) -> tuple[Rows, Floats]:
        """Give the rows of the known keys once each, and their values; each block has its weight as length."""
        keys = np.sort(keys)  # looked for in their order, they are found in half the time
        rows = self.keys.searchsorted(keys)
        known = self.keys.take(rows, mode="clip") == keys
        known[1:] &= keys[1:] != keys[:-1]
        rows = rows[known]
        values, blocks = self.rarity[rows], self.blocks[rows]
        lengths = np.sqrt(np.bincount(blocks, values * values, minlength=len(BLOCKS)))
        scales = (_WEIGHTS / np.maximum(lengths, 1e-9)).astype(np.float32)
        return rows, values * scales[blocks]

    def __len__(self) -> int:
        return len(self.keys)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Turn scores (along the last axis) into probabilities."""
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / np.float32(temperature))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


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
