"""Numbers and characters as time phrases write them."""

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3, "首": 1, "元": 1}
_TENS = {"十": 10, "廿": 20, "卅": 30}

_ISO = re.compile(r"(?<=\d)T(?=\d\d:)")
_FOLD = {0xFF01 + i: 0x21 + i for i in range(94)}
_FOLD |= str.maketrans(
    "週點號農曆歷個後鐘鍾時間禮兩節開內來過這從現國慶陽臘閏雙終晩勞動婦兒黨軍師聖誕萬親處驚蟄穀種滿結會當頭幾鍊內周"
    "報約於為淩學氣樓員臺〇○ー∶︰﹕～〜∼—–－―─−﹣．·•／，　\u2005\u00a0",
    "周点号农历历个后钟钟时间礼两节开内来过这从现国庆阳腊闰双终晚劳动妇儿党军师圣诞万亲处惊蛰谷种满结会当头几练内周"
    "报约于为凌学气楼员台零零-:::~~~-------.../,   ",
)


def fold(text: str) -> str:
    """The text with half-width and simplified characters, as long as before, so that places in it stay."""
    text = text.translate(_FOLD)
    return _ISO.sub(" ", text) if "T" in text else text


def number(word: str) -> int:
    """The value of digits or Chinese numerals, read as figures (二零二四) or in tens and hundreds (二十四)."""
    if word.isdecimal():
        return int(word)
    if not set(word) & {"十", "廿", "卅", "百"}:
        return int("".join(str(_DIGITS[c]) for c in word))
    total = last = 0
    for c in word:
        if c == "百":
            total, last = total + (last or 1) * 100, 0
        elif c in _TENS:
            total, last = total + (last if c == "十" and last else 1) * _TENS[c], 0
        else:
            last = _DIGITS[c]
    return total + last
