"""Learn what the search weighs: the classes from all phrasings, the judge from phrasings the index has not seen.

Needs scikit-learn, a development dependency. Everything is judged across writers: whoever wrote a question is
left out of the index and the classes that answer it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC

from knowledge.faq.classes import NO_ENTRY, Classes, rarity_of
from knowledge.faq.compare import FEATURES
from knowledge.faq.entries import Entry, Phrasing, by_entry
from knowledge.faq.grams import Ints
from knowledge.faq.index import Floats
from knowledge.faq.judge import Judge
from knowledge.faq.question import Question, read
from knowledge.faq.search import Faq, Found
from knowledge.semantic import Encoder, SecondStage, Store

Flags = NDArray[np.bool_]

BLANK = Judge((0.0,) * len(FEATURES) + (1.0,), (0.0,) * (len(FEATURES) + 1), (0.0,), 0.0, 1.0, 0.0)
WRONG_OUTRIGHT, IDLE_OUTRIGHT = 0.03, 0.04
"""The largest shares that may be answered outright: of answerable questions wrongly, of unanswerable ones at all."""
_HARDNESS = 0.5
_RIVALS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what a search that never saw its writer found; `right` is the place of its entry, or None."""

    phrasing: Phrasing
    found: Found
    right: int | None


def train_classes(entries: Sequence[Entry], phrasings: Sequence[Phrasing]) -> Classes:
    """Fit a linear one-against-all classifier to every text of the entries, and to what none answers."""
    texts = [(entry.id, text) for entry in entries for text in _texts_of(entry)]
    texts += [(phrasing.id or NO_ENTRY, phrasing.text) for phrasing in phrasings]
    questions = [read(text) for _, text in texts]
    grams, column = np.unique(np.concatenate([question.grams for question in questions]), return_inverse=True)
    column = column.astype(np.int64)
    held = np.bincount(column)
    rarity = rarity_of(grams, held, len(texts))
    matrix = _matrix(questions, column, rarity)
    machine = LinearSVC(C=_HARDNESS, random_state=0).fit(matrix, [id for id, _ in texts])
    often = held > 1
    weights = machine.coef_[:, often].T
    step = np.abs(weights).max(axis=0) / 127
    return Classes(
        tuple(str(id) for id in machine.classes_),
        grams[often],
        rarity[often],
        np.round(weights / step).astype(np.int8),
        step.astype(np.float32),
        machine.intercept_.astype(np.float32),
    )


def _texts_of(entry: Entry) -> list[str]:
    return [entry.question, *entry.similar, " ".join((entry.topic, *entry.keywords)), entry.answer]


def _matrix(questions: Sequence[Question], column: Ints, rarity: Floats) -> csr_matrix:
    starts = np.concatenate(([0], np.cumsum([len(question.grams) for question in questions])))
    values = np.concatenate([question.shares for question in questions]) * rarity[column]
    matrix = csr_matrix((values, column, starts), shape=(len(questions), len(rarity)))
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return diags(1 / np.maximum(norm, 1e-6)) @ matrix


def cases(entries: Sequence[Entry], phrasings: Sequence[Phrasing]) -> list[Case]:
    """Search for every phrasing in a base that lacks its writer."""
    found: list[Case] = []
    places = {entry.id: number for number, entry in enumerate(entries)}
    for writer in sorted({phrasing.writer for phrasing in phrasings}):
        others = [phrasing for phrasing in phrasings if phrasing.writer != writer]
        faq = Faq(entries, by_entry(others), train_classes(entries, others), BLANK)
        for phrasing in phrasings:
            if phrasing.writer == writer:
                right = None if phrasing.id is None else places[phrasing.id]
                found.append(Case(phrasing, faq.examine(phrasing.text), right))
    return found


def deepened(seen: Sequence[Case], entries: Sequence[Entry], phrasings: Sequence[Phrasing], store: Store) -> list[Case]:
    """The same cases with what the second stage compares; none of them knows its own writer."""
    faq = Faq(entries, {}, judge=BLANK)
    found: list[Case] = []
    for writer in sorted({case.phrasing.writer for case in seen}):
        others = by_entry([phrasing for phrasing in phrasings if phrasing.writer != writer])
        stage = SecondStage(entries, store, Encoder(), others, BLANK)
        for case in seen:
            if case.phrasing.writer == writer:
                asked = store.of([case.phrasing.text])
                deep = stage.deepen(faq, case.found, asked[0]) if asked is not None else None
                if deep is None:
                    raise ValueError("a text has no vector")
                found.append(replace(case, found=deep))
    return found


def train_judge(seen: Sequence[Case]) -> Judge:
    """Fit order, expectation and trust to searches of unseen questions, then set the thresholds."""
    order, expected = _order(seen), _expected(seen)
    judge = replace(BLANK, order=order, expected=expected)
    ranked = [rank(case, judge) for case in seen]
    signs = np.array([case.found.signs() for case in ranked])
    right = np.array([is_right(case) for case in ranked])
    idle = np.array([case.right is None for case in ranked])
    weights = np.where(idle, max(1.0, 0.5 * (~idle).sum() / max(idle.sum(), 1)), 1.0)
    scale = signs.std(axis=0) + 1e-9
    machine = LogisticRegression(C=0.5, max_iter=2000).fit(signs / scale, right, sample_weight=weights)
    trust = tuple(float(number) for number in (*(machine.coef_[0] / scale), machine.intercept_[0]))
    none = float(np.mean([case.found.none for case in ranked if is_right(case)]))
    judge = replace(judge, trust=trust, none=none)
    scores = np.array([judge.probability(line) for line in signs])
    return replace(judge, settled=_settled(scores, right, idle), offered=_offered(scores, ranked))


def rank(case: Case, judge: Judge) -> Case:
    """Order a case's candidates anew by the judge."""
    return replace(case, found=case.found.ordered(judge.utilities(case.found.features)))


def is_right(case: Case, first: int = 1) -> bool:
    """Tell whether the right entry is among the first candidates."""
    return case.right is not None and case.right in case.found.numbers[:first]


def _order(seen: Sequence[Case]) -> tuple[float, ...]:
    """Fit the weights of features to the differences between right entries and their strongest rivals."""
    lines = []
    for case in seen:
        if is_right(case, len(case.found.numbers)):
            features = case.found.features
            hit = case.found.numbers == case.right
            lines.append(features[hit] - features[~hit][:_RIVALS])
    matrix = np.concatenate(lines)
    scale = matrix.std(axis=0) + 1e-9
    both = np.concatenate((matrix, -matrix)) / scale
    target = np.repeat((1, 0), len(matrix))
    machine = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000).fit(both, target)
    return tuple(float(number) for number in machine.coef_[0] / scale)


def _expected(seen: Sequence[Case]) -> tuple[float, ...]:
    features = np.concatenate([case.found.features for case in seen])
    machine = LinearRegression().fit(features[:, :-1], features[:, -1])
    return tuple(float(number) for number in (*machine.coef_, machine.intercept_))


def _settled(scores: Floats, right: Flags, idle: Flags) -> float:
    """Give the lowest threshold that keeps both kinds of wrong outright answers rare enough."""
    wrong = np.sort(scores[~idle & ~right])[::-1]
    aimless = np.sort(scores[idle])[::-1]
    allowed = int(WRONG_OUTRIGHT * (~idle).sum()), int(IDLE_OUTRIGHT * idle.sum())
    edges = [line[count] for line, count in zip((wrong, aimless), allowed, strict=True) if count < len(line)]
    return float(max(edges, default=0.5)) + 1e-6


def _offered(scores: Floats, ranked: Sequence[Case]) -> float:
    """Give the score below which hardly any question (one in a hundred) has its entry among the three offered."""
    helped = [score for score, case in zip(scores, ranked, strict=True) if is_right(case, 3)]
    return float(np.quantile(helped, 0.01))
