"""Measure the policy search on questions of writers it has not learnt from; with --write, learn it anew.

python -m knowledge.evaluate_faq            # figures by writer, cross-validated
python -m knowledge.evaluate_faq --write    # the same, then write the model files that are shipped
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from knowledge.faq import learn
from knowledge.faq.entries import PHRASINGS, STARTER, load_entries, load_phrasings
from knowledge.faq.judge import MODEL, Judge
from knowledge.faq.meaning import TABLE
from knowledge.faq.search import OFFERED
from knowledge.faq.words import WORDS


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


def made_from() -> str:
    """What stands for the data that the files were learnt from: a test compares it with the data that are there."""
    return sha256(b"".join(path.read_bytes() for path in (STARTER, PHRASINGS, WORDS, TABLE))).hexdigest()


def measure(name: str, seen: Sequence[learn.Case], judge: Judge) -> Figures:
    """Judge cases and count."""
    ranked = [learn.rank(case, judge) for case in seen]
    scores = [judge.probability(case.found.signs()) for case in ranked]
    asked = [(case, score) for case, score in zip(ranked, scores, strict=True) if case.right is not None]
    idle = [score for case, score in zip(ranked, scores, strict=True) if case.right is None]
    sure = [case for case, score in asked if score >= judge.settled]
    offered = [case for case, score in asked if judge.offered <= score < judge.settled]
    count = max(len(asked), 1)
    right = sum(map(learn.is_right, sure))
    return Figures(
        name,
        len(asked),
        sum(learn.is_right(case) for case, _ in asked) / count,
        sum(learn.is_right(case, OFFERED) for case, _ in asked) / count,
        (right + sum(learn.is_right(case, OFFERED) for case in offered)) / count,
        (len(sure) - right) / count,
        len(sure) / count,
        len(idle),
        sum(score < judge.settled for score in idle) / max(len(idle), 1),
    )


def evaluate(seen: Sequence[learn.Case]) -> list[Figures]:
    """Measure every writer's questions with a judge learnt from the others', and all of them together."""
    figures, judges = [], {}
    for writer in sorted({case.phrasing.writer for case in seen}):
        judges[writer] = learn.train_judge([case for case in seen if case.phrasing.writer != writer])
        figures.append(measure(writer, [case for case in seen if case.phrasing.writer == writer], judges[writer]))
    return [*figures, measure("all, one judge", seen, learn.train_judge(seen))]


def report(figures: Sequence[Figures]) -> str:
    """Lay figures out as a table."""
    names = list(asdict(figures[0]))
    rows = [
        [f"{value:.3f}" if isinstance(value, float) else str(value) for value in asdict(line).values()]
        for line in figures
    ]
    return "\n".join("".join(cell.rjust(14) for cell in row) for row in (names, *rows)) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Print the figures; write the model files when asked to."""
    entries, phrasings = load_entries(), load_phrasings()
    seen = learn.cases(entries, phrasings)
    sys.stdout.write(report(evaluate(seen)))
    if "--write" in arguments:
        learn.train_classes(entries, phrasings).save()
        learnt = {**asdict(learn.train_judge(seen)), "made_from": made_from()}
        MODEL.write_text(json.dumps(learnt, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
