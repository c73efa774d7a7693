"""Measure the reader: `python -m knowledge.evaluate` cross-validates by writer, `--file X` scores the model file.

Only the three writers of the corpus are tested on; the other writers' messages are always in training. So the
figures say what to expect of a writer never seen. Slots of words are the exception: their tagger has seen all three,
and `python -m knowledge.slots.train_tagger --check` says what it does on a writer never seen.
"""

import argparse
import json
import logging
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from knowledge import times
from knowledge.intents import IntentModel
from knowledge.reading import GROUPED, Reader, Reading
from knowledge.train import Labelled, corpus, read_messages, train

WRITERS = "abc"
SECOND_LOOK = "B"
"""Written message by message at the mistakes of cross-validation: in the model, never in its test."""
TEMPERATURE = 0.118
"""That of the model file; in cross-validation, calibrating anew in each fold would take three times as long."""
WORST = 30
EXACT = {"need_no": 0.98, "phone": 0.98, "rating": 0.98, "entries": 0.98, "start": 0.95}
"""Slots that rules read, and the share of them that must be exactly right."""

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


def report(pairs: Sequence[Pair], most: int = 25) -> None:
    """Log the slots, the commonest confusions and the worst mistakes: those that the reader was surest of."""
    for name, (share, count) in slot_accuracy(pairs).items():
        log.info("slot %-10s %.3f of %d", name, share, count)
    wrong = [(row, reading) for row, reading in pairs if row.intent != reading.intent]
    for (wanted, read), count in Counter((row.intent, reading.intent) for row, reading in wrong).most_common(most):
        log.info("%3d  %s read as %s", count, wanted, read)
    log.info("the worst %d mistakes:", WORST)
    for row, reading in sorted(wrong, key=lambda pair: -pair[1].confidence)[:WORST]:
        log.info("%s %s → %s %.2f %.70r", row.id, row.intent, reading.intent, reading.confidence, row.text)


def table(pairs: Sequence[Pair], phrases: Path | None) -> None:
    """Log each figure beside its target; `phrases` is the directory of the sets of time phrases."""
    found, slots = score(pairs), slot_accuracy(pairs)
    rows = [
        ("intent: accuracy", found.accuracy, 0.95),
        ("intent: macro-F1", found.macro_f1, 0.93),
        ("group silence kept", 1 - found.needless, 0.99),
        ("report_need: precision", found.need_precision, 0.95),
        ("report_need: recall", found.need_recall, 0.96),
        ("category", found.category, 0.92),
        *((f"slot {name}", slots[name][0], least) for name, least in EXACT.items() if name in slots),
    ]
    if phrases:
        rows += [("time phrases, shared", _shared_times(phrases), 0.97), ("time phrases, suite", _suite(phrases), 0.90)]
    for name, value, least in rows:
        log.info("%-24s %.4f  target %.2f  %s", name, value, least, "met" if value >= least else "MISSED")


def _shared_times(phrases: Path) -> float:
    rows = [json.loads(line) for line in (phrases / "times.jsonl").read_text("utf-8").splitlines()]
    return _share(_said(row["text"], row["now"], row["start"], row["end"]) for row in rows)


def _suite(phrases: Path) -> float:
    """The share that is read right of our own lists, whose lines are text, start, end, repetition; `-` is no time."""
    texts = [path.read_text("utf-8") for path in sorted(phrases.glob("time_*.tsv"))]
    lines = [line.split("\t") for text in texts for line in text.splitlines()]
    now = "2024-05-15T10:20:00+08:00"
    return _share(_said(text, now, start, rest[0] if rest else "") for text, start, *rest in lines)


def _said(text: str, now: str, start: str, end: str | None) -> bool:
    found = times.when(text, datetime.fromisoformat(now))
    if start == "-" or found is None:
        return start == "-" and found is None
    return (_moment(found.start), _moment(found.end)) == (_plain(start), _plain(end or ""))


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%dT%H:%M}" if when else ""


def _plain(words: str) -> str:
    """A moment as the sets write it, to the minute and without its zone."""
    return (words.replace(" ", "T") + "T00:00")[:16] if words else ""


def footprint() -> None:
    """Log how long a fresh process takes to load the reader, and how much memory it holds then."""
    code = (
        "import time; t = time.process_time(); from knowledge.reading import Reader; Reader.load();"
        "print(time.process_time() - t);"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, done.stdout.split())
    _at_most("load with imports, s", seconds, 0.6)
    _at_most("memory at its most, MB", kilobytes / 1024, 150)


def _at_most(name: str, value: float, most: float) -> None:
    log.info("%-24s %.2f  target %.2f  %s", name, value, most, "met" if value <= most else "MISSED")


def _timed(reader: Reader, rows: Sequence[Labelled], rounds: int = 5) -> None:
    """Log the processor time of a message: of each the quickest of a few rounds, as the machine may be busy."""
    spent = np.full(len(rows), np.inf)
    for _ in range(rounds):
        for at, row in enumerate(rows):
            start = time.thread_time()
            readings(reader, [row])
            spent[at] = min(spent[at], (time.thread_time() - start) * 1000)
    for name, share, most in (("a message: median, ms", 50, 0.4), ("a message: p99, ms", 99, 2.0)):
        _at_most(name, float(np.percentile(spent, share)), most)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, help="score the model file on this JSONL instead")
    parser.add_argument("--times", type=Path, help="the directory of the sets of time phrases")
    parser.add_argument("--without", default=SECOND_LOOK, help="writers left out of training as well, such as kmnB")
    parser.add_argument("--errors", action="store_true", help="list every message read wrongly")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.file:
        pairs = readings(Reader(IntentModel.load()), read_messages(options.file))
    else:
        pairs = cross_validate([row for row in corpus() if row.writer not in options.without])
    log.info("all: %s", score(pairs))
    report(pairs)
    if options.errors:
        for row, reading in pairs:
            if row.intent != reading.intent:
                log.info("%s %s → %s (%s) %r", row.id, row.intent, reading.intent, reading.why, row.text)
    table(pairs, options.times)
    _timed(Reader(IntentModel.load()), [row for row, _ in pairs])
    footprint()


if __name__ == "__main__":
    main()
