"""How many people a sign-up is for."""

import re

from knowledge.numbers import NUMERAL, number

_N = rf"({NUMERAL})"
_PERSON = r"(?:个人|口人|个大?人|名(?!单|额|字)|位(?!置)|人(?!一)|口(?!红))"
_PATTERNS = tuple(
    re.compile(p)
    for p in (
        rf"(?:一共|总共|共计|合计|总计|共|就|改成|改为|改到)\s*(?:是|来|报|去)?\s*{_N}\s*(?:个|{_PERSON})(?![月小天点分钟])",
        r"(?:\+|加)\s*(\d{1,3}|[一二两三四五六七八九十])(?![\d万个元块])",
        rf"一家{_N}(?:口|个)?",
        rf"(?<![第0-9])(?:实到|到了?|来了?|凑了?|报名?|去|派|出|参加|算|加|占|留|要|给我们|名额)\s*(?:我们|我|们)?\s*{_N}\s*(?:个(?![岗展摊月小星位名])|{_PERSON})",
        rf"(?<![第0-9.:])(?<!限){_N}\s*{_PERSON}(?![行住课份桌赛台厅制一]|以[上下内])",
        rf"(?:报|去|来|算上?|加)[^,。!?\n]{{0,6}}?{_N}个(?![岗展摊月小星位名])",
        rf"(?:全员|我们|同事|姐妹|哥们)\s*{_N}\s*个(?![岗展摊月小星位名])(?:都|一起|全|人|去|来|参加|报)",
        rf"[,。\s]{_N}个[!。~\s]*$",
        r"(?:去|来|派|出|报|到了?)(俩)(?![字月小礼星钟])",
        rf"[我家]{_N}个?(?:娃|孩子|小孩|宝宝)",
    )
)
_PAIR = re.compile(
    r"[我俺](?:和|跟|与|同)[^,。!?;\s]{1,8}?(?:俩|两个?人?)(?!家)|(?:报|加|算上?|带上?|添)[我俺](?:和|跟|与|同)"
)
_FAMILY = re.compile(rf"{_N}大{_N}小")
_ME_TOO = re.compile(
    r"(?:算|加|带|添|写|补|报|留|记|登)?(?:我|俺|窝)[们]?[^,。!?]{0,2}?[一1][个各位名](?!展|岗|摊|月|星)|算[上]?[我俺]一|(?:报|去|来|派|出)[一1][个位名人](?!岗|展|摊|月|小|位)"
)


def people(text: str) -> int | None:
    """The number of people stated (`3人`, `+2`, `一家四口`, `一大一小`, `算我一个`), 1 to 999; else None."""
    if found := _FAMILY.search(text):
        return (number(found[1]) or 0) + (number(found[2]) or 0)
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            value = number(found[1])
            if value is not None and 0 < value < 1000:
                return value
    if _PAIR.search(text) or re.search(r"我们?俩|[咱俺]俩|俩人", text):
        return 2
    return 1 if _ME_TOO.search(text) else None
