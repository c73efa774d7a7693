"""Make the tagger's weights from the labelled messages: `python -m knowledge.slots.train_tagger`.

The same messages give the same bytes. `--check` instead trains on all writers but one and tests on that one.
"""

import json
import logging
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import jieba

from knowledge.normalize import clean
from knowledge.slots import tagger
from knowledge.slots.answers import SURNAMES
from knowledge.slots.spans import INTENTS, MANDATORY

Rows = Sequence[Sequence[str]]
Span = tuple[int, int]
SEEDS = 1
EPOCHS = 4
VARIANTS = 2
"""Copies of each message with other names in the slot's place, so that the words around it count."""
_COMMON_WORD = 100
_LEAST_WEIGHT = 1
_SCALE = 5
_NAME_CHARS = "华新天金宏达泰安信康盛丰源恒瑞鑫海汇通兴美德成凯龙福嘉利云智星辰光明蓝青红大小东方南北中诺博远景航凌微创拓优品悦乐佳味香家春秋雨木子米禾果"
_TRADES = "公司 酒店 科技 物流 餐饮 贸易 超市 传媒 药房 律所 饭店 电子 设计 口腔 教育 健身 五金 家政 面馆 服饰".split()
_GIVEN_CHARS = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文晓海梅雪琴宇浩然佳琪"
_OURS = re.compile(
    r"\W{0,2}(?:(?:你好|您好|各位领导|请问|大家好)[,!。\s]*)?((?:我们|俺们|我|咱们?)(?:公司|店里?|厂里?|单位|酒店|司)?|本(?:公司|店|单位))(?=[^是的叫姓联和])"
)

log = logging.getLogger(__name__)


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


def examples(slot: str) -> list[Example]:
    """All labelled messages whose intent may give `slot`."""
    found = []
    for path in sorted(tagger.DATA.glob("messages-[abc].jsonl")):
        for line in path.read_text("utf-8").splitlines():
            message = json.loads(line)
            if message["intent"] not in INTENTS[slot]:
                continue
            cleaned = clean(message["text"])
            words = message["slots"].get(slot)
            texts = [cleaned.text, *([cleaned.quote.text] if cleaned.quote else [])]
            text = next((t for t in texts if words and words in t[: tagger.LONGEST]), texts[0])[: tagger.LONGEST]
            start = text.find(words) if words else -1
            if text and (start >= 0 or not words):
                span = (start, start + len(words)) if words else None
                found.append(Example(message["id"][0], message["intent"], text, span))
    return found


def _made_up(slot: str, known: Sequence[str], rng: random.Random) -> str:
    """A name that may stand in the slot: half of them invented where names are arbitrary."""
    if slot == "company" and rng.random() < 0.5:
        return "".join(rng.choices(_NAME_CHARS, k=rng.choice((2, 2, 3, 4)))) + rng.choice(["", *_TRADES])
    if slot == "name" and rng.random() < 0.7:
        return rng.choice(SURNAMES[:100]) + "".join(rng.choices(_GIVEN_CHARS, k=rng.choice((1, 2, 2))))
    return rng.choice(known)


def _put(example: Example, span: Span, words: str) -> Example:
    text = (example.text[: span[0]] + words + example.text[span[1] :])[: tagger.LONGEST]
    end = min(span[0] + len(words), len(text))
    return replace(example, text=text, span=(span[0], end) if span[0] < end else None)


def variants(slot: str, given: Sequence[Example], rng: random.Random) -> list[Example]:
    """The examples, and copies with other words in the slot; for companies, also with 我们 turned into a name."""
    known = [words for example in given if (words := example.words)]
    made = list(given)
    for _ in range(VARIANTS):
        for example in given:
            other = _made_up(slot, known, rng)
            if example.span:
                made.append(_put(example, example.span, other))
            elif slot == "company" and rng.random() < 0.4 and (ours := _OURS.match(example.text)):
                made.append(_put(example, ours.span(1), other))
            else:
                made.append(example)
    return made


class _Averaged:
    """Weights of a perceptron with their average over all steps."""

    def __init__(self) -> None:
        self.now: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.step = 0

    def add(self, rows: Rows, span: Span, sign: int) -> None:
        start, end = span
        late = sign * self.step  # what a change did not count for so far
        for part, places in ((0, rows[start : start + 1]), (1, rows[start:end]), (2, rows[end - 1 : end])):
            for row in places:
                for feature in row:
                    self.now[feature][part] += sign
                    self._sums[feature][part] += late

    def average(self) -> dict[str, list[float]]:
        return {f: [n - s / self.step for n, s in zip(self.now[f], self._sums[f], strict=True)] for f in self.now}


def _pass(weights: _Averaged, prepared: Sequence[tuple[Rows, Span | None]]) -> None:
    for rows, gold in prepared:
        weights.step += 1
        best = tagger.best_span(tagger.scores(rows, weights.now))
        guess = best[1:] if best and best[0] > 0 else None
        if guess != gold:
            if gold:
                weights.add(rows, gold, 1)
            if guess:
                weights.add(rows, guess, -1)


def train(slot: str, given: Sequence[Example]) -> dict[str, list[int]]:
    """Weights of one slot: averaged perceptrons of several seeds, added up, small weights dropped."""
    total: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for seed in range(SEEDS):
        rng = random.Random(seed)
        made = variants(slot, given, rng)
        prepared = [(tagger.features(example.text, example.intent), example.span) for example in made]
        weights = _Averaged()
        for _ in range(EPOCHS):
            rng.shuffle(prepared)
            _pass(weights, prepared)
        for feature, parts in weights.average().items():
            total[feature] = [a + b for a, b in zip(total[feature], parts, strict=True)]
    rounded = {feature: [round(_SCALE * part) for part in parts] for feature, parts in sorted(total.items())}
    return {feature: parts for feature, parts in rounded.items() if max(map(abs, parts)) >= _LEAST_WEIGHT}


def check(slot: str) -> str:
    """Figures of training on two writers and testing on the third, all writers together."""
    given = examples(slot)
    outcome: Counter[str] = Counter()
    for writer in sorted({example.writer for example in given}):
        packed = train(slot, [example for example in given if example.writer != writer])
        weights = {feature: (s, i, e) for feature, (s, i, e) in packed.items()}
        for example in given:
            if example.writer == writer:
                outcome[_judge(example.words, tagger.find(weights, example.text, example.intent, MANDATORY))] += 1
    stated = sum(outcome[name] for name in ("exact", "near", "wrong", "missed"))
    near = (outcome["exact"] + outcome["near"]) / stated
    return f"{slot}: exact {outcome['exact'] / stated:.3f}, equal or contained {near:.3f} of {stated}; {dict(outcome)}"


def _judge(gold: str | None, guess: str | None) -> str:
    if gold is None or guess is None:
        return "silent" if gold == guess else "missed" if gold else "invented"
    return "exact" if gold == guess else "near" if gold in guess or guess in gold else "wrong"


def write_word_classes() -> None:
    """Common words of jieba's dictionary by grammatical class, one class a line."""
    merged = {"nrt": "nr", "nrfg": "nr", "vn": "v", "ad": "a", "an": "a", "zg": "g", "vg": "v", "ng": "n", "l": "i"}
    by_class: dict[str, list[str]] = defaultdict(list)
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, count, name = line.decode("utf-8").split()
            if int(count) >= _COMMON_WORD:
                by_class[merged.get(name, name)].append(word)
    body = "\n".join(" ".join([name, *words]) for name, words in sorted(by_class.items()))
    (tagger.DATA / "word-classes.txt").write_text(body + "\n", "utf-8")


def main(arguments: Sequence[str]) -> None:
    """Train and write the files, or check."""
    if "--check" in arguments:
        for slot in [slot for slot in INTENTS if slot in arguments] or INTENTS:
            log.info("%s", check(slot))
        return
    write_word_classes()
    packed = {slot: train(slot, examples(slot)) for slot in INTENTS}
    body = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    (tagger.DATA / "slot-tagger.json").write_text(body, "utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(sys.argv[1:])
