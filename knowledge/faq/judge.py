"""Weigh features into an order and a probability; the numbers are learnt by `knowledge.evaluate_faq`."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from knowledge.faq.compare import FEATURES
from knowledge.faq.entries import DATA
from knowledge.faq.index import Floats

MODEL = DATA / "faq-model.json"
SAME = 0.98
"""Dice from which on a question is made of the grams of a known phrasing."""
_EXACT_FIRST = 20.0
_WIDEST = 10.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Linear weights: of a candidate's features for the order, of a result's signs for the probability.

    An entry that the classifier does not know gets the margin that its other features let expect: `expected`.
    """

    order: tuple[float, ...]
    expected: tuple[float, ...]
    trust: tuple[float, ...]
    none: float
    """Margin of the class of unanswerable questions where an entry answers; stands in for entries taught later."""
    settled: float
    """Probability from which on the best entry is answered outright."""
    offered: float
    """Probability from which on near-ties are offered at all."""

    def complete(self, features: Floats, margins: Floats) -> Floats:
        """Add the classifier's margins as a column, expected ones where they are nan."""
        guessed = _with_one(features) @ np.array(self.expected, np.float32)
        return np.column_stack((features, np.where(np.isnan(margins), guessed, margins)))

    def utilities(self, features: Floats) -> Floats:
        """Give each candidate's log-odds against the others, up to a constant; what was asked in these words leads."""
        exact = features[:, FEATURES.index("dice")] > SAME
        only = exact & (exact.sum() == 1)
        return np.asarray(features @ np.array(self.order, np.float32) + _EXACT_FIRST * only, np.float32)

    def probability(self, signs: Floats) -> float:
        """Give the probability that the best entry answers the question."""
        return float(1 / (1 + np.exp(-(signs @ np.array(self.trust[:-1]) + self.trust[-1]))))


def _with_one(features: Floats) -> Floats:
    return np.column_stack((features, np.ones(len(features), np.float32)))


def signs_of(features: Floats, utilities: Floats, none: float, length: int) -> Floats:
    """Describe how far a result is to be trusted; the best entry comes first.

    `none` is the classifier's margin for questions that no entry answers, `length` the question's.
    """
    best = features[0]
    gap = float(utilities[0] - utilities[1]) if len(utilities) > 1 else _WIDEST
    return np.array([min(gap, _WIDEST), utilities[0], *best, best[-1] - none, none, np.log1p(length)])


@cache
def packaged(file: Path = MODEL) -> Judge:
    """Read the learnt numbers that are shipped."""
    fields = json.loads(file.read_text(encoding="utf-8"))
    return Judge(
        tuple(fields["order"]),
        tuple(fields["expected"]),
        tuple(fields["trust"]),
        fields["none"],
        fields["settled"],
        fields["offered"],
    )
