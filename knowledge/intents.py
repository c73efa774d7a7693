"""The trained model: which intent a message has and which service group it concerns, with how sure that is.

Linear scores over the features of `features.py`, turned into probabilities by a temperature that was found on
writers left out of training. numpy only; `train.py` makes the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.features import BLOCKS, WEIGHTS, Keys, Setting, Sketch, Sketcher
from knowledge.normalize import Cleaned

Floats = NDArray[np.float32]

MODEL = Path(__file__).parent / "data" / "intents.npz"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that a model knows: per block its sorted keys, and one rarity weight (idf) per key."""

    keys: tuple[Keys, ...]
    rarity: tuple[Floats, ...]

    @classmethod
    def of(cls, sketches: Sequence[Sketch], least: Mapping[str, int]) -> "Vocabulary":
        """List the keys that occur in at least `least[block]` (or two) sketches."""
        keys, rarity = [], []
        for index, block in enumerate(BLOCKS):
            found, counts = np.unique(np.concatenate([s.blocks[index] for s in sketches]), return_counts=True)
            kept = counts >= least.get(block, 2)
            keys.append(found[kept])
            idf = np.log((1 + len(sketches)) / (1 + counts[kept])) + 1
            rarity.append((idf if block != "shape" else np.ones(len(idf))).astype(np.float32))
        return cls(tuple(keys), tuple(rarity))

    def vector(self, sketch: Sketch) -> tuple[NDArray[np.intp], Floats]:
        """Give the rows of the known features and their values; each block has its weight as length."""
        rows, values, offset = [], [], 0
        for block, keys, known, rarity in zip(BLOCKS, sketch.blocks, self.keys, self.rarity, strict=True):
            if len(keys) and len(known):
                at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
                at = at[known[at] == keys]
                value = rarity[at]
                length = float(np.sqrt(value @ value)) or 1.0
                rows.append(at + offset)
                values.append(value * np.float32(WEIGHTS[block] / length))
            offset += len(known)
        if not rows:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        return np.concatenate(rows), np.concatenate(values)

    def __len__(self) -> int:
        return sum(len(keys) for keys in self.keys)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Turn scores (along the last axis) into probabilities."""
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / np.float32(temperature))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model thinks: a probability per intent, and the service group it would be."""

    odds: Mapping[str, float]
    category: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights (features × classes, float16) and biases for intents, then for categories, side by side."""

    sketcher: Sketcher
    vocabulary: Vocabulary
    intents: tuple[str, ...]
    categories: tuple[str, ...]
    weights: NDArray[np.float16]
    biases: Floats
    temperature: float
    manifest: str

    @classmethod
    def load(cls, path: Path = MODEL) -> "IntentModel":
        """Read the model file; raises FileNotFoundError where `python -m knowledge.train` was never run."""
        with np.load(path, allow_pickle=False) as file:
            vocabulary = Vocabulary(
                tuple(file[f"keys-{block}"] for block in BLOCKS),
                tuple(file[f"rarity-{block}"] for block in BLOCKS),
            )
            return cls(
                Sketcher(file["lexicon"].tolist(), file["sounds"]),
                vocabulary,
                tuple(file["intents"].tolist()),
                tuple(file["categories"].tolist()),
                file["weights"],
                file["biases"],
                float(file["temperature"]),
                str(file["manifest"]),
            )

    def guess(self, cleaned: Cleaned, setting: Setting) -> Guess:
        """Judge one message."""
        sketch = self.sketcher.sketch(cleaned, setting)
        rows, values = self.vocabulary.vector(sketch)
        picked = self.weights[rows].astype(np.float32)
        scores = values @ picked + self.biases
        count = len(self.intents)
        odds = softmax(scores[:count], self.temperature)
        category = self.categories[int(scores[count:].argmax())]
        best = int(odds.argmax())
        return Guess(
            dict(zip(self.intents, odds.tolist(), strict=True)), category, self._telling(sketch.words, best)
        )

    def _telling(self, words: Iterable[str], intent: int, most: int = 3) -> tuple[str, ...]:
        """Find the words that speak most for an intent."""
        known, block = self.vocabulary.keys, BLOCKS.index("word")
        offset = sum(len(keys) for keys in known[:block])
        listed = list(dict.fromkeys(words))[:60]
        keys = self.sketcher.word_keys(listed)
        if not len(keys) or not len(known[block]):
            return ()
        at = np.minimum(np.searchsorted(known[block], keys), len(known[block]) - 1)
        gains = self.weights[at + offset, intent].astype(np.float32) * self.vocabulary.rarity[block][at]
        gains[known[block][at] != keys] = 0
        order = np.argsort(-gains, kind="stable")[:most]
        return tuple(listed[i] for i in order if gains[i] > 0)
