"""Fitting the reader anew with what people taught it, and judging whether that made it better.

The packaged messages and the lessons together are weighed against the packaged messages with the lessons that the
model in use was made with. Both are fitted without one writer of the corpus and read that writer's messages, the same
ones, writer by writer. Random ups and downs do not count against the new model; more than that does.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from knowledge.evaluate import TEMPERATURE, Pair, readings
from knowledge.reading import GROUPED, Reader
from knowledge.shape import Setting
from knowledge.train import Labelled, train

_STARRED, _PHONE = re.compile(r"(?<!\d)1\d\d\*{4}\d{4}(?!\d)"), "13900000000"
"""Lessons are masked; any number stands for the one that was there."""
TIMES = 3
"""How often a lesson counts: its words must be frequent enough to be noticed."""
WRITER = "~"


@dataclass(frozen=True, slots=True)
class Taught:
    """A message that people said something about: what it was, or whose concern."""

    id: int
    text: str
    private: bool
    mentioned: bool
    role: str
    said_at: datetime
    intent: str | None
    category: str | None

    def said_to_be(self, kind: str, value: str) -> "Taught":
        """The same with what somebody says of it: an `intent` or a `category`; other kinds change nothing."""
        if kind == "intent":
            return replace(self, intent=value)
        return replace(self, category=value) if kind == "category" else self

    @property
    def setting(self) -> Setting:
        """Where and by whom it was said."""
        return Setting("private" if self.private else "group", self.mentioned, self.role)


def labelled(taught: Sequence[Taught], reader: Reader) -> list[Labelled]:
    """The lessons as messages of the corpus. Where only the service group was said, the reader's intent stays."""
    rows = []
    for one in taught:
        slots = {"category": one.category} if one.category else {}
        intent = one.intent or _as_read(one, reader)
        speak = intent not in ("none", "acknowledge")
        rows.append(
            Labelled(
                f"{WRITER}{one.id}", _STARRED.sub(_PHONE, one.text), one.setting, one.said_at, intent, slots, speak
            )
        )
    return rows


def _as_read(one: Taught, reader: Reader) -> str:
    setting = one.setting
    read = reader.read(
        one.text, chat=setting.chat, mentioned=setting.mentioned, role=setting.role, now=one.said_at
    ).intent
    return read if read in GROUPED else "report_need"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two models read the same messages: counts of `messages`, and of those that want silence in a group."""

    messages: int
    right_before: int
    right_after: int
    fixed: int
    spoilt: int
    needless_before: int
    needless_after: int
    more_needless: int
    less_needless: int

    @property
    def worse(self) -> bool:
        """Whether the second reads worse, or answers more that wants silence, by more than chance."""
        return beyond_chance(self.spoilt, self.fixed) or beyond_chance(self.more_needless, self.less_needless)


def beyond_chance(losses: int, gains: int) -> bool:
    """Whether so many losses against so many gains are more than the ups and downs of any new fit."""
    return losses - gains > math.sqrt(losses + gains)


def read_right(rows: Sequence[Labelled], reader: Reader) -> int:
    """How many messages are read as what they are."""
    return sum(row.intent == reading.intent for row, reading in readings(reader, rows))


def weigh(before: Sequence[Pair], after: Sequence[Pair]) -> Verdict:
    """Compare two readings of the same messages."""
    right = [[row.intent == reading.intent for row, reading in pairs] for pairs in (before, after)]
    needless = [
        [reading.speak and row.setting.chat == "group" and not row.speak for row, reading in pairs]
        for pairs in (before, after)
    ]
    return Verdict(
        messages=len(before),
        right_before=sum(right[0]),
        right_after=sum(right[1]),
        fixed=sum(now and not was for was, now in zip(*right, strict=True)),
        spoilt=sum(was and not now for was, now in zip(*right, strict=True)),
        needless_before=sum(needless[0]),
        needless_after=sum(needless[1]),
        more_needless=sum(now and not was for was, now in zip(*needless, strict=True)),
        less_needless=sum(was and not now for was, now in zip(*needless, strict=True)),
    )


def cross_weigh(
    corpus: Sequence[Labelled],
    known: Sequence[Labelled],
    new: Sequence[Labelled],
    writers: str,
    done: Callable[[str], None],
) -> Verdict:
    """Fit with and without the new lessons on all but one writer, for each of `writers`; `done` hears of each."""
    before: list[Pair] = []
    after: list[Pair] = []
    for writer in writers:
        kept = [row for row in corpus if row.writer != writer]
        held = [row for row in corpus if row.writer == writer]
        for lessons, pairs in ((list(known), before), ([*known, *new], after)):
            pairs += readings(Reader(train(kept + lessons * TIMES, TEMPERATURE)), held)
        done(writer)
    return weigh(before, after)
