"""Reading the words of one side of a phrase: days, part of the day, hour, repetition."""

import re
from dataclasses import dataclass, field

from knowledge.times.clockwords import EVENING
from knowledge.times.intervals import DAY_KINDS
from knowledge.times.tokens import Kind, Token
from knowledge.times.yearwords import EACH

_GAP = re.compile(r"[ ,的()\[\]【】:于在从自]{0,3}")

_AFTER_YEAR = {
    Kind.HALF, Kind.QUARTER, Kind.SEASON, Kind.MONTH, Kind.LUNAR, Kind.EDGE, Kind.FESTIVAL, Kind.NTH, Kind.FIRST_N,
    Kind.DATE, Kind.NEAR,
}  # fmt: skip
_FOLLOWS: dict[Kind, set[Kind]] = {
    Kind.YEAR: _AFTER_YEAR,
    Kind.HALF: {Kind.EDGE, Kind.NTH, Kind.FIRST_N, Kind.MONTH},
    Kind.QUARTER: {Kind.EDGE, Kind.NTH, Kind.FIRST_N, Kind.MONTH},
    Kind.MONTH: {Kind.DAY, Kind.EDGE, Kind.NTH, Kind.FIRST_N, Kind.NEAR},
    Kind.WEEK: {Kind.WEEKDAY, Kind.NTH, Kind.NEAR},
    Kind.EDGE: {Kind.NTH, Kind.FIRST_N},
    Kind.NTH: {Kind.WEEKDAY, Kind.DAY, Kind.NTH},
    Kind.FESTIVAL: {Kind.HOLIDAY, Kind.NTH, Kind.FIRST_N},
    Kind.HOLIDAY: {Kind.NTH, Kind.FIRST_N},
}
_CHOOSES = (Kind.NTH, Kind.WEEKDAY)


@dataclass(slots=True)
class Side:
    """The words of one side; `chain` names days, the longest stretch first."""

    chain: tuple[Token, ...] = ()
    part: int | None = None
    clock: tuple[int, ...] | None = None
    repeat: tuple[int, ...] | None = None
    alone: bool = field(default=False)  # said of "that day", so its date is told elsewhere

    @property
    def empty(self) -> bool:
        """Whether it names no time at all."""
        return not self.chain and self.part is None and self.clock is None and self.repeat is None

    @property
    def overnight(self) -> bool:
        """Whether an hour of the next day is told without its half: 次日1点 is at night."""
        following = len(self.chain) == 1 and self.chain[0].kind is Kind.NEAR and self.chain[0].values[1] == 1
        return following and self.part is None and self.clock is not None and not self.clock[2] and self.clock[0] < 6


class Cursor:
    """A place in the words of a text."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.place = 0

    def peek(self, *kinds: Kind, ahead: int = 0, gap: re.Pattern[str] = _GAP) -> Token | None:
        """The next word, where it is of a kind asked for and stands close to the one before."""
        place = self.place + ahead
        if place >= len(self.tokens) or (kinds and self.tokens[place].kind not in kinds):
            return None
        if place and not gap.fullmatch(self.text, self.tokens[place - 1].end, self.tokens[place].start):
            return None
        return self.tokens[place]

    def take(self, *kinds: Kind) -> Token | None:
        """The next word as `peek` gives it, and a step on."""
        token = self.peek(*kinds)
        if token:
            self.place += 1
        return token

    def side(self, *, first: bool) -> Side:
        """One side of a phrase, from here as far as its words go together; `first` ignores the gap before it."""
        side = Side()
        while self.place < len(self.tokens):
            token = self.tokens[self.place] if first else self.peek()
            if token is None or not self._add(side, token):
                break
            first = False
            self.place += 1
        return side

    def _add(self, side: Side, token: Token) -> bool:
        kind = token.kind
        if kind is Kind.FILL or (token.word == "当" and side.chain):
            side.alone |= not side.chain and token.word[0] in "当那"
            return True
        if kind is Kind.CLOCK and side.clock is None:
            side.clock = token.values
            if side.part is None and side.chain and side.chain[-1].word.endswith("夜"):  # 除夕夜八点
                side.part = EVENING
            return True
        if kind is Kind.PART and side.part is None and side.clock is None:
            side.part = token.values[0]
            return True
        if kind is Kind.REPEAT and side.clock is None and side.repeat in (None, (1, 1)):
            if side.chain and token.values[0] not in (1, 4):  # 8月每周二 is read after the month
                return False
            side.repeat = side.repeat or token.values
            return True
        if side.clock is None and side.part is None:
            return _begin_quarters(side, token) or self._add_days(side, token)
        return False

    def _add_days(self, side: Side, token: Token) -> bool:
        chain = side.chain
        if token.kind in (Kind.BEFORE, Kind.AFTER):
            if not (chain and chain[-1].kind in (Kind.FESTIVAL, Kind.HOLIDAY, Kind.DAY, Kind.DATE, Kind.MONTH)):
                return False
            ahead = 2 if self.peek(Kind.FILL, ahead=1) else 1
            if self.peek(*_CHOOSES, ahead=ahead) is None:
                return False
            side.chain = (*chain, token)
            return True
        if token.kind not in DAY_KINDS or (token.kind is Kind.HOLIDAY and not chain):
            return False
        if not chain or _goes_on(chain[-1], token):
            side.chain = (*chain, token)
        elif _replaces(chain[-1], token):
            side.chain = (token,)
        else:
            return _only_notes(chain[-1], token)
        return True


def _begin_quarters(side: Side, token: Token) -> bool:
    """每季度 both repeats and begins the words for days: 每季度末."""
    if token.kind is not Kind.QUARTER or token.values[0] != EACH or side.chain or side.repeat:
        return False
    side.repeat, side.chain = (5, 0), (token,)
    return True


def _goes_on(last: Token, token: Token) -> bool:
    if last.kind in (Kind.BEFORE, Kind.AFTER):
        return token.kind in _CHOOSES
    if last.kind is Kind.WEEK and last.values[1] >= 0:
        return False
    if last.kind is Kind.FESTIVAL and token.kind is Kind.NEAR:
        return bool(token.values[1])
    if token.kind in (Kind.YEAR, Kind.MONTH) and token.values[0] == 1:
        return last.kind is Kind.YEAR and token.kind is Kind.MONTH and token.values[1] == 0
    if token.kind is Kind.DATE and token.values[0]:
        return False
    return token.kind in _FOLLOWS.get(last.kind, ())


def _whole_day(token: Token) -> bool:
    """Whether the word ends a date."""
    if token.kind in (Kind.DATE, Kind.LUNAR, Kind.WEEK):
        return token.values[-1] > 0 or (token.kind is Kind.WEEK and token.values[1] >= 0)
    return token.kind in (Kind.DAY, Kind.NEAR, Kind.WEEKDAY, Kind.FESTIVAL)


def _replaces(last: Token, token: Token) -> bool:
    """Whether a date follows a looser word for the same day, as in 本周五(5月9日)."""
    loose = last.kind in (Kind.NEAR, Kind.WEEKDAY, Kind.WEEK, Kind.FESTIVAL) and _whole_day(last)
    return loose and (token.kind in (Kind.DATE, Kind.YEAR) or (token.kind is Kind.MONTH and token.values[0] == 0))


def _only_notes(last: Token, token: Token) -> bool:
    """Whether a word only says again what day a date is, as in 5月9日(周五)."""
    if not _whole_day(last) or not _whole_day(token):
        return False
    notes = {Kind.WEEKDAY, Kind.WEEK, Kind.LUNAR, Kind.FESTIVAL}
    return token.kind in notes and (last.kind is not Kind.WEEKDAY or token.kind in (Kind.LUNAR, Kind.FESTIVAL))
