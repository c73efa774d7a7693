"""Compare a question with entries: who comes into question at all, and how well each candidate fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.faq.entries import Entry
from knowledge.faq.grams import Ints
from knowledge.faq.index import SATURATION, Floats, build, mass_of, spans
from knowledge.faq.meaning import FULL, Vectors, packaged_meanings
from knowledge.faq.question import Question

CANDIDATES = 8
FEATURES = (
    *("bm25", "dice", "dice3", "explained", "contained", "keywords", "named", "answer"),
    *("meaning", "meaning3", "meant_name", "meant_answer", "apart"),
)

_FIELD_WEIGHT = {"question": 1.5, "similar": 0.5, "names": 1.5, "answer": 0.5}
_OTHER_ROWS = 2
"""Rows of an entry after its phrasings: what it is called (topic, keywords), and its answer."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as places in the vocabulary with their masses; `mass` includes grams unknown to the base."""

    places: Ints
    masses: Floats
    mass: float
    meaning: Vectors


class Comparison:
    """The entries, indexed: for finding candidates, and for comparing them text by text."""

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
        self._meanings = packaged_meanings()
        self._meant = self._meanings.packed(texts)
        self._unanswered = self._meanings.packed(phrasings.get(None, ())).astype(np.float32)
        self._postings, self._rows = build(texts, np.array(owner, np.int64), np.array(weight, np.float32), self.size)

    def look_up(self, question: Question) -> Query:
        """Weigh the question's grams by what the entries hold; an unknown gram weighs as the rarest."""
        places, known = self._postings.look_up(question.grams)
        idf = np.full(len(places), np.log1p(self.size + 0.5), np.float32)
        idf[known] = self._postings.idf[places[known]]
        masses = mass_of(question.grams, idf) * question.shares
        return Query(places[known], masses[known], float(masses.sum()), self._meanings.of(question.text))

    def candidates(self, query: Query, others: Ints) -> tuple[Ints, Floats]:
        """Give the best entries by BM25 and the others given, with their scores as shares of the mass."""
        scores = self._postings.score(query.places, query.masses)
        scores /= max(query.mass * (SATURATION + 1), 1e-6)
        count = min(CANDIDATES, self.size)
        best = np.argpartition(-scores, count - 1)[:count] if count else np.zeros(0, np.int64)
        chosen = np.union1d(best, others)
        return chosen, scores[chosen]

    def features(self, query: Query, chosen: Ints, scores: Floats) -> Floats:
        """Describe how each chosen entry fits the question: one line an entry, columns as in FEATURES."""
        numbers = self._row_numbers(chosen)
        overlap, mass, first = self._overlaps(query, chosen, numbers)
        explained = overlap / max(query.mass, 1e-6)
        contained = overlap / np.maximum(mass, 1e-6)
        names, answers = first[1:] - 2, first[1:] - 1
        named, kept, told = explained[names], contained[names], explained[answers]
        dice = 2 * overlap / np.maximum(query.mass + mass, 1e-6)
        both = contained * np.sqrt(explained)
        for values in (dice, explained, both):
            values[names] = values[answers] = 0
        begins = first[:-1]
        phrasings = first[1:] - begins - _OTHER_ROWS
        top = _three_best(dice, begins, phrasings)
        meant = self._likeness(self._meant[numbers].astype(np.float32), query)
        meant_name, meant_answer = meant[names], meant[answers]
        meant[names] = meant[answers] = -1
        meaning = np.maximum.reduceat(meant, begins)
        columns = (
            scores,
            np.maximum.reduceat(dice, begins),
            top,
            np.maximum.reduceat(explained, begins),
            np.maximum.reduceat(both, begins),
            kept,
            named,
            told,
            meaning,
            _three_best(np.maximum(meant, 0), begins, phrasings),
            meant_name,
            meant_answer,
            meaning - self._likeness(self._unanswered, query).max(initial=0),
        )
        return np.column_stack(columns).astype(np.float32)

    def _row_numbers(self, chosen: Ints) -> Ints:
        return spans(self._rows.of_entry[chosen], self._rows.of_entry[chosen + 1])

    @staticmethod
    def _likeness(rows: Vectors, query: Query) -> Vectors:
        """How far texts mean what is asked: cosines."""
        return np.asarray(rows @ query.meaning / FULL, np.float32)

    def _overlaps(self, query: Query, chosen: Ints, numbers: Ints) -> tuple[Floats, Floats, Ints]:
        """Give shared and own mass of every row of the chosen entries, and where each entry's rows begin."""
        rows = self._rows
        mass = np.zeros(len(self._postings.grams), np.float32)
        mass[query.places] = query.masses
        begins, ends = rows.of_entry[chosen], rows.of_entry[chosen + 1]
        first = np.concatenate(([0], np.cumsum(ends - begins)))
        from_, to = rows.starts[begins], rows.starts[ends]  # rows of an entry, and so their places, lie together
        sums = np.concatenate(([0.0], np.cumsum(mass[rows.places[spans(from_, to)]], dtype=np.float64)))
        moved = np.repeat(np.cumsum(to - from_) - to, ends - begins)
        overlap = sums[rows.starts[numbers + 1] + moved] - sums[rows.starts[numbers] + moved]
        return overlap.astype(np.float32), rows.masses[numbers], first


def _three_best(values: Floats, begins: Ints, phrasings: Ints) -> Floats:
    """Average the best three values (at most 1) of every stretch; of fewer where an entry has fewer phrasings."""
    stretch = np.zeros(len(values))
    stretch[begins[1:]] = 2
    stretch = np.cumsum(stretch)
    best = stretch - np.sort(stretch - values)
    sums = best[begins] + best[begins + 1] + best[begins + 2]
    return np.asarray(sums / np.clip(phrasings, 1, 3), np.float32)
