"""Measure the reader: `python -m knowledge.evaluate` cross-validates by writer, `--file X` scores the model file.

Only the three writers of the corpus are tested on; the other writers' messages are always in training. So the
figures say what to expect of a writer never seen. Slots are the exception: their tagger has seen all three.
"""

import argparse
import logging
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.intents import IntentModel
from knowledge.reading import GROUPED, Reader, Reading
from knowledge.train import Labelled, corpus, read_messages, train

WRITERS = "abc"
TEMPERATURE = 0.1
"""For cross-validation only, where calibrating anew in each fold would take three times as long."""

log = logging.getLogger(__name__)

Pair = tuple[Labelled, Reading]


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one test; rates are fractions."""

    accuracy: float
    macro_f1: float
    needless: float
    missed: float
    need_precision: float
    need_recall: float
    category: float

    def __str__(self) -> str:
        return (
            f"accuracy {self.accuracy:.4f}  macro-F1 {self.macro_f1:.4f}  needless {self.needless:.4f}  "
            f"missed {self.missed:.4f}  report_need P {self.need_precision:.4f} R {self.need_recall:.4f}  "
            f"category {self.category:.4f}"
        )


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return sum(listed) / len(listed) if listed else 1.0


def _f1(pairs: Sequence[Pair], intent: str) -> float:
    hits = sum(row.intent == reading.intent == intent for row, reading in pairs)
    total = sum((row.intent == intent) + (reading.intent == intent) for row, reading in pairs)
    return 2 * hits / total if total else 1.0


def score(pairs: Sequence[Pair]) -> Scores:
    """Compare readings with labels; needless are answers among the group messages that want silence."""
    return Scores(
        accuracy=_share(row.intent == reading.intent for row, reading in pairs),
        macro_f1=float(np.mean([_f1(pairs, intent) for intent in sorted({row.intent for row, _ in pairs})])),
        needless=_share(reading.speak for row, reading in pairs if row.setting.chat == "group" and not row.speak),
        missed=_share(not reading.speak for row, reading in pairs if row.speak),
        need_precision=_share(row.intent == "report_need" for row, reading in pairs if reading.intent == "report_need"),
        need_recall=_share(reading.intent == "report_need" for row, reading in pairs if row.intent == "report_need"),
        category=_share(
            row.slots.get("category") == reading.slots.get("category")
            for row, reading in pairs
            if row.intent in GROUPED and reading.intent in GROUPED
        ),
    )


def slot_accuracy(pairs: Sequence[Pair]) -> dict[str, tuple[float, int]]:
    """Give per slot the share of exactly equal values, where it is stated or was read and the intent is right."""
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for row, reading in pairs:
        if row.intent != reading.intent:
            continue
        for name in {*row.slots, *reading.slots}:
            seen[name] += 1
            right[name] += row.slots.get(name) == reading.slots.get(name)
    return {name: (right[name] / count, count) for name, count in sorted(seen.items())}


def readings(reader: Reader, rows: Iterable[Labelled]) -> list[Pair]:
    """Read every message as the gateway would deliver it."""
    return [
        (
            row,
            reader.read(
                row.text,
                chat=row.setting.chat,
                mentioned=row.setting.mentioned,
                role=row.setting.role,
                now=row.now,
            ),
        )
        for row in rows
    ]


def cross_validate(rows: Sequence[Labelled]) -> list[Pair]:
    """Leave each writer of the corpus out of training once, and read that writer's messages."""
    pairs: list[Pair] = []
    for writer in WRITERS:
        model = train([row for row in rows if row.writer != writer], TEMPERATURE)
        held = readings(Reader(model), [row for row in rows if row.writer == writer])
        log.info("%s: %s", writer, score(held))
        pairs += held
    return pairs


def report(pairs: Sequence[Pair], worst: int = 25) -> None:
    """Log scores, slots, calibration and the commonest confusions."""
    log.info("all: %s", score(pairs))
    for name, (share, count) in slot_accuracy(pairs).items():
        log.info("slot %-10s %.3f of %d", name, share, count)
    confusions = Counter((row.intent, reading.intent) for row, reading in pairs if row.intent != reading.intent)
    for (wanted, read), count in confusions.most_common(worst):
        log.info("%3d  %s read as %s", count, wanted, read)


def _timed(reader: Reader, rows: Sequence[Labelled]) -> None:
    spent = []
    for row in rows:
        start = time.thread_time()
        readings(reader, [row])
        spent.append((time.thread_time() - start) * 1000)
    log.info("a message, processor time: median %.2f ms, p99 %.2f ms", *np.percentile(spent, (50, 99)))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, help="score the model file on this JSONL instead")
    parser.add_argument("--without", default="", help="writers left out of training as well, such as kmn")
    parser.add_argument("--errors", action="store_true", help="list every message read wrongly")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.file:
        reader, rows = Reader(IntentModel.load()), read_messages(options.file)
        pairs = readings(reader, rows)
        _timed(reader, rows)
    else:
        pairs = cross_validate([row for row in corpus() if row.writer not in options.without])
    report(pairs)
    if options.errors:
        for row, reading in pairs:
            if row.intent != reading.intent:
                log.info("%s %s → %s (%s) %r", row.id, row.intent, reading.intent, reading.why, row.text)


if __name__ == "__main__":
    main()
