"""All time phrases of a text."""

from dataclasses import replace
from datetime import datetime

from knowledge.times.built import Phrase
from knowledge.times.clockwords import CLOCK_RULES, DOTTED_RULES, LENGTH_RULES
from knowledge.times.daywords import DAY_RULES
from knowledge.times.english import ENGLISH_RULES
from knowledge.times.hours import CHINA
from knowledge.times.numerals import fold
from knowledge.times.reader import Reader
from knowledge.times.sides import Cursor
from knowledge.times.tokens import Kind, Scanner, Token

SCANNER = Scanner((*DOTTED_RULES, *LENGTH_RULES, *DAY_RULES, *CLOCK_RULES, *ENGLISH_RULES))
# No message says more; what goes beyond is an attack or a file.
_LONGEST = 20_000
_MOST = 200


def phrases(text: str, now: datetime, *, past: bool = False) -> list[Phrase]:
    """All time phrases of a text, left to right; `past` prefers the last one before `now` to the next."""
    folded = fold(text[:_LONGEST])
    here = now.astimezone(CHINA)
    cursor = Cursor(folded, [_as_hour(token, here) for token in SCANNER.tokens(folded)])
    reader = Reader(cursor, here, past)
    found: list[Phrase] = []
    while cursor.place < len(cursor.tokens) and len(found) < _MOST:
        place = cursor.place
        phrase = reader.phrase()
        if phrase:
            found.append(phrase)
        if cursor.place == place:
            cursor.place += 1
    return found


def _as_hour(token: Token, now: datetime) -> Token:
    """The hour that 现在 names; any other word as it is."""
    return replace(token, kind=Kind.CLOCK, values=(now.hour, now.minute, 1)) if token.kind is Kind.NOW else token
