"""Compare a question with entries: who comes into question at all, and how well each candidate fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from knowledge.faq.entries import Entry
from knowledge.faq.grams import Ints
from knowledge.faq.index import SATURATION, Floats, build, mass_of, spans
from knowledge.faq.question import Question

CANDIDATES = 16
FEATURES = ("bm25", "dice", "dice3", "explained", "contained", "keywords", "named", "answer")

_FIELD_WEIGHT = {"question": 1.5, "similar": 0.5, "names": 1.5, "answer": 0.5}
_OTHER_ROWS = 2
"""Rows of an entry after its phrasings: what it is called (topic, keywords), and its answer."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as places in the vocabulary with their masses; `mass` includes grams unknown to the base."""

    places: Ints
    masses: Floats
    mass: float


class Comparison:
    """The entries, indexed; after them one pseudo-entry of the questions known to have no answer here."""

    def __init__(self, entries: Sequence[Entry], phrasings: Mapping[str | None, Sequence[str]]) -> None:
        self.size = len(entries)
        texts: list[str] = []
        owner: list[int] = []
        weight: list[float] = []
        for number, entry in enumerate(entries):
            fields = [(entry.question, "question")]
            fields += [(text, "similar") for text in (*entry.similar, *phrasings.get(entry.id, ()))]
            fields += [(" ".join((entry.topic, *entry.keywords)), "names"), (entry.answer, "answer")]
            texts += [text for text, _ in fields]
            weight += [_FIELD_WEIGHT[field] for _, field in fields]
            owner += [number] * len(fields)
        decoys = [*phrasings.get(None, ()), "", ""]
        texts += decoys
        weight += [_FIELD_WEIGHT["similar"]] * len(decoys)
        owner += [self.size] * len(decoys)
        self._postings, self._rows = build(
            texts, np.array(owner, np.int64), np.array(weight, np.float32), self.size + 1
        )

    def look_up(self, question: Question) -> Query:
        """Weigh the question's grams by what the entries hold; an unknown gram weighs as the rarest."""
        places, known = self._postings.look_up(question.grams)
        idf = np.full(len(places), np.log1p(self.size + 0.5), np.float32)
        idf[known] = self._postings.idf[places[known]]
        masses = mass_of(question.grams, idf) * question.shares
        return Query(places[known], masses[known], float(masses.sum()))

    def candidates(self, query: Query, others: Ints) -> tuple[Ints, Floats]:
        """Give the best entries by BM25 and the others given, then the pseudo-entry; scores as mass shares."""
        scores = self._postings.score(query.places, query.masses)
        scores /= max(query.mass * (SATURATION + 1), 1e-6)
        count = min(CANDIDATES, self.size)
        best = np.argpartition(-scores[: self.size], count - 1)[:count] if count else np.zeros(0, np.int64)
        chosen = np.append(np.union1d(best, others), self.size)
        return chosen, scores[chosen]

    def features(self, query: Query, chosen: Ints, scores: Floats) -> Floats:
        """Describe how each chosen entry fits the question: one line an entry, columns as in FEATURES."""
        overlap, mass, first = self._overlaps(query, chosen)
        explained = overlap / max(query.mass, 1e-6)
        contained = overlap / np.maximum(mass, 1e-6)
        dice = 2 * overlap / np.maximum(query.mass + mass, 1e-6)
        both = contained * np.sqrt(explained)
        lines = np.zeros((len(chosen), len(FEATURES)), np.float32)
        for line, (begin, end) in enumerate(pairwise(first)):
            asked, names, answer = slice(begin, end - _OTHER_ROWS), end - 2, end - 1
            top = np.sort(dice[asked])[-3:]
            lines[line] = (
                scores[line],
                top[-1] if len(top) else 0,
                top.mean() if len(top) else 0,
                explained[asked].max(initial=0),
                both[asked].max(initial=0),
                contained[names],
                explained[names],
                explained[answer],
            )
        return lines

    def _overlaps(self, query: Query, chosen: Ints) -> tuple[Floats, Floats, Ints]:
        """Give shared and own mass of every row of the chosen entries, and where each entry's rows begin."""
        rows = self._rows
        mass = np.zeros(len(self._postings.grams), np.float32)
        mass[query.places] = query.masses
        begins, ends = rows.of_entry[chosen], rows.of_entry[chosen + 1]
        numbers = spans(begins, ends)
        from_, to = rows.starts[numbers], rows.starts[numbers + 1]
        shared = mass[rows.places[spans(from_, to)]]
        sums = np.concatenate(([0.0], np.cumsum(shared, dtype=np.float64)))
        edges = np.concatenate(([0], np.cumsum(to - from_)))
        overlap = (sums[edges[1:]] - sums[edges[:-1]]).astype(np.float32)
        return overlap, rows.masses[numbers], np.concatenate(([0], np.cumsum(ends - begins)))
