"""A small character tagger: where in a message the words stand that name a place, an activity, a company …

Of all spans of a text, the one with the highest sum of start score, inside scores and end score is taken. Each score
is a sum of integer weights of features around a character; `knowledge.slots.train_tagger` makes the weights.
"""

import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import rjieba

LONGEST = 400
"""Characters of a text that are looked at."""
MAX_SPAN = 40
Weights = Mapping[str, tuple[int, int, int]]
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
_KINDS = (
    ("楼", re.compile(r"(?:[A-Za-z]|\d{1,4}|[一二三四五六七八九十]{1,3}|负[一二三1-3]|[Bb]\d)(?:号?楼|栋|幢|座|层|区|单元|号门|号厂房|[Ff]|室|铺|号院|号)")),
    ("时", re.compile(r"(?:今|明|后|昨|前)[天早晚日]|[上下本这]?(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]|[\d一二三四五六七八九十]{1,3}[点月日号时年]半?|上午|下午|晚上|早上|中午|\d{1,2}:\d{2}")),
    ("地", re.compile(r"楼|层|栋|幢|座|室|厅|广场|门口|大厦|中心|公园|车库|食堂|场|馆|站|路口|小区|商场|院|街|巷|吧|店|基地|空间")),
    ("企", re.compile(r"公司|集团|物流|酒店|超市|药房|传媒|科技|律所|饭店|餐厅|烘焙|幼教|培训|教育|珠宝|家政|美容|影视|供应链|五金|口腔|健身|食品|电子|商贸|广告|设计|宾馆|面馆|银行|装饰|服饰")),
    ("活", re.compile(r"培训班?|讲座|沙龙|活动|会|课|比赛|大赛|赛|日|节|党课|义诊|志愿|植树|登山|招聘会?|宣讲|演练|运动会|读书会|班|行|讲堂|研学|观影|献血|座谈|晚会")),
)  # fmt: skip


@cache
def load() -> Weights:
    """The trained weights in knowledge/data/slot-tagger.json. Raises FileNotFoundError when it was never trained."""
    raw = resources.files("knowledge").joinpath("data", "slot-tagger.json").read_text("utf-8")
    return {feature: (o, b, i) for feature, (o, b, i) in json.loads(raw).items()}


def _kind(char: str) -> str:
    return next((name for pattern, name in _CLASSES if pattern.match(char)), "?")


def _marks(text: str) -> list[str]:
    """For each character, which recognised kinds of phrase cover it (楼: numbered part of a building, …)."""
    marks = [""] * len(text)
    for name, pattern in _KINDS:
        for found in pattern.finditer(text):
            for at in range(found.start(), found.end()):
                marks[at] += name + ("1" if at == found.start() else "") + ("9" if at == found.end() - 1 else "")
    return marks


def _words(text: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """For each character: its word, its part of the word (B, M, E, S), the word before and the word after."""
    words: list[str] = rjieba.cut(text)
    word, part, before, after = [], [], [], []
    for at, current in enumerate(words):
        size = len(current)
        word += [current] * size
        part += ["S"] if size == 1 else ["B", *["M"] * (size - 2), "E"]
        before += [words[at - 1] if at else "^"] * size
        after += [words[at + 1] if at + 1 < len(words) else "$"] * size
    return word, part, before, after


def features(text: str, intent: str) -> list[list[str]]:
    """Feature names of each character of `text`."""
    size = len(text)
    chars = "^^^" + text + "$$$"
    kinds = "^^^" + "".join(_kind(c) for c in text) + "$$$"
    word, part, before, after = _words(text)
    marks = ["^", *_marks(text), "$"]
    rows = []
    for at in range(size):
        c = at + 3
        rows.append(
            [
                "b" + intent,
                "0" + chars[c], "1" + chars[c - 1], "2" + chars[c - 2], "3" + chars[c + 1], "4" + chars[c + 2],
                "5" + chars[c - 1 : c + 1], "6" + chars[c : c + 2], "7" + chars[c - 2 : c], "8" + chars[c + 1 : c + 3],
                "9" + chars[c - 3 : c], "A" + chars[c - 1 : c + 2], "B" + kinds[c - 2 : c + 3], "C" + kinds[c : c + 2],
                "D" + word[at] + part[at], "E" + before[at] + part[at], "F" + after[at] + part[at],
                "G" + marks[at + 1] + "|" + marks[at], "H" + marks[at + 1] + "|" + marks[at + 2],
                "I" + str(min(at, 6)), "J" + chars[c + 1 : c + 4],
                "K" + intent + kinds[c - 1] + chars[c - 1], "L" + intent + part[at] + marks[at + 1],
            ]
        )  # fmt: skip
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
