"""How long the search takes: in the base that is shipped, and in one of many entries made of it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from knowledge.faq.entries import Entry
from knowledge.faq.search import Faq

MANY = 50_000
_ASKED = 400
_ROUNDS = 3
TARGETS = ((0, 2.0), (MANY, 15.0))
"""Entries, 0 for those that are shipped, and the milliseconds that 99 of 100 searches may take at most."""


def many(entries: Sequence[Entry], count: int = MANY) -> list[Entry]:
    """Entries made of real ones with their words mixed, so that lengths and characters stay real."""
    dice = Random(1)
    made = []
    for number in range(count):
        one, other = dice.choice(entries), dice.choice(entries)
        made.append(
            replace(
                one,
                id=f"synthetic-{number}",
                question=one.question[:8] + other.question[-8:],
                answer=other.answer[:80],
                similar=(dice.choice(one.similar or (one.question,)),),
            )
        )
    return made


def search_times(entries: Sequence[Entry], questions: Sequence[str]) -> str:
    """Processor time of a search at each size, beside its target."""
    asked = questions[:: max(len(questions) // _ASKED, 1)]
    lines = []
    for count, target in TARGETS:
        base = many(entries, count) if count else entries
        slowest = _slowest(Faq(base), asked)
        verdict = "met" if slowest <= target else "MISSED"
        lines.append(f"search in {len(base)} entries: p99 {slowest:.1f} ms, target {target:.1f}  {verdict}\n")
    return "".join(lines)


def _slowest(faq: Faq, asked: Sequence[str]) -> float:
    """Milliseconds that 99 of 100 questions do not exceed; of each the quickest round, as the machine may be busy."""
    spent = [float("inf")] * len(asked)
    for _ in range(_ROUNDS):
        for at, question in enumerate(asked):
            started = time.thread_time()
            faq.search(question)
            spent[at] = min(spent[at], (time.thread_time() - started) * 1000)
    return sorted(spent)[int(len(spent) * 0.99)]
