"""Which activities a text names: whole titles, distinctive parts of them (消防课 for 消防体验课), homophones."""

import re
from collections.abc import Sequence

from bot.domain.activities.plan import Activity
from knowledge.companies import Gazetteer

_COMMON = re.compile(
    "活动|主题|培训|讲座|体验|志愿|服务|报名|签到|现场|党员|支部|社区|公益|课程|学习|交流|参观|商圈|园区|联盟|联合|中心|企业|公司|上午|下午"
    "|晚上|今天|明天|周末|周[一二三四五六日]|开展|专场|免费|大家|我们|第[一二三四]|[一二三四]期|会议|请假|取消"
)
"""Words that so many titles share that they name none."""
_NUMBER = re.compile(
    r"(?:活动\s*[#A第]?\s*(\d{1,6})|[#A]\s?(\d{1,6})(?!\d)|(?<!\d)(\d{1,6})\s?号(?:的)?活动"
    r"|报名\s*第?(\d{3,6})(?!\d|\s*[人个名位元块年月]))",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"\D{0,4}?(\d{1,6})\s*号?[。.!,了吧]*")
_NOISE = re.compile(r"[\W_]+")
_ENOUGH = 0.2
_MOST = 0.7


def number_in(text: str) -> int | None:
    """The number of an activity that a text names as such: 活动12, #12, 12号活动; not a mere date."""
    found = _NUMBER.search(text)
    return int(next(group for group in found.groups() if group)) if found else None


def plain_number(text: str) -> int | None:
    """The number that a short answer consists of: 12, 选12, 12号."""
    found = _PLAIN_NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def named(text: str, candidates: Sequence[Activity], words: str = "") -> list[Activity]:
    """The activities that a text names, several when it fits them equally well; [] when it names none.

    `words` are those of the text that name an activity, where the reader found them: a title that merely shares
    something with them (亲子采摘, 亲子手工课) is another activity.
    """
    plain = _NOISE.sub("", text)
    whole = [one for one in candidates if _NOISE.sub("", one.title) in plain]
    if whole:
        longest = max(len(one.title) for one in whole)
        return [one for one in whole if len(one.title) == longest]
    hits = [(_hits(plain, one.title), one) for one in candidates if _fits(words, one.title)]
    if best := max((count for count, _ in hits), default=0):
        return [one for count, one in hits if count == best]
    if not telling(words or text):
        return []
    near = Gazetteer((one.id, [one.title]) for one in candidates).find(words or text, limit=1)
    title = next((one.title for one in candidates if near and one.id == near[0].key), None)
    return [one for one in candidates if one.title == title]


def all_named(text: str, candidates: Sequence[Activity]) -> list[Activity]:
    """All activities that a text names one after the other, each by words of its own: 周三主题党日，周六手工课."""
    found = named(text, candidates)
    while len(further := found[-1:] and named(text := _without(text, found[-1].title), candidates)) == 1:
        if further[0] in found:
            break
        found += further
    return found


def _without(text: str, title: str) -> str:
    return "".join(char for char in text if char not in title)


def telling(words: str) -> str:
    """The characters that say which activity is meant."""
    return _NOISE.sub("", _COMMON.sub("", words))


def _fits(words: str, title: str) -> bool:
    """Whether most of the characters of `words` that say anything are in the title."""
    characters = telling(words)
    return sum(char in title for char in characters) >= _MOST * len(characters)


def _hits(text: str, title: str) -> int:
    """How many of a title's distinctive character pairs the text has; 0 where they are too few of them."""
    covered = {at for found in _COMMON.finditer(title) for at in range(*found.span())}
    at_pairs = (at for at in range(len(title) - 1) if not (at in covered and at + 1 in covered))
    pairs = {title[at : at + 2] for at in at_pairs}
    pairs = {pair for pair in pairs if not _NOISE.search(pair)}
    found = sum(pair in text for pair in pairs)
    return found if found >= _ENOUGH * len(pairs) else 0
