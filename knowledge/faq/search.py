"""Find the entry that answers a question, or say that none surely does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from knowledge.faq.citation import day_of
from knowledge.faq.classes import NO_ENTRY, Classes, packaged_classes
from knowledge.faq.compare import FEATURES, Comparison
from knowledge.faq.entries import Entry, packaged_phrasings
from knowledge.faq.grams import Ints
from knowledge.faq.index import Floats
from knowledge.faq.judge import SAME, Judge, packaged, signs_of
from knowledge.faq.question import is_bare, read

SHOWN = 5
OFFERED = 3
_BY_CLASS = 5
_EXACT = 0.98
"""Probability of an entry one of whose phrasings is just what is asked."""
_SAME_CATEGORY = 0.5
"""Log-odds that the reader's category adds; small, as one matter often belongs to two groups."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    `why` is `sure` (answered outright), `near_tie` or `unsure` (the person chooses from `offer`), `no_match`,
    `no_subject` (nothing is named that it could be about), or, where the best entry would be sure but must not
    settle the matter: `expired`, `not_yet_in_force`, `low_confidence`. Those three leave `id` empty and put the
    entry first in `offer`.
    """

    id: str | None
    candidates: tuple[str, ...]
    score: float
    offer: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of a search, best first, with what they are judged by; see `signs_of`."""

    numbers: Ints
    features: Floats
    utilities: Floats
    none: float
    length: int

    def signs(self) -> Floats:
        """Describe how far the result is to be trusted."""
        return signs_of(self.features, self.utilities, self.none, self.length)

    def is_exact(self) -> bool:
        """Tell whether the best entry, and no other, has a phrasing made of the question's grams."""
        dice = self.features[:, FEATURES.index("dice")]
        return bool(dice[0] > SAME and dice[1:].max(initial=0) <= SAME)

    def ordered(self, utilities: Floats) -> "Found":
        """Order the candidates by other utilities."""
        order = np.argsort(-utilities, kind="stable")
        return Found(self.numbers[order], self.features[order], utilities[order], self.none, self.length)


class Faq:
    """A searchable base of entries; immutable, so teaching one builds a new base."""

    def __init__(
        self,
        entries: Sequence[Entry],
        phrasings: Mapping[str | None, Sequence[str]] | None = None,
        classes: Classes | None = None,
        judge: Judge | None = None,
    ) -> None:
        """Index entries, by default with the packaged phrasings and weights; ValueError where two share an id."""
        self._entries = {entry.id: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise ValueError("two entries share an id")
        self._ids = tuple(self._entries)
        self._comparison = Comparison(entries, packaged_phrasings() if phrasings is None else phrasings)
        self._classes = packaged_classes() if classes is None else classes
        self._judge = packaged() if judge is None else judge
        numbers = {id: number for number, id in enumerate((*self._ids, NO_ENTRY))}
        self._number = np.array([numbers.get(id, len(numbers)) for id in self._classes.ids], np.int64)

    def entry(self, id: str) -> Entry:
        """Give the entry; KeyError where there is none."""
        return self._entries[id]

    def search(self, question: str, now: datetime | None = None, category: str | None = None) -> Answer:
        """Find the entry that answers the question; without `now`, validity in time is not judged."""
        if not self._ids:
            return Answer(None, (), 0.0, (), "no_match")
        if is_bare(question):
            return Answer(None, (), 0.0, (), "no_subject")
        return self.conclude(self.examine(question, category), self._judge, now)

    def conclude(self, found: Found, judge: Judge, now: datetime | None = None) -> Answer:
        """What a judge makes of candidates in their order."""
        score = max(judge.probability(found.signs()), _EXACT * found.is_exact())
        candidates = tuple(self._ids[number] for number in found.numbers[:SHOWN])
        return self._decide(candidates, score, found.utilities, judge, now)

    def weigh(self, found: Found, judge: Judge, category: str | None = None) -> Found:
        """Order the candidates by a judge's weights, those of the reader's category a little before others."""
        utilities = judge.utilities(found.features)
        if category:
            utilities += [_SAME_CATEGORY * (self._category(number) == category) for number in found.numbers]
        return found.ordered(utilities)

    def ids(self, found: Found) -> list[str]:
        """The ids of the candidates."""
        return [self._ids[number] for number in found.numbers]

    def examine(self, text: str, category: str | None = None) -> Found:
        """Rank the candidates for a question; for training and for looking into a result."""
        question = read(text)
        of_classes = self._classes.margins(question.grams, question.shares)
        margins = np.full(len(self._ids) + 2, np.nan, np.float32)  # the last place takes those no longer here
        margins[self._number] = of_classes
        none, margins = float(margins[-2]), margins[:-2]
        others = self._number[np.argsort(-of_classes)[:_BY_CLASS]]
        query = self._comparison.look_up(question)
        chosen, scores = self._comparison.candidates(query, others[others < len(self._ids)])
        features = self._comparison.features(query, chosen, scores)
        features = self._judge.complete(features, margins[chosen])
        found = self.weigh(Found(chosen, features, scores, none, question.length), self._judge, category)
        if np.isnan(margins[found.numbers[0]]):  # what the classes call unanswerable may be just what it was taught for
            return replace(found, none=self._judge.none)
        return found

    def _category(self, number: int) -> str:
        return self._entries[self._ids[number]].category

    def _decide(
        self, candidates: tuple[str, ...], score: float, utilities: Floats, judge: Judge, now: datetime | None
    ) -> Answer:
        if score < judge.offered:
            return Answer(None, candidates, score, (), "no_match")
        near = candidates[: max(1, int((utilities[:OFFERED] > utilities[0] - 3).sum()))]
        if score < judge.settled:
            offer = candidates[:OFFERED]
            return Answer(None, candidates, score, offer, "near_tie" if len(near) > 1 else "unsure")
        return self.settle(Answer(candidates[0], candidates, score, (), "sure"), near, now)

    def settle(self, answer: Answer, near: tuple[str, ...], now: datetime | None) -> Answer:
        """The answer as it is where its entry may be given as a settled one; else no more than an offer, with why."""
        reason = self._unsettled(self._entries[answer.id], now) if answer.id else None
        return replace(answer, id=None, offer=near, why=reason) if reason else answer

    @staticmethod
    def _unsettled(entry: Entry, now: datetime | None) -> str | None:
        """Say why an entry must not be given as a settled answer at the moment, if so."""
        if now is not None:
            today = day_of(now)
            if entry.effective_to and entry.effective_to < today:
                return "expired"
            if entry.effective_from and entry.effective_from > today:
                return "not_yet_in_force"
        return "low_confidence" if entry.confidence == "low" else None
