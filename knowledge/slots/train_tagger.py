"""Make the tagger's weights from the labelled messages: `python -m knowledge.slots.train_tagger`.

The same messages give the same bytes. `--check` instead trains on all writers but one and tests on that one; the
messages written to teach slots alone (slots-extra.jsonl) always train and never test.
"""

import hashlib
import json
import logging
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.normalize import Cleaned, clean
from knowledge.slots import fill, tagger
from knowledge.slots.answers import SURNAMES
from knowledge.slots.features import BUCKETS, DATA, Buckets, buckets
from knowledge.slots.spans import INTENTS, MANDATORY
from knowledge.slots.tagger import Weights
from knowledge.slots.word_classes import write_word_classes

Span = tuple[int, int]
WRITERS = "abc"
ALL_SLOTS = "CDEFGH"  # further writers whose messages have all slots: they always train and never test
TARGET = 0.85  # of the words stated, found equal or one containing the other
EPOCHS = 16
_AVERAGED = 10
"""Last epochs whose weights are averaged."""
_RATE = 0.08
_STEADY = 1.0
_LEFT_OUT = 0.3
_LEAST_GRADIENT = 1e-3
_SCALE = 50
_LEAST_WEIGHT = 2
_SWAPPED = 0.6
_NAME_CHARS = (
    "华新天金宏达泰安信康盛丰源恒瑞鑫海汇通兴美德成凯龙福嘉利云智星辰光明蓝青红大小东方南北中诺博远景航凌微创拓优"
    "品悦乐佳味香家春秋雨木子米禾果"
)
_GIVEN_CHARS = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文晓海梅雪琴宇浩然佳琪"
_OURS = re.compile(
    r"\W{0,2}(?:(?:你好|您好|各位领导|请问|大家好)[,!。\s]*)?((?:我们|俺们|我|咱们?)(?:公司|店里?|厂里?|单位|酒店|司)?"
    r"|本(?:公司|店|单位))(?=[^是的叫姓联和])"
)

_NOW = datetime.fromisoformat("2025-03-03T10:00:00+08:00")
"""No slot of words depends on it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A labelled message, cleaned."""

    writer: str
    intent: str
    cleaned: Cleaned
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the span of one slot, None where the message does not state it."""

    writer: str
    intent: str
    text: str
    span: Span | None

    @property
    def words(self) -> str | None:
        """The slot's words."""
        return self.text[slice(*self.span)] if self.span else None


def _paths() -> list[Path]:
    return [*(DATA / f"messages-{writer}.jsonl" for writer in (*WRITERS, *ALL_SLOTS)), DATA / "slots-extra.jsonl"]


def fingerprint() -> str:
    """A digest of what the weights are made from."""
    paths = [*_paths(), DATA / "slot-words.txt", DATA / "word-classes.txt"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def messages() -> list[Message]:
    """All messages whose slots are labelled."""
    rows = (json.loads(line) for path in _paths() for line in path.read_text("utf-8").splitlines())
    return [Message(row["id"][0], row["intent"], clean(row["text"]), row["slots"]) for row in rows]


def examples(slot: str, given: Iterable[Message]) -> list[Example]:
    """The messages whose intent may give `slot`, with the text, their own or the quoted, that states it."""
    found = []
    for message in given:
        if message.intent not in INTENTS[slot]:
            continue
        words = message.slots.get(slot)
        quote = message.cleaned.quote
        texts = [text[: tagger.LONGEST] for text in (message.cleaned.text, quote.text if quote else "") if text]
        text = next((text for text in texts if words and words in text), texts[0] if texts else "")
        if text and (not words or words in text):
            start = text.index(words) if words else 0
            span = (start, start + len(words)) if words else None
            found.append(Example(message.writer, message.intent, text, span))
    return found


def _made_up(slot: str, known: Sequence[str], trades: Sequence[str], rng: random.Random) -> str:
    """A name that may stand in the slot: half of them invented where names are arbitrary."""
    if slot == "company" and rng.random() < 0.5:
        return "".join(rng.choices(_NAME_CHARS, k=rng.choice((2, 2, 3, 4)))) + rng.choice(["", "", "", *trades])
    if slot == "name" and rng.random() < 0.7:
        return rng.choice(SURNAMES[:100]) + "".join(rng.choices(_GIVEN_CHARS, k=rng.choice((1, 2, 2))))
    return rng.choice(known)


def _put(example: Example, span: Span, words: str) -> Example:
    text = (example.text[: span[0]] + words + example.text[span[1] :])[: tagger.LONGEST]
    end = min(span[0] + len(words), len(text))
    return replace(example, text=text, span=(span[0], end) if span[0] < end else None)


def variants(slot: str, given: Sequence[Example], rng: random.Random) -> list[Example]:
    """Copies with other words in the slot, so that the words around it count; 我们 may turn into a company."""
    known = [words for example in given if (words := example.words)]
    trades = (DATA / "slot-words.txt").read_text("utf-8").partition("\n")[0].split(" ")[1:]
    made = []
    for example in given:
        other = _made_up(slot, known, trades, rng)
        if example.span and rng.random() < _SWAPPED:
            made.append(_put(example, example.span, other))
        elif slot == "company" and rng.random() < 0.3 and not example.span and (ours := _OURS.match(example.text)):
            made.append(_put(example, ours.span(1), other))
        else:
            made.append(example)
    return made


class _Learner:
    """Probabilities of all spans of a text, and of none, from weights that follow the gradient (AdaGrad)."""

    def __init__(self, seed: int) -> None:
        self.features = np.zeros((BUCKETS, 3), dtype=np.float32)
        self.lengths = np.zeros(tagger.MAX_SPAN, dtype=np.float32)
        self._seen = np.full((BUCKETS, 3), _STEADY, dtype=np.float32)
        self._seen_lengths = np.full(tagger.MAX_SPAN, _STEADY, dtype=np.float32)
        self._rng = np.random.default_rng(seed)

    def learn(self, found: Buckets, span: Span | None) -> None:
        """Take one step towards `span`; some features are left out, so that none is relied on alone."""
        kept = found[self._rng.random(len(found)) >= _LEFT_OUT]
        spans = tagger.span_scores(self.features[kept].sum(axis=0) / (1 - _LEFT_OUT), self.lengths)
        odds = np.exp(spans - max(spans.max(), 0.0))
        odds /= odds.sum() + np.exp(-max(spans.max(), 0.0))
        wanted = -odds
        if span:
            wanted[span[0], span[1] - span[0] - 1] += 1
        self._step(kept, _parts(wanted), wanted.sum(axis=0))

    def _step(self, found: Buckets, wanted: NDArray[np.float32], lengths: NDArray[np.float32]) -> None:
        felt = np.abs(wanted).max(axis=1) > _LEAST_GRADIENT
        at = found[:, felt].ravel()
        gradient = np.tile(wanted[felt], (len(found), 1))
        np.add.at(self._seen, at, gradient**2)
        np.add.at(self.features, at, _RATE * gradient / np.sqrt(self._seen[at]))
        self._seen_lengths += lengths**2
        self.lengths += _RATE * lengths / np.sqrt(self._seen_lengths)


def _parts(spans: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums over spans [start, length - 1] for each character: those that start there, cover it, end there."""
    size = len(spans)
    ends = np.zeros(size + tagger.MAX_SPAN, dtype=np.float32)
    for more in range(tagger.MAX_SPAN):
        ends[more : more + size] += spans[:, more]
    starts = spans.sum(axis=1)
    covered = np.cumsum(starts) - np.concatenate(([0.0], np.cumsum(ends[: size - 1])))
    return np.stack([starts, covered, ends[:size]], axis=1).astype(np.float32)


def train(slot: str, given: Sequence[Example]) -> Weights:
    """Weights of one slot: the average of the last epochs, rounded."""
    rng = random.Random(0)
    learner = _Learner(0)
    features, lengths = np.zeros_like(learner.features), np.zeros_like(learner.lengths)
    for epoch in range(EPOCHS):
        made = variants(slot, given, rng) if epoch else list(given)
        rng.shuffle(made)
        for example in made:
            learner.learn(buckets(example.text, example.intent), example.span)
        if epoch >= EPOCHS - _AVERAGED:
            features += learner.features
            lengths += learner.lengths
    scaled = np.clip(np.rint(features * (_SCALE / _AVERAGED)), -127, 127).astype(np.int8)
    scaled[np.abs(scaled).max(axis=1) < _LEAST_WEIGHT] = 0
    return Weights(np.pad(scaled, ((0, 0), (0, 1))), np.rint(lengths * (_SCALE / _AVERAGED)))


def check(slot: str) -> str:
    """Figures of training on two writers and testing on the third, all writers together."""
    given = messages()
    outcome: Counter[str] = Counter()
    for writer in WRITERS:
        weights = train(slot, examples(slot, (message for message in given if message.writer != writer)))
        find = partial(_find, weights)
        for message in given:
            if message.writer == writer and message.intent in INTENTS[slot]:
                guess = fill(message.intent, message.cleaned, _NOW, "member", find).get(slot)
                outcome[_judge(message.slots.get(slot), guess)] += 1
    stated = sum(outcome[name] for name in ("exact", "near", "wrong", "missed"))
    near = (outcome["exact"] + outcome["near"]) / stated
    verdict = f"target {TARGET:.2f}  {'met' if near >= TARGET else 'MISSED'}"
    return f"slot {slot:<9} {near:.4f}  {verdict}  (exact {outcome['exact'] / stated:.3f}) of {stated}; {dict(outcome)}"


def _find(weights: Weights, slot: str, text: str, intent: str) -> str | None:
    return tagger.find(weights, text, intent, MANDATORY)


def _judge(gold: str | None, guess: object) -> str:
    if gold is None or not isinstance(guess, str):
        return "silent" if gold == guess else "missed" if gold else "invented"
    return "exact" if gold == guess else "near" if gold in guess or guess in gold else "wrong"


def main(arguments: Sequence[str]) -> None:
    """Train and write the files, or check."""
    if "--check" in arguments:
        for slot in [slot for slot in INTENTS if slot in arguments] or INTENTS:
            log.info("%s", check(slot))
        return
    write_word_classes()
    given = messages()
    tagger.save({slot: train(slot, examples(slot, given)) for slot in INTENTS}, fingerprint())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(sys.argv[1:])
