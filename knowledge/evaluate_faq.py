"""Measure the policy search on questions of writers it has not learnt from; with --write, learn it anew.

python -m knowledge.evaluate_faq            # figures by writer, cross-validated, without and with the second stage
python -m knowledge.evaluate_faq --write    # the same, then write the model files that are shipped

The second stage is measured on vectors that are shipped; texts that are new need the encoder (the extra `semantic`).
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median

from knowledge.faq import learn
from knowledge.faq.entries import PHRASINGS, STARTER, Entry, Phrasing, by_entry, load_entries, load_phrasings
from knowledge.faq.judge import MODEL, Judge
from knowledge.faq.meaning import TABLE
from knowledge.faq.search import OFFERED
from knowledge.faq.speed import search_times
from knowledge.faq.words import WORDS
from knowledge.semantic import Encoder, Store, is_installed, stage


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares: of answerable questions, but `silent`, of unanswerable ones not answered outright."""

    name: str
    answerable: int
    first: float
    in_three: float
    helped: float
    """Answered rightly at once, or by choosing among the few that are offered."""
    wrong: float
    """Answered outright with the wrong entry."""
    outright: float
    unanswerable: int
    silent: float


TARGET = Figures("target", 0, 0.92, 0.98, 0.92, 0.05, 0.0, 0, 0.9)
"""At most for `wrong`, at least for the others; none for `outright`."""
_TIMED = 80
_PAIRS, _WORST = 25, 30
NOTHING = "-"
"""Stands for the entry of a question that none answers."""


def made_from() -> str:
    """What stands for the data that the files were learnt from: a test compares it with the data that are there."""
    return sha256(b"".join(path.read_bytes() for path in (STARTER, PHRASINGS, WORDS, TABLE))).hexdigest()


@dataclass(frozen=True, slots=True)
class Judged:
    """A case as it was ranked: how likely the best entry answers, whether it is given outright, or offered."""

    case: learn.Case
    score: float
    sure: bool
    offered: bool


def judged(case: learn.Case, judge: Judge) -> Judged:
    """Rank and judge one case."""
    ranked = learn.rank(case, judge)
    score = judge.probability(ranked.found.signs())
    return Judged(ranked, score, score >= judge.settled, judge.offered <= score < judge.settled)


def both(first: Sequence[Judged], second: Sequence[Judged]) -> list[Judged]:
    """Cases as two stages judge them: the second, where the first is in doubt."""
    least, certain = stage.DOUBTFUL
    return [two if least <= one.score < certain else one for one, two in zip(first, second, strict=True)]


def measure(name: str, seen: Sequence[Judged]) -> Figures:
    """Count."""
    asked = [one for one in seen if one.case.right is not None]
    idle = [one for one in seen if one.case.right is None]
    sure = [one.case for one in asked if one.sure]
    offered = [one.case for one in asked if one.offered]
    count = max(len(asked), 1)
    right = sum(map(learn.is_right, sure))
    return Figures(
        name,
        len(asked),
        sum(learn.is_right(one.case) for one in asked) / count,
        sum(learn.is_right(one.case, OFFERED) for one in asked) / count,
        (right + sum(learn.is_right(case, OFFERED) for case in offered)) / count,
        (len(sure) - right) / count,
        len(sure) / count,
        len(idle),
        sum(not one.sure for one in idle) / max(len(idle), 1),
    )


def cross_judged(seen: Sequence[learn.Case]) -> list[Judged]:
    """Judge every writer's questions with a judge learnt from the others'."""
    writers = sorted({case.phrasing.writer for case in seen})
    judges = {name: learn.train_judge([case for case in seen if case.phrasing.writer != name]) for name in writers}
    return [judged(case, judges[case.phrasing.writer]) for case in seen]


def figures(seen: Sequence[Judged]) -> list[Figures]:
    """Figures of every writer, and of all together."""
    writers = sorted({one.case.phrasing.writer for one in seen})
    of_writers = [measure(name, [one for one in seen if one.case.phrasing.writer == name]) for name in writers]
    return [*of_writers, measure("all", seen)]


def report(figures: Sequence[Figures]) -> str:
    """Lay figures out as a table."""
    names = list(asdict(TARGET))
    rows = [
        [f"{value:.3f}" if isinstance(value, float) else str(value) for value in asdict(line).values()]
        for line in (*figures, TARGET)
    ]
    return "\n".join("".join(cell.rjust(14) for cell in row) for row in (names, *rows)) + "\n"


def verdicts(found: Figures) -> str:
    """Each figure beside its target, as `knowledge.evaluate` prints those of the reader."""
    rows = [
        (name, getattr(found, name), least, getattr(found, name) >= least)
        for name, least in asdict(TARGET).items()
        if name in ("first", "in_three", "helped", "silent")
    ]
    rows.append(("wrong", found.wrong, TARGET.wrong, found.wrong <= TARGET.wrong))
    lines = (
        f"FAQ {name:<20} {value:.4f}  target {bar:.2f}  {'met' if met else 'MISSED'}\n"
        for name, value, bar, met in rows
    )
    return "".join(lines)


def mistakes(seen: Sequence[Judged], entries: Sequence[Entry]) -> str:
    """The entries most often taken for one another, then the worst: the surest wrong answers, then what was missed."""
    pairs = Counter(
        (_wanted(one, entries), entries[one.case.found.numbers[0]].id)
        for one in seen
        if not learn.is_right(one.case) and (one.sure or one.case.right is not None)
    )
    wrong = [one for one in seen if one.sure and not learn.is_right(one.case)]
    missed = [
        one
        for one in seen
        if one.case.right is not None and not one.sure and not (one.offered and learn.is_right(one.case, OFFERED))
    ]
    worst = [*sorted(wrong, key=_surest), *sorted(missed, key=_surest)][:_WORST]
    lines = [f"{count:3d}  {wanted} taken for {got}" for (wanted, got), count in pairs.most_common(_PAIRS)]
    lines.append(f"the worst {len(worst)} of {len(wrong)} answered wrongly and {len(missed)} missed:")
    for one in worst:
        got = entries[one.case.found.numbers[0]].id
        done = "answered" if one.sure else "offered" if one.offered else "passed on"
        lines.append(f"{_wanted(one, entries)} → {got} {done} {one.score:.2f} {one.case.phrasing.text!r:.70}")
    return "\n".join(lines) + "\n"


def _wanted(one: Judged, entries: Sequence[Entry]) -> str:
    return NOTHING if one.case.right is None else entries[one.case.right].id


def _surest(one: Judged) -> float:
    return -one.score


def save_judge(judge: Judge, file: Path) -> None:
    """Write learnt numbers, with what they were learnt from."""
    learnt = {**asdict(judge), "made_from": made_from()}
    file.write_text(json.dumps(learnt, indent=1) + "\n", encoding="utf-8")


def encoded(entries: Sequence[Entry], phrasings: Sequence[Phrasing], *, write: bool) -> Store:
    """The vectors of all texts; those that are not shipped yet are made here, and shipped from now on if asked to."""
    store, encode = Store.load(), Encoder()
    of_entries = by_entry(phrasings)
    texts = [text for entry in entries for text in stage.texts_of(entry, of_entries)] + list(of_entries[None])
    for text in store.missing(texts):
        store.add(text, encode(text))
    if write:
        store.write_packaged(texts)
    return store


def stage_time(phrasings: Sequence[Phrasing]) -> str:
    """What the second stage costs a question."""
    if not is_installed():
        return "second stage: not installed"
    encode, taken = Encoder(), []
    for phrasing in phrasings[:: max(len(phrasings) // _TIMED, 1)]:
        began = time.thread_time()
        encode(phrasing.text[-stage.ASKED :])
        taken.append((time.thread_time() - began) * 1000)
    return f"second stage: median {median(taken):.0f} ms of processor a question, target 80"


def main(arguments: Sequence[str]) -> None:
    """Print the figures; write the model files when asked to."""
    write = "--write" in arguments
    entries, phrasings = load_entries(), load_phrasings()
    seen = learn.cases(entries, phrasings)
    deep = learn.deepened(seen, entries, phrasings, encoded(entries, phrasings, write=write))
    first = cross_judged(seen)
    second = both(first, cross_judged(deep))
    sys.stdout.write(f"first stage alone\n{report(figures(first))}\nwith the second\n{report(figures(second))}\n")
    sys.stdout.write(f"{mistakes(second, entries)}\n{verdicts(measure('all', second))}{stage_time(phrasings)}\n")
    sys.stdout.write(search_times(entries, [phrasing.text for phrasing in phrasings]))
    if write:
        learn.train_classes(entries, phrasings).save()
        save_judge(learn.train_judge(seen), MODEL)
        save_judge(learn.train_judge(deep), stage.MODEL)


if __name__ == "__main__":
    main(sys.argv[1:])
