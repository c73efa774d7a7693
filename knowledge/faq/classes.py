"""A linear classifier over the entries it was trained with: strong on those, silent on entries taught later."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.entries import DATA
from knowledge.faq.grams import KINDS, Ints, kind_of
from knowledge.faq.index import Floats

NO_ENTRY = ""
"""Stands among the classes for questions that no entry answers."""
WEIGHTS = DATA / "faq-classes.npz"
KIND_SHARE = np.array([0.7, 1.0, 0.5], np.float32)
"""How much a character, a pair of characters and a pair of syllables count here; one each of KINDS."""
assert len(KIND_SHARE) == KINDS


@dataclass(frozen=True, slots=True)
class Classes:
    """One column of weights a class, named by entry id or NO_ENTRY; the weights are `step` times int8."""

    ids: tuple[str, ...]
    grams: Ints
    rarity: Floats
    weights: NDArray[np.int8]
    step: Floats
    bias: Floats

    def margins(self, grams: Ints, shares: Floats) -> Floats:
        """Give every class's margin for a question of distinct grams, each with its share."""
        places = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        known = self.grams[places] == grams
        places = places[known]
        values = shares[known] * self.rarity[places]
        values /= max(float(np.sqrt((values**2).sum())), 1e-6)
        return np.asarray((values @ self.weights[places]) * self.step + self.bias, np.float32)

    def save(self, path: Path = WEIGHTS) -> None:
        """Write the arrays, compressed."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "ids"}
        np.savez_compressed(path, ids=np.array(self.ids), allow_pickle=False, **fields)


def rarity_of(grams: Ints, held: Ints, total: int) -> Floats:
    """Weigh grams by kind and by the number of texts, out of `total`, that hold them."""
    return np.asarray((np.log((1 + total) / (1 + held)) + 1) * KIND_SHARE[kind_of(grams)], np.float32)


@cache
def packaged_classes() -> Classes:
    """Read the weights that are shipped."""
    with np.load(WEIGHTS) as arrays:
        fields = {name: arrays[name] for name in Classes.__slots__ if name != "ids"}
        return Classes(tuple(str(id) for id in arrays["ids"]), **fields)
