"""Slips: 发错了, 说错了，是5号楼, 改成4个. What takes the sender's last words back, and what stands in their place."""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 40
_SORRY = r"(?:不好意思|抱歉|对不起|sorry|哎呀?|诶|啊|呃|额|哦|喔|噢)*[,，!！。~\s]*"
_NOUN = r"(?:人数|数量|时间|日期|地点|地址|位置|楼号|电话|号码|手机号?)"
_WHAT = rf"(?:我|刚才|刚刚|上面|上一?[条个]|前面|那[条个]|这[条个]|的|也|都|还|{_NOUN})*"
_SENT = rf"{_SORRY}{_WHAT}(?:发|点|弄|搞|@)错(?:群|人|地方|消息)?(?:了|啦|喽)?"
_SAID = rf"{_SORRY}{_WHAT}(?:说|写|打|讲|填|输|报|记|看|发)(?:的)?错(?:了|啦|喽)?"
_MARK = r"[,，。!！~、:：;；\s]*"
_AWAY = (
    r"(?:不好意思|抱歉|打扰了?|请?(?:大家)?(?:忽略|无视)|当没看见|别管|不用(?:管|理|来|修|派|处理|登记|报)|撤|作废|算了|取消"
    r"|不是(?:这|发|说|在)|我?(?:去|来)不了|我?不(?:去|来|报|参加|订|要|用)了?|已经(?:好|修好|解决)|谢谢)"
)
_RETRACTS = re.compile(rf"{_SENT}{_MARK}(?:{_AWAY}.{{0,24}})?{_MARK}", re.DOTALL)
_DROPS = re.compile(
    rf"{_SORRY}(?:刚才|刚刚|上面|刚)(?:我|我们)?(?P<verb>订|定|约|预[约订定]|报|登记|说)的?(?:那?个|场地|会议室|名|那?件事|事)*{_MARK}"
    rf"(?:就|都|先)?(?:不要了|不用了?|取消|撤[了回]?|作废|算了|不去了).{{0,24}}",
    re.DOTALL,
)
_NEVER_MIND = re.compile(
    rf"{_SORRY}(?:(?:算了|不用(?:了|来了?|修了?|派人了?|管了?)|没事了?|(?:我们)?(?:自己|又|已经)(?:弄|修|搞)?好了|不需要了|先不弄了)(?:吧|啦|哈)?{_MARK}){{2,3}}"
)
_BECOMES = rf"(?:应该|应当|其实|正确的|{_NOUN})*(?:是|改成|改为|改到|变成|换成|换到|更正为?|更正[:：])"
_INSTEAD = re.compile(
    rf"{_SAID}(?:{_MARK}(?:不是(?P<old>[^,，]{{1,12}})[,，\s]+)?{_BECOMES}\s*|[,，。!！~、:：;；\s]+)(?P<new>.{{1,24}}?){_MARK}"
)
_CHANGED = re.compile(
    rf"{_SORRY}(?:[^,，]{{2,14}}[,，])?(?:那|还是|就|麻烦|请|帮我|给我)*(?:(?:把|将)?{_NOUN}(?:从.{{1,10}}?)?)?"
    rf"(?:改成|改为|改到|变成|换成|更正为|更正[:：])\s*(?P<new>.{{1,24}}?)(?:吧|哈|啊|了)?{_MARK}"
)
_CONTRASTED = re.compile(rf"{_SORRY}不是(?P<old>[^,，]{{1,12}})[,，\s]*(?:而)?是(?P<new>[^,，]{{1,16}}?){_MARK}")
_MEANT = re.compile(
    rf"{_SORRY}我?(?:说|报|指)的是(?P<new>[^,，]{{1,16}}?)[,，\s]*(?:而)?不是(?P<old>[^,，]{{1,12}}?){_MARK}"
)
_PUT_RIGHT = re.compile(rf"{_SORRY}{_BECOMES}\s*(?P<new>.{{1,24}}?){_MARK}")
_BARE = re.compile(rf"{_SAID}{_MARK}")
_GONE = re.compile(r"^[\"“]?(?P<who>.{1,40}?)[\"”]?\s*撤回了一条(?:消息|成员消息)(?:\s*(?:重新编辑|撤销))?[。\s]*$")


@dataclass(frozen=True, slots=True)
class Slip:
    """What a message says of the sender's last words: they are void, or `new` stands in their place (of `old`)."""

    retracts: bool = False
    new: str | None = None
    old: str | None = None


@lru_cache(maxsize=64)  # several areas ask about one message
def slip(text: str) -> Slip | None:
    """The slip that a text owns up to; None for any other text."""
    if len(text) > LONGEST:
        return None
    if any(pattern.fullmatch(text) for pattern in (_RETRACTS, _DROPS, _NEVER_MIND)):
        return Slip(retracts=True)
    for pattern in (_INSTEAD, _CHANGED, _CONTRASTED, _MEANT):
        if found := pattern.fullmatch(text):
            named = found.groupdict()
            return Slip(new=named["new"].strip(), old=named.get("old"))
    return None


def put_right(text: str) -> Slip | None:
    """是5号楼: what stands in the place of the words, after 说错了 alone."""
    found = _PUT_RIGHT.fullmatch(text) if len(text) <= LONGEST else None
    return Slip(new=found["new"].strip()) if found else None


def promises(text: str) -> bool:
    """说错了 alone: what stands in its place is about to be said."""
    return len(text) <= LONGEST and bool(_BARE.fullmatch(text)) and "发" not in text


def recalled_by(text: str) -> str | None:
    """Whose message a system line says was recalled, by the name that it shows; 你 for the account's own."""
    found = _GONE.match(text) if len(text) <= 60 else None
    return found["who"] if found else None
