"""A small character tagger: where in a message the words stand that name a place, an activity, a company …

Of all spans of a text, the one with the highest sum of start score, inside scores and end score is taken. Each score
is a sum of integer weights of features around a character; `knowledge.slots.train_tagger` makes the weights.
"""

import json
import re
from collections import deque
from collections.abc import Container, Mapping, Sequence
from functools import cache
from pathlib import Path

import rjieba

DATA = Path(__file__).parents[1] / "data"
LONGEST = 400
"""Characters of a text that are looked at."""
MAX_SPAN = 40
Weights = Mapping[str, Sequence[int]]
"""Feature → what it adds to a span that starts at, covers, or ends at the character."""

_CLASSES = (
    (re.compile(r"\d"), "9"),
    (re.compile(r"[零一二三四五六七八九十百千两]"), "8"),
    (re.compile(r"[A-Za-z]"), "a"),
    (re.compile(r"[\u4e00-\u9fff]"), "字"),
    (re.compile(r"\s"), "_"),
    (re.compile(r"[“”「」『』《》【】\"']"), "“"),
    (re.compile(r"[,。!?:;、.()~…—-]"), ","),
)
_FLOOR = r"(?:号?楼|栋|幢|座|层|号?区|单元|号?门|号厂房|[Ff](?![A-Za-z])|室|号铺|铺|号院|号)"
_KINDS = (
    ("楼", rf"(?:[A-Za-z]\d?|\d{{1,4}}|[一二三四五六七八九十]{{1,3}}|负[一二三1-3]|[Bb]\d){_FLOOR}"),
    (
        "时",
        r"[今明后昨前][天早晚日]|[上下本这]?个?(?:周|星期|礼拜)[一二三四五六日天末]|[\d一二三四五六七八九十]{1,3}[点月日号时年]半?"
        r"|上午|下午|晚上|早上|中午|\d{1,2}:\d{2}|[上下本这]个?[月周]|最近|近期",
    ),
    (
        "地",
        r"大厦|大楼|商厦|楼道|楼梯间?|走廊|大堂|大厅|门厅|前厅|报告厅|多功能厅|会议室|活动室|培训室|教室|办公室|卫生间|洗手间|厕所|茶水间|会客厅|广场"
        r"|门口|大门|[东南西北]门|[东南西北]侧|车库|地库|停车场|公园|食堂|操场|球场|场馆|体育馆|图书馆|小区|园区|商场|步行街|路口|路段|街|巷|胡同|中心"
        r"|服务站|驿站|基地|空间|天台|屋顶|外墙|后门|后巷|楼顶|宿舍|仓库|厂房|车间|大院|院子|草坪|中庭|影院|剧场|礼堂|吧台|电梯间?|货梯|楼下|楼上|[幼儿小中大]{1,2}[学园]",
    ),
    (
        "企",
        r"公司|集团|(?:货代|物流|供应链|科技|传媒|传播|影视|动漫|互娱|文旅|设计|广告|装饰|建材|五金|机电|制造|商?贸易?|超市|便利店?|百货|购物|药房|药业|口腔|眼科|体检中心|体检|医院"
        r"|诊所|健身|美容院?|美发|造型|影楼|酒店|宾馆|饭店|餐厅|酒楼|面馆|饺子馆|火锅|烘焙|食品|餐饮|咖啡|家政|物业|地产|置业|银行|担保|保险|律所|事务所|托育|幼教|幼儿园"
        r"|冷链|生物|医药|细胞|传感|电子|精密|能源|珠宝|服饰|服装|鞋业|玩具|农业|果蔬|鲜果|托管|旅行社|书店|茶业|茶庄|印刷|建筑|家居|文具|眼镜|汽修|汽车|数码|通讯|软件|网络|智能|机械|化工|环保)",
    ),
    (
        "活",
        r"培训班?|讲座|沙龙|活动|招聘会|对接会|座谈会|例会|大会|晚会|分享会|读书会|运动会|联谊会|恳谈会|交流会|说明会|宣讲会?|[党团]课|[课班会赛]|比赛|大赛|联赛|友谊赛|主题党日|党日|[节日]"
        r"|义诊|志愿服务|志愿者?|植树|登山|演练|讲堂|研学|观影|献血|健步走|团建|参观|清扫|巡逻|值守|培训|竞赛|展览|演出|音乐会|市集|集市|游园",
    ),
    ("我", r"[我俺咱](?:们|家|司|公司|厂|店|支部|单位|这边|这)*|本(?:公司|店|单位|支部|人)"),
)
_MARKS = tuple((name, re.compile(source)) for name, source in _KINDS)
_BREAK = re.compile(r"[,。!?;:\n、 ]")
_FAR = 6


@cache
def load() -> Mapping[str, Weights]:
    """The trained weights by slot, from knowledge/data/slot-tagger.json. Raises FileNotFoundError if never trained."""
    packed: dict[str, dict[str, list[int]]] = json.loads((DATA / "slot-tagger.json").read_text("utf-8"))
    return {slot: {f: (s, i, e) for f, (s, i, e) in weights.items()} for slot, weights in packed.items()}


@cache
def word_classes() -> Mapping[str, str]:
    """The grammatical class of common words (n noun, v verb, nr person, ns place …)."""
    classes = {}
    for line in (DATA / "word-classes.txt").read_text("utf-8").splitlines():
        name, *words = line.split(" ")
        classes.update(dict.fromkeys(words, name))
    return classes


def _kind(char: str) -> str:
    return next((name for pattern, name in _CLASSES if pattern.match(char)), "?")


def _marks(text: str) -> list[str]:
    """For each character, which recognised kinds of phrase cover it (楼: numbered part of a building, …)."""
    marks = ["^", *[""] * len(text), "$"]
    for name, pattern in _MARKS:
        for found in pattern.finditer(text):
            for at in range(found.start(), found.end()):
                marks[at + 1] += name + ("1" if at == found.start() else "") + ("9" if at == found.end() - 1 else "")
    return marks


def _class(word: str, classes: Mapping[str, str]) -> str:
    known = classes.get(word)
    if known is None:
        return "m" if word.isdigit() else f"x{min(len(word), 3)}" if word.isalnum() else ","
    return known


def _distances(text: str) -> list[int]:
    """Characters since the last break (comma, space, …), at most _FAR."""
    distances, since = [], 0
    for char in text:
        distances.append(min(since, _FAR))
        since = 0 if _BREAK.match(char) else since + 1
    return distances


def _word_features(text: str, intent: str) -> list[list[str]]:
    """Features of the word that each character is part of: itself, its class, its neighbours."""
    words: list[str] = rjieba.cut(text)
    known = word_classes()
    classes = ["^", "^", *(_class(word, known) for word in words), "$", "$"]
    padded = ["^", *words, "$"]
    rows: list[list[str]] = []
    for at, word in enumerate(words):
        before, after = padded[at], padded[at + 2]
        farther, previous, this, following, last = classes[at : at + 5]
        for part in ["S"] if len(word) == 1 else ["B", *"M" * (len(word) - 2), "E"]:
            rows.append(
                [
                    "Y" + part, "Z" + this + part, "D" + word + part, "E" + before + part, "F" + after + part,
                    "P" + intent + this + part, "Q" + previous + "|" + this + part, "R" + this + "|" + following + part,
                    "S" + previous + part + word, "T" + word + part + following,
                    "U" + farther + previous + "|" + this + part, "V" + this + part + "|" + following + last,
                    "W" + before + "|" + this + part, "X" + this + part + "|" + after,
                ]
            )  # fmt: skip
    return rows


def features(text: str, intent: str) -> list[list[str]]:
    """Feature names of each character of `text`."""
    chars = "^^^" + text + "$$$"
    kinds = "^^^" + "".join(_kind(c) for c in text) + "$$$"
    marks = _marks(text)
    since, until = _distances(text), _distances(text[::-1])[::-1]
    breaks = [at for at, char in enumerate(text.rstrip("。!. \n")) if _BREAK.match(char)] or [len(text)]
    rows = _word_features(text, intent)
    for at, row in enumerate(rows):
        c = at + 3
        clause = "f" if at < breaks[0] else "l" if at > breaks[-1] else "m"
        row += [
            "b" + intent,
            "0" + chars[c], "1" + chars[c - 1], "2" + chars[c - 2], "3" + chars[c + 1], "4" + chars[c + 2],
            "5" + chars[c - 1 : c + 1], "6" + chars[c : c + 2], "7" + chars[c - 2 : c], "8" + chars[c + 1 : c + 3],
            "9" + chars[c - 3 : c], "A" + chars[c - 1 : c + 2], "B" + kinds[c - 2 : c + 3], "C" + kinds[c : c + 2],
            "G" + marks[at + 1] + "|" + marks[at], "H" + marks[at + 1] + "|" + marks[at + 2],
            "I" + str(min(at, _FAR)), "J" + chars[c + 1 : c + 4], "K" + intent + kinds[c - 1] + chars[c - 1],
            "L" + intent + marks[at + 1], "M" + str(since[at]), "N" + str(until[at]),
            "O" + intent + clause + str(min(since[at], 2)), "@" + clause + str(min(until[at], 2)),
        ]  # fmt: skip
    return rows


def scores(rows: Sequence[Sequence[str]], weights: Weights) -> list[tuple[int, int, int]]:
    """Start, inside and end scores of each character."""
    result = []
    for row in rows:
        start = inside = end = 0
        for feature in row:
            if weight := weights.get(feature):
                start += weight[0]
                inside += weight[1]
                end += weight[2]
        result.append((start, inside, end))
    return result


def best_span(parts: Sequence[tuple[int, int, int]]) -> tuple[int, int, int] | None:
    """Score, start and end (exclusive) of the best span of at most MAX_SPAN characters; None for an empty text."""
    best: tuple[int, int, int] | None = None
    starts: deque[tuple[int, int]] = deque()  # (start score less the inside sum before it, position), best first
    covered = 0
    for at, (start, inside, end) in enumerate(parts):
        while starts and starts[-1][0] < start - covered:
            starts.pop()
        starts.append((start - covered, at))
        if starts[0][1] <= at - MAX_SPAN:
            starts.popleft()
        covered += inside
        total = starts[0][0] + covered + end
        if best is None or total > best[0]:
            best = (total, starts[0][1], at + 1)
    return best


def find(weights: Weights, text: str, intent: str, mandatory: Container[str]) -> str | None:
    """The words of the best span; None when its score is not above 0, unless `intent` always states the slot."""
    text = text[:LONGEST]
    best = best_span(scores(features(text, intent), weights))
    if best is None or (best[0] <= 0 and intent not in mandatory):
        return None
    return text[best[1] : best[2]]
