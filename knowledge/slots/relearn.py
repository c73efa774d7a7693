"""Fitting the tagger anew with the words that people pointed out, and judging whether that made it better.

As with intents (`knowledge.relearn`): fits with and without the new lessons read the messages of a writer whom neither
saw, and the new one is refused where it spoils more than it mends, by more than chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge.normalize import clean
from knowledge.relearn import TIMES, WRITER, beyond_chance
from knowledge.slots import fill, tagger
from knowledge.slots.spans import INTENTS, MANDATORY
from knowledge.slots.tagger import Weights
from knowledge.slots.train_tagger import Message, examples, train


@dataclass(frozen=True, slots=True)
class Pointed:
    """Words of a message that fill a slot, as somebody said; empty where the message does not state it."""

    text: str
    intent: str
    slot: str
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two fits of one slot read the same messages, and what became of the lessons."""

    messages: int
    right_before: int
    right_after: int
    fixed: int
    spoilt: int

    @property
    def worse(self) -> bool:
        """Whether the second reads worse, by more than chance."""
        return beyond_chance(self.spoilt, self.fixed)


def as_messages(lessons: Sequence[Pointed]) -> list[Message]:
    """The lessons as labelled messages; those that the tagger cannot learn from are left out."""
    return [
        Message(WRITER, one.intent, clean(one.text), {one.slot: one.words} if one.words else {})
        for one in lessons
        if one.intent in INTENTS.get(one.slot, ()) and one.words in clean(one.text).text
    ]


def weigh(
    slot: str, corpus: Sequence[Message], known: Sequence[Message], new: Sequence[Message], writers: str
) -> Verdict:
    """Fit a slot with and without the new lessons on all but one writer, for each of `writers`."""
    before: list[bool] = []
    after: list[bool] = []
    for writer in writers:
        kept = [message for message in corpus if message.writer != writer]
        held = [one for one in corpus if one.writer == writer and one.intent in INTENTS[slot]]
        for lessons, right in ((list(known), before), ([*known, *new], after)):
            weights = fit(slot, kept, lessons)
            right += [is_right(weights, slot, message) for message in held]
    both = list(zip(before, after, strict=True))
    return Verdict(
        len(both),
        sum(before),
        sum(after),
        sum(now and not was for was, now in both),
        sum(was and not now for was, now in both),
    )


def fit(slot: str, corpus: Sequence[Message], lessons: Sequence[Message]) -> Weights:
    """Weights of a slot that saw the lessons several times."""
    return train(slot, examples(slot, [*corpus, *[one for one in lessons for _ in range(TIMES)]]))


def is_right(weights: Weights, slot: str, message: Message) -> bool:
    """Whether a slot is read as it was stated: the same words, or some that hold them or lie within them."""

    def find(name: str, text: str, intent: str) -> str | None:
        return tagger.find(weights, text, intent, MANDATORY) if name == slot else None

    said, gold = datetime.fromisoformat("2025-03-03T10:00:00+08:00"), message.slots.get(slot)  # no words depend on it
    guess = fill(message.intent, message.cleaned, said, "member", find).get(slot)
    if gold is None or not isinstance(guess, str):
        return gold == guess
    return gold in guess or guess in gold


def replaced(weights: Mapping[str, Weights], fitted: Mapping[str, Weights]) -> dict[str, Weights]:
    """All slots, those that were fitted anew in the place of the old."""
    return {slot: fitted.get(slot, old) for slot, old in weights.items()}
