"""Whole numbers as people write them in chat: 12, １２, 十二, 两百零五, 俩, 仨, 一二〇."""

import re

_DIGITS = {
    c: i for i, cs in enumerate(("零〇", "一", "二两俩", "三仨", "四", "五", "六", "七", "八", "九")) for c in cs
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"(?:\d{1,6}|[零〇一二两俩三仨四五六七八九十百千万]{1,9})"
"""Regular expression source for one number in digits or Chinese numerals."""

_WHOLE = re.compile(NUMERAL)


def number(text: str) -> int | None:
    """The value of `text` when all of it is one number below 10**9, else None."""
    if not _WHOLE.fullmatch(text):
        return None
    if text[0] not in _DIGITS and text[0] not in _UNITS and text[0] != "万":
        return int(text)
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    return _by_place_value(text)


def _by_place_value(text: str) -> int | None:
    total = section = 0
    digit: int | None = None
    unit = 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            unit = 1 if digit == 0 else unit
        elif char in _UNITS:
            unit = _UNITS[char]
            section += (1 if digit is None else digit) * unit
            digit = None
        else:
            total, section, digit, unit = (total + section + (digit or 0)) * 10_000, 0, None, 10_000
    # 一百二 means 120 and 两万五 25,000: the last digit takes the next lower unit unless a zero stands between.
    tail = (digit or 0) * (unit // 10 if unit >= 100 and not _zero_before_last(text) else 1)
    return total + section + tail


def _zero_before_last(text: str) -> bool:
    return len(text) > 1 and text[-2] in "零〇"
