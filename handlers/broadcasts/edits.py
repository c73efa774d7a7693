"""Changes to a draft in plain words: 把电话改成…，别发金海群，只发云帆群，加一句：…, 去掉…"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.fuzz import partial_ratio

ALIKE = 75
"""From this likeness (of 100) on, words name a group."""
NO_GROUP = "没有自己的群"
_GROUP = re.compile(r"\s|的?(?:微信|工作)?群[里聊组]?$")


@dataclass(slots=True)
class Draft:
    """A broadcast being edited: its text, the groups it may go to and goes to, and what could not be done."""

    text: str
    reach: Sequence[str]  # titles of all groups that the drafter may reach
    chosen: list[int]  # places in `reach`
    problems: list[str] = field(default_factory=list)
    circles: Mapping[str, Sequence[int]] = field(default_factory=dict)  # names that mean several places
    homeless: Mapping[str, Sequence[int]] = field(default_factory=dict)  # organisations without groups: what is near
    near: list[int] = field(default_factory=list)  # what might be meant where such a one was named

    def named(self, words: str, among: Sequence[int]) -> list[int]:
        """The groups that words such as 金海群、各支部 name; what names none is noted as a problem."""
        found: list[int] = self._circle(words, among)
        for name in [] if found else re.split(r"[、,，和跟与及]|以及", words):
            places = self._circle(name, among)
            if not places and (bare := _GROUP.sub("", name.strip())) in self.homeless:
                self.problems.append(f"「{bare}」{NO_GROUP}")
                self.near += self.homeless[bare]
                continue
            places = places or self._called(name, among)
            if not places:
                self.problems.append(f"没有找到叫「{name.strip()}」的群")
            found += places
        return found

    def _circle(self, words: str, among: Sequence[int]) -> list[int]:
        """The places that the name of an organisation, a level or a list means."""
        bare = _GROUP.sub("", words)
        names = (words.strip(), bare, re.sub(r"^(?:各个?|所有的?|全部的?)|的?(?:各个?|所有|全部)$", "", bare))
        known = next((self.circles[name] for name in names if name in self.circles), ())
        return [place for place in known if place in among]

    def _called(self, name: str, among: Sequence[int]) -> list[int]:
        core = re.sub(r"[的那这]?个?(?:微信|工作)?群[里聊]?$|^[给到往在]|\s", "", name)
        if number := re.fullmatch(r"第?(\d{1,3})个?号?", core):
            place = int(number[1]) - 1
            return [self.chosen[place]] if place < len(self.chosen) else []
        if len(core) < 2:
            return []
        holds = [place for place in among if core in self.reach[place]]
        return holds or [place for place in among if partial_ratio(core, self.reach[place]) >= ALIKE]


_TIME = (
    r"(?:[上下中]午|晚上|早上)?(?:\d{1,2}[:：]\d{2}"
    r"|(?:\d{1,2}|十[一二]?|[一二两三四五六七八九])点(?:半|一刻|三刻|\d{1,2}分?|[一二三四五]?十[一二三四五六七八九]?分?)?)"
)
_DAY = r"(?:\d{1,2}月\d{1,2}[日号]|(?:[下本这]?周|星期)[一二三四五六日天]|今天|明天|大?后天)"
DATED = re.compile(rf"{_DAY}[的\s]*{_TIME}")
BEFORE = re.compile(rf"{_DAY}[的\s]*$")
"""A day that stands before a time."""
KINDS = (
    (
        re.compile(r"(?:联系|咨询|服务|值班)?(?:电话|号码|手机|热线|联系方式)号?码?"),
        re.compile(r"(?<!\d)(?:0\d{2,3}[-－—\s]?\d{7,8}|1[3-9]\d{9}|\d{5}|[48]00[-\s]?\d{3,4}[-\s]?\d{3,4})(?!\d)"),
    ),
    (
        re.compile(r"(?:开始|活动|会议|开会|具体)?(?:时间|钟点|几点)"),
        re.compile(rf"{_TIME}(?:\s*[到至~～—-]\s*{_TIME})?"),
    ),
    (
        re.compile(r"(?:活动|会议|开会|具体)?(?:日期|日子|哪天)"),
        re.compile(_DAY),
    ),
    (re.compile(r"网址|链接"), re.compile(r"https?://[\w./?=&%#-]+")),
)
"""What may be called by its kind, where the draft holds just one of it."""


_ROOM = "会议室|活动室|多功能厅|报告厅|大厅|教室|礼堂"


def replace(draft: Draft, found: re.Match[str]) -> None:
    """把A改成B: A as it stands in the text, or by its kind."""
    old, new = _bare(found["old"]), _bare(found["new"])
    if old in draft.text:
        room = _ROOM if re.search(rf"(?:{_ROOM})$", new) else ""  # 一楼大厅 in the place of the 二楼 of 二楼会议室
        draft.text = re.sub(rf"{re.escape(old)}(?:{room})?", lambda _: new, draft.text)
        return
    pattern = next((pattern for words, pattern in KINDS if words.fullmatch(old)), None)
    places = list(pattern.finditer(draft.text)) if pattern else []
    if len(places) == 1:
        kept = draft.text[: places[0].start()]
        if DATED.match(new):  # 周五下午2点 in the place of 周五下午3点, not behind its 周五
            kept = BEFORE.sub("", kept)
        draft.text = kept + new + draft.text[places[0].end() :]
    elif places:
        draft.problems.append(f"草稿里不止一处「{old}」，请写明把哪一个改成{new}")
    else:
        draft.problems.append(f"草稿里没有找到「{old}」")


def correct(draft: Draft, found: re.Match[str]) -> None:
    """说错了，是后天: what the draft holds just one of, and the new words too."""
    if found["old"]:
        replace(draft, found)
        return
    for _, pattern in KINDS:
        there, new = list(pattern.finditer(draft.text)), pattern.findall(found["new"])
        if len(there) == len(new) == 1 and there[0][0] != new[0]:
            draft.text = draft.text[: there[0].start()] + new[0] + draft.text[there[0].end() :]
            return
    draft.problems.append(f"没看懂把哪里改成「{_bare(found['new'])}」，请说「把…改成…」")


def leave_out(draft: Draft, found: re.Match[str]) -> None:
    """别发某群."""
    out = draft.named(found["groups"], draft.chosen)
    draft.chosen = [place for place in draft.chosen if place not in out]


def remove(draft: Draft, found: re.Match[str]) -> None:
    """去掉…: words of the text, else a group."""
    words = _bare(found["groups"])
    if words in draft.text:
        draft.text = draft.text.replace(words, "").strip(" ，,")
    else:
        leave_out(draft, found)


def only(draft: Draft, found: re.Match[str]) -> None:
    """只发某群."""
    draft.chosen = sorted(set(draft.named(found["groups"], range(len(draft.reach))))) or draft.chosen


def include(draft: Draft, found: re.Match[str]) -> None:
    """也发某群."""
    draft.chosen = sorted({*draft.chosen, *draft.named(found["groups"], range(len(draft.reach)))})


def append(draft: Draft, found: re.Match[str]) -> None:
    """加一句…"""
    draft.text = f"{draft.text.rstrip('。')}。{_bare(found['new'])}"


def rewrite(draft: Draft, found: re.Match[str]) -> None:
    """内容改成…"""
    draft.text = _bare(found["new"])


def _bare(words: str) -> str:
    return words.strip().strip("「」“”\"'『』").strip()


_GROUPS = r"(?P<groups>[^吧了啦呢啊。].{1,60}?)"
_END = r"[吧了啦呢啊。!\s]*"
_NOT = r"(?:请|就|先|这次)*(?:别|不要|不用|不必|不)(?:再)?"
_WHOLE = re.compile(r"(?:把)?(?:内容|全文|文字|正文)(?:全部)?(?:改成|改为|换成|换为)\s*:?\s*(?P<new>.{2,})", re.DOTALL)
RULES: tuple[tuple[re.Pattern[str], Callable[[Draft, re.Match[str]], None]], ...] = tuple(
    (re.compile(pattern), change)
    for pattern, change in (
        (r"(?:请|再|还有)*(?:把|将)?(?P<old>.{1,60}?)(?:改成|改为|换成|换为|更正为|应该?是|应为)(?P<new>.+)", replace),
        (rf"(?:也|再|加|补)发(?:给|到)?{_GROUPS}{_END}", include),
        (rf"(?:只|仅)(?:群)?(?:发|通知)(?:给|到)?{_GROUPS}(?:就行|就可以|即可)?{_END}", only),
        (rf"{_NOT}(?:群发|发|通知|推)(?:给|到|往|在)?{_GROUPS}{_END}", leave_out),
        (rf"{_GROUPS}{_NOT}(?:群发|发|通知){_END}", leave_out),
        (rf"(?:把)?(?:去掉|去除|除去|排除|剔除|除了|除开|删掉|删除|移除|删){_GROUPS}(?:以?外)?(?:都发)?{_END}", remove),
        (r"(?:在|最后|末尾|后面|结尾|再)*(?:加上?|补上?|添上?)一?(?:句话?|行)?\s*:?\s*(?P<new>.{2,})", append),
    )
)


_NOT_BUT = re.compile(
    r"(?:等[下等]|不对|说?错了|哦|[,，。\s])*(?:不是|不在)(?P<old>[^,，。;；\n是]{1,30}?)[,，。\s]*(?:应该是?|而?是|在)(?P<new>[^\n]+?)[吧了。!\s]*"
)


SLIP = re.compile(
    r"(?:不对|等[下等]|哎呀?|[,，\s])*(?P<old>(?:开始|活动|会议|联系)?(?:时间|日期|日子|地点|电话|号码)?)(?:说|写|打|发|弄|搞|记)错了?"
    r"[,，。!！\s]*(?:应该|应|其实)?(?:是|为)(?P<new>[^\n]+?)[吧了。!！\s]*"
)

_SAID_AT_ONCE: tuple[tuple[re.Pattern[str], Callable[[Draft, re.Match[str]], None]], ...] = (
    (_WHOLE, rewrite),
    (_NOT_BUT, replace),
    (SLIP, correct),
)


def clauses(said: str) -> list[tuple[re.Match[str], Callable[[Draft, re.Match[str]], None]]]:
    """The changes that a message asks for, in order; empty when it asks for none."""
    said = said.strip()
    for form, change in _SAID_AT_ONCE:
        if whole := form.fullmatch(said):
            return [(whole, change)]
    found = []
    for clause in re.split(r"[,，;；。\n]+", said):
        for pattern, change in RULES:
            if match := pattern.fullmatch(clause.strip()):
                found.append((match, change))
                break
    return found


def revise(draft: Draft, said: str) -> None:
    """Carry out the changes that a message asks for."""
    for match, change in clauses(said):
        change(draft, match)
