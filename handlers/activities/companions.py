"""Companions: how many people a message signs up, the speaker included: 带老伴, 我和老公、孩子, 再带2个人."""

import re

from knowledge.numbers import NUMERAL, number

_KIN = (
    r"(?:老伴|老公|老婆|爱人|对象|媳妇|先生|太太|妻子|丈夫|女朋友|男朋友|孩子|小孩|宝宝|娃|儿子|女儿|闺女|孙子|孙女|外孙女?|妈妈?|爸爸?|父亲|母亲"
    r"|婆婆|公公|岳父|岳母|奶奶|爷爷|外婆|外公|姐姐?|哥哥?|妹妹?|弟弟?|朋友|闺蜜|同事|同学|邻居|家属|家人|老人)"
)
_OWN = r"(?:我的?|我家的?|俺的?|一?[个位])?"
_MANY = (
    rf"带(?:了|上|着)?(?:家属|家人|亲属|孩子|小孩|娃|朋友|同事|爱人|老人|同学)?\s*({NUMERAL})\s*(?:个|名|位|口)?"
    r"(?:人|家属|家人|孩子|小孩|娃|朋友|同事|同学|老人)"
)
_WITH = re.compile(_MANY)
_MORE = re.compile(rf"再(?:加|报|带|添|来|多)\w{{0,2}}?({NUMERAL})\s*(?:个|名|位|人)")
WITH_KIN = re.compile(rf"[我俺](?:和|跟|与|同|带着?|、)(?:(?:和|跟|与|、)?(?:我的?|我家)?{_KIN})+")
_BRINGING = re.compile(rf"(?<![不没能以让])(?:再|还)?(?:要|想)?带(?:了|上|着)?(?:(?:和|跟|与|、)?{_OWN}{_KIN})+")
_ONLY = re.compile(
    rf"(?:我|俺)?(?:们)?(?:会|也)?(?:{_BRINGING.pattern}|(?:再|还)?(?:要|想)?{_MANY})(?:一起|一块儿?|一道|也)?(?:来|去|参加)?[吧哈啊呀的了]*\W*"
)


def only(text: str) -> bool:
    """Whether a text says nothing but with whom somebody comes."""
    return _ONLY.fullmatch(text) is not None and not re.search(r"[吗么?]", text)


def headcount(text: str, said: object, held: int | None) -> int:
    """How many people a message means. `said`: the number that the reader found; `held`: so many are in the list."""
    if held and (more := _MORE.search(text)):
        return held + (number(more[1]) or 1)
    counted = _WITH.search(text)
    if counted and not re.search(r"[一总]?共", text):
        return 1 + (number(counted[1]) or 1)
    if isinstance(said, int):
        return said
    if kin := WITH_KIN.search(text):  # 我和老公、孩子
        return 1 + len(re.findall(_KIN, kin[0]))
    if brought := _BRINGING.search(text):
        others = len(re.findall(_KIN, brought[0]))
        return held + others if held and brought[0][0] in "再还" else max(held or 1, 1 + others)
    return held or 1
