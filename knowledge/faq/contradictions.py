"""Find what cannot both be true in a base: for a person to settle, never settled here."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from knowledge.faq.entries import Entry
from knowledge.taught import likeness

ALIKE: Final = 0.8
"""Likeness of two questions from which on they ask the same."""
_FIGURE: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s*(%|‰|万元|亿元|元|个工作日|工作日|个月|个自然月|天|日(?!期)|周年|年(?!度|\d|龄)|小时|分钟|倍|人|平方米|周岁|岁)"
)
_CALENDAR: Final = re.compile(r"\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?|\d{1,2}\s*月\s*\d{1,2}\s*日")
_OFFICE: Final = re.compile(
    r"([\u4e00-\u9fff]{2,12}(?:局|中心|大厅|窗口|办公室|服务站|法院|仲裁院|工会|派出所|总站))"
    r"(?:的)?(?:咨询|服务|投诉|举报|受理|联系)?(?:电话|热线)?(?:是|为|[:：(（\s])*(0\d{2,3}-?\d{7,8}|1[0-9]{4}(?!\d))"
)
_RARE: Final = 200
"""Entries that share a piece of a question: a piece that more of them hold tells nothing."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Entries that do not fit together, and in what."""

    ids: tuple[str, str]
    what: str


def contradictions(entries: Sequence[Entry]) -> list[Contradiction]:
    """All of them: the same question with other figures, the same number or office differently."""
    return [*_figures(entries), *_numbers(entries), *_offices(entries)]


def _figures(entries: Sequence[Entry]) -> Iterator[Contradiction]:
    told = {entry.id: figures(entry.answer) for entry in entries}
    for one, other in _neighbours([entry for entry in entries if told[entry.id]]):
        what = _differs(told[one.id], told[other.id])
        if what and any(likeness(mine, theirs) >= ALIKE for mine in _asked(one) for theirs in _asked(other)):
            yield Contradiction((one.id, other.id), f"问的是同一件事，数字不同：{what}")


def _differs(mine: Mapping[str, set[str]], theirs: Mapping[str, set[str]]) -> str:
    """The first unit that both have figures in, none of them the same."""
    for unit in mine.keys() & theirs.keys():
        if not mine[unit] & theirs[unit]:
            return f"{'、'.join(sorted(mine[unit]))}{unit} / {'、'.join(sorted(theirs[unit]))}{unit}"
    return ""


def _asked(entry: Entry) -> tuple[str, ...]:
    return entry.question, *entry.similar[:_RARE]


def _neighbours(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs whose questions share enough pieces to be worth a comparison."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for piece in {text[at : at + 4] for text in _asked(entry) for at in range(max(len(text) - 3, 1))}:
            holders[piece].append(number)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for numbers in holders.values():
        if len(numbers) <= _RARE:
            for pair in combinations(numbers, 2):
                shared[pair] += 1
    for (one, other), count in sorted(shared.items()):
        if count >= 2:
            yield entries[one], entries[other]


def figures(text: str) -> dict[str, set[str]]:
    """The figures of a text by unit, without dates."""
    found: dict[str, set[str]] = defaultdict(set)
    for figure, unit in _FIGURE.findall(_CALENDAR.sub(" ", text)):
        found[unit].add(figure)
    return dict(found)


def _numbers(entries: Iterable[Entry]) -> Iterator[Contradiction]:
    """A document's number stands for one document."""
    first: dict[str, Entry] = {}
    for entry in entries:
        number = entry.source.number.strip() if entry.source else ""
        if "号" not in number or entry.source is None:  # an article's number belongs to many laws
            continue
        known = first.setdefault(number, entry)
        assert known.source is not None
        if _title(known.source.title) != _title(entry.source.title):
            what = f"同一文号 {number}，文件名不同：《{known.source.title}》/《{entry.source.title}》"
            yield Contradiction((known.id, entry.id), what)


def _title(text: str) -> str:
    return re.sub(r"[《》〈〉\s（）()]", "", text)


def _offices(entries: Iterable[Entry]) -> Iterator[Contradiction]:
    """An office has one number in the whole base."""
    first: dict[str, tuple[Entry, str]] = {}
    for entry in entries:
        for office, number in _OFFICE.findall(entry.answer):
            known, theirs = first.setdefault(office, (entry, number))
            if theirs != number and known.id != entry.id:
                yield Contradiction((known.id, entry.id), f"{office}的电话不同：{theirs} / {number}")
