"""The shape of a message: who says it where, and its form — asking, begging, listing, calling someone by name.

Each trait is a named feature; the model learns what it is worth, so a pattern here may be broad.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.normalize import Cleaned

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方"
    "俞任袁柳鲍史唐费薛雷贺倪汤殷罗毕郝邬安常于傅齐康伍余顾孟黄穆萧尹姚邵汪毛米明臧戴宋熊纪舒屈项祝董梁杜"
    "阮蓝闵季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应宗丁邓单洪包左石崔吉龚程邢裴陆荣翁曲侯"
    "宁仇刘叶白蒲乔阎温晏柴瞿慕连习艾易廖耿匡文寇关聂曾游岳肖谭武巩"
)
_TITLES = (
    "总|工|姐|哥|叔|姨|嫂|爷|婶|老师|师傅|书记|主任|经理|老板|主席|律师|警官|会计|科长|组长|队长|所长"
    "|医生|大夫|阿姨|大爷|大妈|奶奶|干事|委员"
)
_CALLED = rf"@\S+ ?|[老小阿大]?[{_SURNAMES}](?:{_TITLES})|[老小阿大][{_SURNAMES}]"
_CALLS = re.compile(rf"^(?:那个|哎|喂|诶|欸|嘿|嗨)?[,\s]?(?:{_CALLED})(?:[,\s:!、~]|你|您|在)")
HEAD, TAIL = 900, 300
"""Of a long message, the characters at its beginning and end that are looked at."""
_PUNCTUATION = re.compile(r"[,。!?;、]")
_WORDS = re.compile(r"\w")
_PATTERNS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "asks": r"[??]",
        "asks-end": r"(?:[??]|[吗么嘛呢没不呀啊]|不行|没有|多少|哪里|哪儿|怎么办|几点|啥|什么)[!。~\s]*$",
        "asks-how": (
            r"怎么|咋|如何|怎样|多少|几[个天点号年份月次家]|啥|什么|哪|谁|是不是|能不能|可不可以|要不要|"
            r"有没有|需不需要|算不算|多久|何时"
        ),
        "asks-polite": r"请问|想问|问一下|问下|咨询|请教|了解一下|打听",
        "begs": (
            r"麻烦|恳请|拜托|求|帮[忙我们俺咱个着]|希望|协调|解决|申请|请.{0,6}(?:派|来|给|帮|组)|"
            r"能不能.{0,8}(?:给|帮|派|来|管)"
        ),
        "urgent": r"急|赶快|赶紧|快来|马上|立刻|十万火急|救命",
        "numbered": r"(?m)^\s*\d{1,3}\s*[.、,):\s]",
        "labels": r"(?m)(?:时间|地点|对象|主题|内容|报名方式|名额|要求|联系人|主办|集合|活动)\s*:",
        "header": r"^\s*【[^】]{1,20}】",
        "forwarded": r"^\s*(?:【?转】?|转发|转:|转自|扩散|【转)",
        "chain": r"接[龙拢笼聋隆]|#?group note",
        "first-firm": r"我司|[我俺咱本](?:们|这)?(?:公司|厂|店|单位|企业|支部|园区|商户|酒店|饭店|车间|这边|所|家店)",
        "first": r"[我俺]",
        "past": (
            r"昨[天晚儿日]|前天|上次|上回|去年|前年|以前|当年|那年|那会儿|当初|小时候|上周|上个月|早就|"
            r"已经|刚才|过[了的]?$"
        ),
        "future": r"明[天早晚儿]|后天|下周|下个?月|今晚|周[一二三四五六日末]|星期|礼拜",
        "clock": r"\d{1,2}[::点时]|[一二三四五六七八九十两]点|上午|下午|晚上|早上",
        "negated": r"[没不别未无]",
        "laughs": r"哈哈|嘿嘿|呵呵|笑死|嘻嘻|哈$|😂|🤣|😄|😅",
        "thanks": r"谢谢|感谢|辛苦|多谢|谢了",
        "others": r"你们?|他们?|她|人家|大家|各位|咱",
        "need-no": (
            r"(?:诉求|工单|素求|单号|编号|单子)\s*#?\s*\d{1,6}|#\s?\d{1,6}|(?<!\d)\d{1,6}\s?号?(?:单|诉求|"
            r"工单|的诉求|那个诉求)|^\d{2,4}\s?号|^\d{3,4}(?!\d)"
        ),
        "plus": r"\+\s?\d",
        "minus": r"-\s?\d+\s*$",
        "firm": r"公司|有限|厂|店|酒店|集团|企业|律所|事务所",
        "elsewhere": (
            r"我妈|我爸|我媳妇|我老公|我老婆|我女儿|我儿子|我弟|我妹|我姐|我哥|我同学|我朋友|我舅|我姑|"
            r"我姥|我爷|我奶|邻居|别人|他们|人家"
        ),
        "list-two": r"(?s)一[、是,].{1,200}二[、是,]",
        "money": r"\d+(?:\.\d+)?\s?(?:元|块|万|千)|[一二三四五六七八九十两几百千万]+(?:块|万|千块|元)",
        "colon-start": r"^[^\s:,]{1,10}:",
        "own-name": r"小红",
        "exclaims": r"!",
        "calls-at": r"@",
        "service-group": (
            r"(?:党建|人才|综合|金融|法律|物业|社会)(?:服务|指导)?组|服务组|指导员|服务站|服务中心|街道|"
            r"工会"
        ),
    }.items()
}


_COUNTED = frozenset({"numbered", "labels"})
_OF_DIGITS = frozenset({"numbered", "need-no", "plus", "minus"})
"""Need not be sought where there is no digit."""
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and by whom a message was said."""

    chat: str
    mentioned: bool
    role: str

    @property
    def addressed(self) -> bool:
        """Whether it is meant for the assistant: private, or mentioned."""
        return self.mentioned or self.chat == "private"


def excerpt(text: str) -> str:
    """Keep the head and the tail of a long text."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def shape(cleaned: Cleaned, setting: Setting) -> Iterator[str]:
    """Name what is known of the setting and of the form of the text."""
    text = excerpt(cleaned.text)
    place = "private" if setting.chat == "private" else "mentioned" if setting.mentioned else "group"
    size = f"length:{min(int(math.log2(len(text) + 1) * 1.5), 14)}"
    yield from (place, setting.role, f"{place}:{setting.role}", size, f"{place}:{size}")
    yield f"lines:{min(text.count(chr(10)), 4)}"
    numbers = _DIGIT.search(text) is not None
    for name, pattern in _PATTERNS.items():
        found = (numbers or name not in _OF_DIGITS) and pattern.search(text)
        if found:
            yield from (name, f"{place}:{name}", f"{setting.role}:{name}")
        if name in _COUNTED:
            yield f"{name}:{min(len(pattern.findall(text)), 3) if found else 0}"
    if _CALLS.search(text):
        yield from ("calls", f"{place}:calls")
    if not _PUNCTUATION.search(text):
        yield f"unpunctuated:{size}"
    if not _WORDS.search(text):
        yield "wordless"
    yield from _surroundings(cleaned, setting)


def _surroundings(cleaned: Cleaned, setting: Setting) -> Iterator[str]:
    if cleaned.quote is not None:
        yield from ("quote", f"{setting.role}:quote")
        if "小红" in cleaned.quote.name:
            yield "quotes-bot"
    yield from (f"mark:{mark}" for mark in cleaned.placeholders)
