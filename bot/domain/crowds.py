"""How many people a text speaks of, stated roughly (四十来个新员工) or as room for them (能坐50人)."""

import re

from knowledge.numbers import NUMERAL, number

_ABOUT = r"(?:几|来|多|余)?"
_WHO = r"(?:个?(?:人|仁|座|新?员工|职工|学员|党员|同志|孩子|娃|小朋友|老人|商户|代表|观众)|名|位(?!置)|人|号人|口子)"
_CROWD = re.compile(
    rf"(?<![\d.:第月点/-])(?P<number>{NUMERAL}){_ABOUT}\s*(?:个左右|左右)?{_WHO}(?![月楼层号小]|以上的)"
)
_BARE = re.compile(rf"(?:人不多|大概|大约|约|差不多)\W*(?P<number>{NUMERAL}){_ABOUT}个(?!小时|钟头|半|月|星期)")
_SEATS = (
    re.compile(
        rf"(?:坐得?下?|容纳|能坐|可坐|站得?下|装得?下|住得?下)(?:大?概|约|下|得下)?\s*(?P<number>{NUMERAL}){_ABOUT}"
    ),
    re.compile(rf"(?P<number>{NUMERAL}){_ABOUT}\s*(?:人|个座位?|座(?!谈)|座位|人位)(?:的|以内|左右)*"),
)
_TEENS = re.compile(r"^十([一二三四五六七八])([二三四五六七八九])$")  # 十一二 is 12
_TENS = re.compile(r"^([一二三四五六七八])([二三四五六七八九])十$")  # 三四十 is 40


def crowd(text: str) -> int | None:
    """How many people are coming (`四十来个新员工` 40, `十一二个` 12), 2 to 9999; None when nothing is said."""
    for pattern in (_CROWD, _BARE):
        for found in pattern.finditer(text):
            if (value := _value(found["number"])) is not None and 2 <= value < 10_000:
                return value
    return None


def seats(text: str) -> int | None:
    """How many a place holds: `能坐50人`, `可容纳两百人`, `80座`; None when nothing is said."""
    for pattern in _SEATS:
        for found in pattern.finditer(text):
            if (value := _value(found["number"])) is not None and 2 <= value < 100_000:
                return value
    return None


def _value(words: str) -> int | None:
    if found := _TEENS.match(words):
        return 10 + (number(found[2]) or 0)
    if found := _TENS.match(words):
        return 10 * (number(found[2]) or 0)
    return number(words)
