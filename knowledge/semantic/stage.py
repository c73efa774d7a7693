"""Weigh the candidates of the first stage by what the question means.

To what the first stage compares, the nearness in meaning is added: of an entry's nearest phrasing, of the nearest
three, of its name and of its answer, and how much nearer it is than any question that no entry answers. The weights are
learnt as the first stage's are, on questions of writers left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from knowledge.faq.entries import DATA, Entry, packaged_phrasings
from knowledge.faq.judge import Judge, packaged
from knowledge.faq.meaning import Vectors
from knowledge.faq.search import Answer, Faq, Found
from knowledge.semantic.encoder import Encoder
from knowledge.semantic.store import Store

MODEL = DATA / "faq-second.json"
DOUBTFUL = (0.05, 0.95)
"""Chances, by the first stage, between which it does not decide alone."""
ASKED = 120
"""Characters of a question that are encoded, which takes 2 ms each: the last, where it is asked."""
_NEAREST = 3

Phrasings = Mapping[str | None, Sequence[str]]


def texts_of(entry: Entry, phrasings: Phrasings) -> list[str]:
    """All texts of an entry: the ways to ask, then what it is called, then its answer."""
    asked = (entry.question, *entry.similar, *phrasings.get(entry.id, ()))
    return [*asked, " ".join((entry.topic, *entry.keywords)), entry.answer]


def is_doubtful(found: Answer) -> bool:
    """Whether the first stage is not to decide alone."""
    return DOUBTFUL[0] <= found.score < DOUBTFUL[1]


class SecondStage:
    """Entries with the vectors of their texts; immutable but for the store, as the base is."""

    def __init__(
        self,
        entries: Sequence[Entry],
        store: Store,
        encode: Encoder,
        phrasings: Phrasings | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._store = store
        self._encode = encode
        self._entries = {entry.id: entry for entry in entries}
        self._phrasings = packaged_phrasings() if phrasings is None else phrasings
        self._judge = judge or packaged(MODEL)
        self._unanswered = store.of(self._phrasings.get(None, ()))

    def missing(self) -> list[str]:
        """The texts that have yet to be encoded."""
        texts = [text for entry in self._entries.values() for text in texts_of(entry, self._phrasings)]
        return self._store.missing([*texts, *self._phrasings.get(None, ())])

    def search(self, faq: Faq, question: str, now: datetime | None = None, category: str | None = None) -> Answer:
        """As `faq` finds it; weighed again where that is doubtful and all candidates are encoded."""
        first = faq.search(question, now, category)
        if not is_doubtful(first):
            return first
        seen = self.deepen(faq, faq.examine(question, category), self._store.turned(self._encode(question[-ASKED:])))
        return faq.conclude(faq.weigh(seen, self._judge, category), self._judge, now) if seen else first

    def deepen(self, faq: Faq, found: Found, asked: Vectors) -> Found | None:
        """The candidates with what is compared by meaning, before the last column; None while one is not encoded."""
        apart = self._unanswered @ asked if self._unanswered is not None else np.zeros(0)
        lines = []
        for id in faq.ids(found):
            entry = self._entries.get(id)
            vectors = self._store.of(texts_of(entry, self._phrasings)) if entry else None
            if vectors is None:
                return None
            near = vectors @ asked
            nearest = np.sort(near[:-2])[::-1]
            lines.append([nearest[0], nearest[:_NEAREST].mean(), near[-2], near[-1], nearest[0] - apart.max(initial=0)])
        features = found.features
        meant = np.array(lines, np.float32).reshape(len(features), -1)
        return replace(found, features=np.column_stack((features[:, :-1], meant, features[:, -1])))
