"""Cutting a folded text into the words that time phrases are made of."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from knowledge.times.numerals import number

NUMERALS = "0123456789零一二两俩仨三四五六七八九十廿卅百"


class Kind(Enum):
    """What a word says; the meaning of its values is given where the rules are."""

    YEAR = auto()
    HALF = auto()
    QUARTER = auto()
    SEASON = auto()
    MONTH = auto()
    LUNAR = auto()
    EDGE = auto()
    DAY = auto()
    DATE = auto()
    NEAR = auto()
    WEEK = auto()
    WEEKDAY = auto()
    FESTIVAL = auto()
    HOLIDAY = auto()
    NTH = auto()
    FIRST_N = auto()
    WINDOW = auto()
    OFFSET = auto()
    WITHIN = auto()
    LENGTH = auto()
    PART = auto()
    CLOCK = auto()
    NOW = auto()
    REPEAT = auto()
    FILL = auto()
    TO = auto()
    UNTIL_NOW = auto()
    BEFORE = auto()
    AFTER = auto()
    SINCE = auto()
    DEADLINE = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind, the numbers it holds, itself, and where it stands."""

    kind: Kind
    values: tuple[int, ...]
    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Rule:
    """A pattern, the characters that may begin it, and how a match becomes values (None: not a time after all)."""

    kind: Kind
    firsts: str
    expression: str
    read: Callable[[re.Match[str]], tuple[int, ...] | None]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first asked for: all of them together take a tenth of a start."""
        return re.compile(self.expression)


def rule(
    kind: Kind, firsts: str, expression: str, read: Callable[[re.Match[str]], tuple[int, ...] | None] | None = None
) -> Rule:
    """A rule; without `read`, of a word that holds no number."""
    return Rule(kind, firsts, expression, read or (lambda _: ()))


_Matching = Callable[[str, int], re.Match[str] | None]


class Scanner:
    """Rules by the character that may begin them, tried in the order given."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_first: dict[str, list[Rule]] = {}
        for item in rules:
            for first in dict.fromkeys(item.firsts):
                by_first.setdefault(first, []).append(item)
        self._by_first = by_first
        self._ready: dict[str, list[tuple[_Matching, Rule]]] = {}
        self._start = re.compile("[" + "".join(map(re.escape, by_first)) + "]")

    def warm_up(self) -> None:
        """Compile all rules, for which no message shall wait."""
        for first in self._by_first:
            self._rules(first)

    def tokens(self, text: str) -> list[Token]:
        """The words found, left to right, none overlapping another."""
        found: list[Token] = []
        place = end = 0
        while start := self._start.search(text, place):
            place = start.start()
            if place != end and _inside_number(text, place):
                place += 1
                continue
            token = self._match(text, place)
            if token is None:
                place += 1
            else:
                found.append(token)
                place = end = token.end
        return found

    def _match(self, text: str, place: int) -> Token | None:
        first = text[place]
        for matching, item in self._ready.get(first) or self._rules(first):
            match = matching(text, place)
            if match is None or match.end() == place:
                continue
            values = item.read(match)
            if values is not None:
                return Token(item.kind, values, match.group(), place, match.end())
        return None

    def _rules(self, first: str) -> list[tuple[_Matching, Rule]]:
        """The rules for a character, ready to be tried: what is looked up once is not looked up at every place."""
        return self._ready.setdefault(first, [(item.pattern.match, item) for item in self._by_first[first]])


_GLUE = frozenset(NUMERALS + "第#¥￥$" + "abcdefghijklnoqrstuvwxyzABCDEFGHIJKLNOQRSTUVWXYZ")
_GLUED = frozenset(NUMERALS + "周")


def _inside_number(text: str, place: int) -> bool:
    """Whether what begins here goes on with a number or code begun before, as the 三 of 十三 or the 2 of B2."""
    return place > 0 and text[place] in _GLUED and text[place - 1] in _GLUE


def group_number(match: re.Match[str], name: str | int) -> int:
    """The number that a group holds."""
    return number(match.group(name))
