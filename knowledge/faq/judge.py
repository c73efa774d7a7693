"""Weigh features into an order and a probability; the numbers are learnt by `knowledge.evaluate_faq`."""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from knowledge.faq.entries import DATA
from knowledge.faq.index import Floats

MODEL = DATA / "faq-model.json"


@dataclass(frozen=True, slots=True)
class Judge:
    """Linear weights: of a candidate's features for the order, of a result's signs for the probability."""

    order: tuple[float, ...]
    trust: tuple[float, ...]
    bias: float
    settled: float
    """Probability from which on the best entry is answered outright."""
    offered: float
    """Probability from which on near-ties are offered at all."""

    def utilities(self, features: Floats) -> Floats:
        """Give each candidate's log-odds against the others, up to a constant."""
        return np.asarray(features @ np.array(self.order, np.float32), np.float32)

    def probability(self, signs: Floats) -> float:
        """Give the probability that the best entry answers the question."""
        return float(1 / (1 + np.exp(-(signs @ np.array(self.trust) + self.bias))))


def signs_of(features: Floats, utilities: Floats, length: int) -> Floats:
    """Describe a result by which it is trusted; the last line of `features` is the pseudo-entry's, the first the best."""
    best, decoy = features[0], features[-1]
    second = utilities[1] if len(utilities) > 1 else utilities[0] - 10
    return np.array(
        [
            min(float(utilities[0] - second), 10.0),
            utilities[0],
            best[1],
            best[3],
            best[1] - decoy[1],
            best[3] - decoy[3],
            decoy[1],
            np.log1p(length),
        ],
        np.float64,
    )


@cache
def packaged() -> Judge:
    """Read the learnt numbers that are shipped."""
    fields = json.loads(MODEL.read_text(encoding="utf-8"))
    return Judge(
        tuple(fields["order"]), tuple(fields["trust"]), fields["bias"], fields["settled"], fields["offered"]
    )
