"""A small tagger: where in a message the words stand that name a place, an activity, a company …

Of all spans of a text, the one with the highest sum of start score, inside scores, end score and length score is
taken. The first three are sums of integer weights of features of characters; `knowledge.slots.train_tagger` makes
the weights.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.slots.features import BUCKETS, DATA, buckets

MODEL = DATA / "slot-tagger.npz"
LONGEST = 240
"""Characters of a text that are looked at."""
MAX_SPAN = 24
Scores = NDArray[np.float32]
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Weights:
    """What one slot has learnt: `features` [buckets, 4] for start, inside, end; `lengths` [MAX_SPAN], from 1 on.

    The fourth column is empty: four bytes are taken as one number, several times as fast as three.
    """

    features: NDArray[np.int8]
    lengths: Scores

    def scores(self, text: str, intent: str) -> Scores:
        """Start, inside and end score of each character; shape [characters, 3]."""
        found = self.features.view(np.int32).ravel().take(buckets(text, intent))
        summed = np.add.reduce(found.view(np.int8), axis=0, dtype=np.int16)
        scores: Scores = summed.reshape(-1, 4)[:, :3].astype(np.float32)
        return scores


def file(trained: Path | None = None) -> Path:
    """The file to use: one trained on the spot, unless it was made of other messages than the package's own."""
    if trained is None or not trained.exists():
        return MODEL
    return trained if made_from(trained) == made_from(MODEL) else MODEL


def made_from(path: Path) -> str:
    """What stands for the packaged messages that a file was made from."""
    with np.load(path) as packed:
        return str(packed["made_from"])


@cache
def load(path: Path = MODEL) -> Mapping[str, Weights]:
    """The trained weights by slot, by default those that are shipped. Raises FileNotFoundError if never trained."""
    with np.load(path) as packed:
        return {str(slot): _unpacked(packed[f"{slot}.at"], packed[f"{slot}.features"], packed[f"{slot}.lengths"])
                for slot in packed["slots"]}  # fmt: skip


def save(trained: Mapping[str, Weights], made_from: str, path: Path = MODEL) -> None:
    """Write the model file: of each slot only the buckets in use, as distances from one to the next."""
    arrays: dict[str, Any] = {"slots": np.array(list(trained)), "made_from": np.array(made_from)}
    for slot, weights in trained.items():
        used = np.flatnonzero(weights.features.any(axis=1))
        arrays[f"{slot}.at"] = np.diff(used, prepend=0).astype(np.int32)
        arrays[f"{slot}.features"] = weights.features[used, :3]
        arrays[f"{slot}.lengths"] = weights.lengths.astype(np.int16)
    np.savez_compressed(path, **arrays)


def _unpacked(at: NDArray[np.int32], features: NDArray[np.int8], lengths: NDArray[np.int16]) -> Weights:
    dense = np.zeros((BUCKETS, 4), dtype=np.int8)
    dense[np.cumsum(at), :3] = features
    return Weights(dense, lengths.astype(np.float32))


def span_scores(parts: Scores, lengths: Scores) -> Scores:
    """Scores of all spans, [start, length - 1]; those that reach beyond the text can never win."""
    covered = parts[:, 1].cumsum()
    ends = np.full(len(parts) + MAX_SPAN - 1, _NEVER, dtype=np.float32)
    ends[: len(parts)] = parts[:, 2] + covered
    starts = parts[:, 0] - covered + parts[:, 1]
    spans: Scores = np.ndarray((len(parts), MAX_SPAN), np.float32, ends, strides=(4, 4)) + starts[:, None]
    spans += lengths
    return spans


def find(weights: Weights, text: str, intent: str, mandatory: Container[str]) -> str | None:
    """The words of the best span; None when its score is not above 0, unless `intent` always states the slot."""
    text = text[:LONGEST]
    spans = span_scores(weights.scores(text, intent), weights.lengths)
    start, more = divmod(int(spans.argmax()), MAX_SPAN)
    if spans[start, more] <= 0 and intent not in mandatory:
        return None
    return text[start : start + more + 1]
