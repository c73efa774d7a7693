"""What the measurement of the policy search prints."""

import numpy as np

from knowledge.evaluate_faq import Judged, measure, mistakes, verdicts
from knowledge.faq import Phrasing, load_entries
from knowledge.faq.learn import Case
from knowledge.faq.search import Found


def judged(
    text: str, right: int | None, first: int, score: float, *, sure: bool = False, offered: bool = False
) -> Judged:
    numbers = np.array([first, 7, 8])
    found = Found(numbers, np.zeros((3, 1), np.float32), np.zeros(3, np.float32), 0.0, len(text))
    return Judged(Case(Phrasing(None, text, "test"), found, right), score, sure, offered)


def test_mistakes_are_counted_by_pair_and_the_surest_come_first() -> None:
    entries = load_entries()
    seen = [
        judged("答对了", 0, 0, 0.99, sure=True),
        judged("答错了", 0, 1, 0.90, sure=True),
        judged("答得更错", 0, 1, 0.95, sure=True),
        judged("没有的也答", None, 2, 0.92, sure=True),
        judged("没有的没答", None, 2, 0.02),
        judged("列出了", 7, 3, 0.50, offered=True),
        judged("漏掉了", 4, 3, 0.40, offered=True),
    ]
    lines = mistakes(seen, entries).splitlines()
    assert lines[0] == f"  2  {entries[0].id} taken for {entries[1].id}"
    assert f"  1  - taken for {entries[2].id}" in lines and not any(entries[7].id in line for line in lines[4:])
    assert "the worst 4 of 3 answered wrongly and 1 missed:" in lines
    assert [line.split()[-1] for line in lines[-4:]] == ["'答得更错'", "'没有的也答'", "'答错了'", "'漏掉了'"]
    shown = verdicts(measure("all", seen)).splitlines()
    assert shown[-1].endswith("0.4000  target 0.05  MISSED") and shown[0].split()[-3:] == ["target", "0.92", "MISSED"]
