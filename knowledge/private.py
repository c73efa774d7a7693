"""Numbers that a group must not see: mobile and landline phones, identity cards, bank cards."""

import re

_GAP = r"[ \u00a0\u2005\-－—·.]?"
_MOBILE = r"(?:\+?86" + _GAP + r")?1[3-9]\d" + _GAP + r"\d{4}" + _GAP + r"\d{4}"
_IDENTITY = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_CARD = r"(?:[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?|[3-6]\d{14,18})"
_LANDLINE = r"\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-－—]?\d{7,8}"
_PRIVATE = re.compile(
    rf"(?<![0-9])(?:(?P<identity>{_IDENTITY})|(?P<card>{_CARD})|(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE}))"
    r"(?![0-9])",
    re.ASCII,
)
_LANDLINE_PARTS = re.compile(r"\(?(0(?:10|2\d|[3-9]\d{2}))\)?[ \-－—]?(\d{7,8})", re.ASCII)
_LONG_NUMBER = re.compile(r"(?:\d\D{0,3}){7}")
_FULLWIDTH = {0xFF10 + i: str(i) for i in range(10)} | {0xFF0B: "+", 0xFF38: "X", 0xFF58: "x"}


def phone(text: str) -> str | None:
    """The first phone number: a mobile as 11 digits, a landline as `0631-5550127`; else None."""
    if not _LONG_NUMBER.search(text):
        return None
    for found in _PRIVATE.finditer(text.translate(_FULLWIDTH)):
        if found["mobile"]:
            return re.sub(r"\D", "", found["mobile"])[-11:]
        if found["landline"]:
            parts = _LANDLINE_PARTS.fullmatch(found["landline"])
            return f"{parts[1]}-{parts[2]}" if parts else None
    return None


def mask(text: str) -> str:
    """`text` with the middle of every phone, identity-card and bank-card number starred out.

    Case numbers, dates and amounts stay: they are shorter or carry no area, birth date or card prefix.
    """
    plain = text.translate(_FULLWIDTH)
    pieces: list[str] = []
    end = 0
    for found in _PRIVATE.finditer(plain):
        pieces += [text[end : found.start()], _starred(found)]
        end = found.end()
    return "".join(pieces) + text[end:]


def _starred(found: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9Xx]", "", found[0])
    if found["mobile"]:
        digits = digits[-11:]
    head, tail = {"identity": (6, 4), "card": (4, 4), "mobile": (3, 4), "landline": (4, 2)}[found.lastgroup or "mobile"]
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[-tail:]
