"""What the reader sees of a message: n-grams of characters, sounds and words, and the shape of the text.

A feature is a 64-bit key; keys come in blocks that are weighed and normalised apart. Characters and sounds are
hashed as whole arrays, so that a message costs tens of microseconds.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray

from knowledge.normalize import Cleaned

Keys = NDArray[np.uint64]

BLOCKS = ("char", "sound", "word", "class", "role", "quote", "shape")
WEIGHTS = {"char": 1.0, "sound": 1.0, "word": 1.0, "class": 0.5, "role": 0.7, "quote": 1.0, "shape": 0.6}
HEAD, TAIL = 900, 300
_FIRST, _LAST = 2, 3
_PRIME = np.uint64(0x9E3779B97F4A7C15)
FIRST_HAN, LAST_HAN = 0x4E00, 0x9FA5

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_URL = re.compile(r"https?://\S+|www\.\S+")
_SOMEONE = re.compile(r"@[^\s@,。!?,:;]{1,20}")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方"
    "俞任袁柳鲍史唐费薛雷贺倪汤殷罗毕郝邬安常于傅齐康伍余顾孟黄穆萧尹姚邵汪毛米明臧戴宋熊纪舒屈项祝董梁杜"
    "阮蓝闵季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应宗丁邓单洪包左石崔吉龚程邢裴陆荣翁曲侯"
    "宁仇刘叶白蒲乔阎温晏柴瞿慕连习艾易廖耿匡文寇关聂曾游岳肖谭武巩"
)
_TITLES = "总|工|姐|哥|叔|姨|嫂|爷|婶|老师|师傅|书记|主任|经理|老板|主席|律师|警官|会计|科长|组长|队长|所长|医生|大夫|阿姨|大爷|大妈|奶奶|干事|委员"
_ADDRESSED = re.compile(
    rf"^(?:那个|哎|喂|诶|欸|嘿|嗨)?[,\s]?(?:@\S+ ?|[老小阿大]?[{_SURNAMES}](?:{_TITLES})|[老小阿大][{_SURNAMES}])(?:[,\s:!、~]|你|您|在)"
)
_PATTERNS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "asks": r"[??]",
        "asks-end": r"(?:[??]|[吗么嘛呢没不呀啊]|不行|没有|多少|哪里|哪儿|怎么办|几点|啥|什么)[!。~\s]*$",
        "asks-how": r"怎么|咋|如何|怎样|多少|几[个天点号年份月次家]|啥|什么|哪|谁|是不是|能不能|可不可以|要不要|有没有|需不需要|算不算|多久|何时",
        "asks-polite": r"请问|想问|问一下|问下|咨询|请教|了解一下|打听",
        "begs": r"麻烦|恳请|拜托|求|帮[忙我们俺咱个着]|希望|协调|解决|申请|请.{0,6}(?:派|来|给|帮|组)|能不能.{0,8}(?:给|帮|派|来|管)",
        "urgent": r"急|赶快|赶紧|快来|马上|立刻|十万火急|救命",
        "numbered": r"(?m)^\s*\d{1,3}\s*[.、,):\s]",
        "labels": r"(?m)(?:时间|地点|对象|主题|内容|报名方式|名额|要求|联系人|主办|集合|活动)\s*:",
        "header": r"^\s*【[^】]{1,20}】",
        "forwarded": r"^\s*(?:【?转】?|转发|转:|转自|扩散|【转)",
        "chain": r"接[龙拢笼聋隆]|#?group note",
        "first-firm": r"我司|[我俺咱本](?:们|这)?(?:公司|厂|店|单位|企业|支部|园区|商户|酒店|饭店|车间|这边|所|家店)",
        "first": r"[我俺]",
        "past": r"昨[天晚儿日]|前天|上次|上回|去年|前年|以前|当年|那年|那会儿|当初|小时候|上周|上个月|早就|已经|刚才|过[了的]?$",
        "future": r"明[天早晚儿]|后天|下周|下个?月|今晚|周[一二三四五六日末]|星期|礼拜",
        "clock": r"\d{1,2}[::点时]|[一二三四五六七八九十两]点|上午|下午|晚上|早上",
        "negated": r"[没不别未无]",
        "laughs": r"哈哈|嘿嘿|呵呵|笑死|嘻嘻|哈$|😂|🤣|😄|😅",
        "thanks": r"谢谢|感谢|辛苦|多谢|谢了",
        "others": r"你们?|他们?|她|人家|大家|各位|咱",
        "need-no": r"(?:诉求|工单|素求|单号|编号|单子)\s*#?\s*\d{1,6}|#\s?\d{1,6}|(?<!\d)\d{1,6}\s?号?(?:单|诉求|工单|的诉求|那个诉求)|^\d{2,4}\s?号|^\d{3,4}(?!\d)",
        "plus": r"\+\s?\d",
        "minus": r"-\s?\d+\s*$",
        "firm": r"公司|有限|厂|店|酒店|集团|企业|律所|事务所",
        "elsewhere": r"我妈|我爸|我媳妇|我老公|我老婆|我女儿|我儿子|我弟|我妹|我姐|我哥|我同学|我朋友|我舅|我姑|我姥|我爷|我奶|邻居|别人|他们|人家",
        "list-two": r"(?s)一[、是,].{1,200}二[、是,]",
        "money": r"\d+(?:\.\d+)?\s?(?:元|块|万|千)|[一二三四五六七八九十两几百千万]+(?:块|万|千块|元)",
        "colon-start": r"^[^\s:,]{1,10}:",
        "own-name": r"小红",
        "exclaims": r"!",
        "service-group": r"(?:党建|人才|综合|金融|法律|物业|社会)(?:服务|指导)?组|服务组|指导员|服务站|服务中心|街道|工会",
    }.items()
}


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


@dataclass(frozen=True, slots=True)
class Sketch:
    """The features of a message: unique sorted keys per block of BLOCKS, and the words it was cut into."""

    blocks: tuple[Keys, ...]
    words: tuple[str, ...]


def _salt(block: str, size: int = 0) -> np.uint64:
    return np.uint64(zlib.crc32(f"{block}/{size}".encode()) * 0x9E3779B1 & 0xFFFFFFFFFFFFFFFF)


def _grams(codes: Keys, block: str, sizes: Iterable[int]) -> Iterator[Keys]:
    """Hash all runs of each size; the arithmetic wraps, as hashes do."""
    rolled = codes
    for size in range(1, max(sizes) + 1):
        if size > 1:
            if len(rolled) < 2:
                return
            rolled = rolled[:-1] * _PRIME + codes[size - 1 :]
        if size in sizes:
            mixed = (rolled ^ (rolled >> np.uint64(29))) * _PRIME ^ _salt(block, size)
            yield mixed ^ (mixed >> np.uint64(32))


def _hashed(names: Iterable[str], block: str) -> Keys:
    keys = np.fromiter((zlib.crc32(name.encode()) for name in names), dtype=np.uint64)
    return keys * _PRIME ^ _salt(block)


def _codes(text: str) -> Keys:
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    return np.concatenate(([np.uint64(_FIRST)], points, [np.uint64(_LAST)]))


def masked(text: str) -> str:
    """Put one sign for every link, phone, name called and number: what they are matters, not which."""
    if len(text) > HEAD + TAIL:
        text = text[:HEAD] + "\n" + text[-TAIL:]
    text = _SOMEONE.sub("@", _PHONE.sub("P", _URL.sub("U", text.lower())))
    return _DIGITS.sub("0", text)


class Sketcher:
    """Turns a cleaned message in its setting into blocks of feature keys."""

    def __init__(self, lexicon: Iterable[str], sounds: NDArray[np.uint16]) -> None:
        self._cutter = rjieba.Jieba()
        self.lexicon = tuple(lexicon)
        self._classes: dict[str, str] = {}
        for line in self.lexicon:
            name, _, words = line.partition(":")
            for word in words.split():
                self._classes[word] = name
                if len(word) > 1:
                    self._cutter.add_word(word, None, None)
        self.sounds = sounds

    def sketch(self, cleaned: Cleaned, setting: Setting) -> Sketch:
        """Take the features of one message."""
        text = masked(cleaned.text)
        codes = _codes(text)
        words = [word for word in self._cutter.cut(text) if not word.isspace()]
        pairs = [f"{one} {two}" for one, two in zip(["^", *words], [*words, "$"], strict=True)]
        side = f"{setting.role}:"
        called = "addressed:" if setting.addressed else "overheard:"
        blocks = [
            np.concatenate(list(_grams(codes, "char", (1, 2, 3, 4)))),
            np.concatenate(list(_grams(self._heard(codes), "sound", (2, 3)))),
            _hashed([*words, *pairs], "word"),
            _hashed(self._classed(words), "class"),
            _hashed([lead + word for word in words for lead in (side, called)], "role"),
            self._quoted(cleaned),
            _hashed(set(self.shape(cleaned, setting, len(text))), "shape"),
        ]
        return Sketch(tuple(np.unique(block) for block in blocks), tuple(words))

    def word_keys(self, words: Iterable[str]) -> Keys:
        """Give the keys of single words, in their order."""
        return _hashed(words, "word")

    def _classed(self, words: list[str]) -> set[str]:
        """Name the classes of words: each, every two in the message, and each with its neighbours."""
        classes = [self._classes.get(word, "") for word in words]
        found = sorted(set(classes) - {""})
        named = {*found, *(f"{one}&{two}" for one in found for two in found if one < two)}
        steps = [name or word for name, word in zip(classes, words, strict=True)]
        for index, name in enumerate(classes):
            if name:
                before, after = (["^", *steps][index], [*steps, "$"][index + 1])
                named |= {f"{before}<{name}", f"{name}>{after}", f"{before}<{name}>{after}"}
        return named

    def _heard(self, codes: Keys) -> Keys:
        """Put the sound in the place of every Han character; other signs stay, moved out of the way."""
        han = (codes >= FIRST_HAN) & (codes <= LAST_HAN)
        heard = codes + np.uint64(0x1_0000)
        heard[han] = self.sounds[(codes[han] - np.uint64(FIRST_HAN)).astype(np.intp)]
        return heard

    def _quoted(self, cleaned: Cleaned) -> Keys:
        if cleaned.quote is None:
            return np.empty(0, dtype=np.uint64)
        grams = np.concatenate(list(_grams(_codes(masked(cleaned.quote.text)[:120]), "quote", (1, 2, 3))))
        return np.concatenate([grams, *_grams(_codes(cleaned.quote.name[:20]), "quoted-name", (1, 2, 3))])

    def shape(self, cleaned: Cleaned, setting: Setting, length: int) -> Iterator[str]:
        """Name what is known of the setting and the form of the text."""
        text = cleaned.text
        place = "private" if setting.chat == "private" else "mentioned" if setting.mentioned else "group"
        yield from (place, setting.role, f"{place}:{setting.role}")
        size = f"length:{min(int(np.log2(length + 1) * 1.5), 14)}"
        yield from (size, f"{place}:{size}", f"lines:{min(text.count(chr(10)), 4)}")
        for name, pattern in _PATTERNS.items():
            if pattern.search(text):
                yield from (name, f"{place}:{name}", f"{setting.role}:{name}")
        if numbers := len(_PATTERNS["numbered"].findall(text)):
            yield f"numbers:{min(numbers, 3)}"
        if labels := len(_PATTERNS["labels"].findall(text)):
            yield f"labels:{min(labels, 3)}"
        if _ADDRESSED.search(text):
            yield from ("calls", f"{place}:calls")
        if "@" in text:
            yield "calls-at"
        if not re.search(r"[,。!?;、,]", text):
            yield f"unpunctuated:{size}"
        if not re.search(r"\w", text):
            yield "wordless"
        if cleaned.quote is not None:
            yield from ("quote", f"{setting.role}:quote")
            if "小红" in cleaned.quote.name:
                yield "quotes-bot"
        for mark in cleaned.placeholders:
            yield f"mark:{mark}"
        if cleaned.placeholders and not text:
            yield "only-marks"


def read_words(path: Path) -> list[str]:
    """Read a lexicon, one word a line; lines that begin with # are remarks."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
