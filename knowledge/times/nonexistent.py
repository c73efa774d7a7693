"""Days that no calendar has: 11月31日, 2月30号, 13月5日."""

import re

from knowledge.numbers import NUMERAL, number

_DATE = re.compile(rf"(?<![\d年])({NUMERAL})\s*月\s*({NUMERAL})\s*[日号](?!楼|线|店|馆)")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def no_such_day(text: str) -> str | None:
    """The first date of a text that does not exist, as written. The 29th of February does, in some years."""
    for found in _DATE.finditer(text):
        month, day = number(found[1]) or 0, number(found[2]) or 0
        if not 1 <= month <= len(_DAYS) or not 1 <= day <= _DAYS[month - 1]:
            return found[0]
    return None
