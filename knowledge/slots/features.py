"""Features of each character of a text: hashed into buckets, all characters at once.

A feature joins up to four properties around a character (the character itself, the word, its class, what kind of
phrase it lies in …). Its bucket is a hash of their values, so that no list of features has to be kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from knowledge import segmenter

DATA = Path(__file__).parents[1] / "data"
BUCKETS = 1 << 18
Buckets = NDArray[np.intp]
"""Shape (features, characters): where the weights of each feature of each character stand."""

Places = NDArray[np.int64]
Phrase = tuple[int, int, int]
"""Number of the kind, start and end of a phrase that is recognised."""
_CHAR_KINDS = (
    ("0123456789", 1),
    ("零一二三四五六七八九十百千两", 2),
    (" \n\t", 3),
    ("“”「」『』《》【】\"'", 4),
    (",。!?:;、.()~…—-", 5),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 6),
)
_FLOOR = r"(?:号?楼|栋|幢|座|层|号?区|单元|号?门|号厂房|[Ff](?![A-Za-z])|室|号铺|铺|号院|号)"
_PATTERN = re.compile(
    r"(?=[A-Za-z\d一二三四五六七八九十负今明后昨前上下本这周星礼中早晚最近我俺咱])"  # quickly passes over all others
    rf"(?P<floor>(?:[A-Za-z]\d?|\d{{1,4}}|[一二三四五六七八九十]{{1,3}}|负[一二三1-3]|[Bb]\d){_FLOOR})"
    r"|(?P<time>[今明后昨前][天早晚日]|[上下本这]?个?(?:周|星期|礼拜)[一二三四五六日天末]"
    r"|[\d一二三四五六七八九十]{1,3}[点月日号时年]半?|上午|下午|晚上|早上|中午|\d{1,2}:\d{2}|[上下本这]个?[月周]|最近|近期)"
    r"|(?P<we>[我俺咱](?:们|家|司|公司|厂|店|支部|单位|这边|这)*|本(?:公司|店|单位|支部|人))"
)
_BREAKS = np.zeros(1 << 16, dtype=np.bool_)
_BREAKS[[ord(char) for char in ",。!?;:\n、 "]] = True
_FAR = 6
_PAD = 3


@cache
def _char_kinds() -> NDArray[np.uint8]:
    """The kind of each character by its code; the last stands for all beyond."""
    kinds = np.full(1 << 16, 8, dtype=np.uint8)
    kinds[0x4E00:0xA000] = 7
    for chars, kind in _CHAR_KINDS:
        kinds[[ord(char) for char in chars]] = kind
    return kinds


@cache
def word_classes() -> Mapping[str, int]:
    """The grammatical class of common words, as a number from 20 on."""
    classes: dict[str, int] = {}
    for number, line in enumerate((DATA / "word-classes.txt").read_text("utf-8").splitlines(), 20):
        classes.update(dict.fromkeys(line.split(" ")[1:], number))
    return classes


@cache
def _phrases() -> tuple[AhoCorasick, Sequence[int]]:
    """The automaton of slot-words.txt with, for each of its words, the number of its class."""
    words: dict[str, int] = {}
    for number, line in enumerate((DATA / "slot-words.txt").read_text("utf-8").splitlines(), 4):
        for word in line.split(" ")[1:]:
            words.setdefault(word, number)
    return AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest), list(words.values())


_CUES = frozenset({9, 10, 12})
"""Numbers of the kinds that tell what a clause is about: labels, verbs, damage."""
_PATTERN_NUMBERS = {"floor": 1, "time": 2, "we": 3}


def _found(text: str) -> Iterator[Phrase]:
    automaton, numbers = _phrases()
    for index, start, end in automaton.find_matches_as_indexes(text):
        yield numbers[index], start, end
    for found in _PATTERN.finditer(text):
        yield _PATTERN_NUMBERS[found.lastgroup or "we"], found.start(), found.end()


def _marks(phrases: Iterable[Phrase], size: int) -> list[int]:
    """For each character, what kind of phrase covers it and whether that begins or ends there; 1 for none."""
    marks = [1] * size
    for number, start, end in phrases:
        for at in range(start, end):
            marks[at] = 1 + number * 4
        marks[start] += 1
        marks[end - 1] += 2
    return marks


@lru_cache(maxsize=1 << 14)
def _word(word: str) -> tuple[int, int]:
    """A word's hash and its class; 3 a number, 4 to 6 unknown by length, 7 no word."""
    known = word_classes().get(word)
    if known is None:
        known = 3 if word.isdigit() else 3 + min(len(word), 3) if word.isalnum() else 7
    return crc32(word.encode("utf-8", "replace")), known


def _distances(codes: NDArray[np.uint32], at: Places) -> tuple[Places, Places, Places]:
    """For each character: characters since the last break, characters until the next, and its part of the text.

    Parts: 1 before the first break, 3 after the last, 2 between.
    """
    size = len(codes)
    breaks = _BREAKS.take(codes, mode="clip").nonzero()[0]
    number = breaks.searchsorted(at)  # breaks before each character
    bounds = np.concatenate(([-1], breaks, [size]))
    since = at - 1 - bounds[number]
    until = bounds[1 + number + _BREAKS.take(codes, mode="clip")] - at - 1
    parts = np.where(number == 0, 1, np.where(at > bounds[-2], 3, 2))
    return since, until, parts


def _cues(text: str, cues: Sequence[Phrase], at: Places, since: Places, until: Places) -> Sequence[Places]:
    """The cue (borrow, broken, sign in …) last ended in the clause and its distance; the same of the next to begin."""
    hashes = np.array([0, *(_word(text[start:end])[0] for _, start, end in cues), 0], dtype=np.int64)
    ends = np.array([-_FAR, *(end for _, _, end in cues)], dtype=np.int64)
    starts = np.array([*(start for _, start, _ in cues), len(text) + _FAR], dtype=np.int64)
    last = ends.searchsorted(at, side="right") - 1
    following = starts.searchsorted(at, side="right")
    gap, ahead = at - ends[last], starts[following] - at - 1
    led = np.where(gap <= since, hashes[last], 0)
    leads = np.where(ahead < until, hashes[following + 1], 0)
    return led, gap, leads, ahead


def _words(words: Sequence[str], sizes: Places) -> NDArray[np.uint32]:
    """Rows for each character: hash of the word before, its own, the next; classes of two before to two after."""
    pairs = chain((1, 1, 1, 1), chain.from_iterable(map(_word, words)), (2, 2, 2, 2))
    hashes, classes = np.fromiter(pairs, np.uint32).reshape(-1, 2).T
    count = len(words)
    rows = [hashes[1:-3], hashes[2:-2], hashes[3:-1], *(classes[at : at + count] for at in range(5))]
    return np.array(rows).repeat(sizes, axis=1)


def _places(sizes: Places, size: int) -> Places:
    """1 for a word's first character, 2 for its last, 3 for a word of one character, 0 inside."""
    places = np.zeros(size, dtype=np.int64)
    ends = sizes.cumsum()
    places[ends - sizes] = 1
    places[ends - 1] += 2
    return places


_INTENTS = (
    *("report_need", "log_visit", "register", "book_venue", "publish_activity", "check_in", "sign_up"),
    *("cancel_sign_up", "query_activities", "offer_resource", "seek_resource", "redeem_points"),
)
_ROWS = (
    *("c", "k", "m", "since", "until", "gap", "ahead", "since2", "until2", "at", "led", "leads", "clause", "intent"),
    *("part", "before", "word", "after", "g-2", "g-1", "g", "g+1", "g+2"),
)
"""Properties: c character, k its kind, m mark, g grammatical class; part: where in its word the character stands."""
_TEMPLATES = (
    *("intent", "c", "c-1", "c-2", "c+1", "c+2", "c-1 c", "c c+1", "c-2 c-1", "c+1 c+2"),
    *("c-3 c-2 c-1", "c-1 c c+1", "c+1 c+2 c+3", "k-2 k-1 k k+1", "k-1 k k+1 k+2", "k-1 c-1 intent", "c+1 intent"),
    *("m m-1", "m m+1", "m intent", "m-1 intent", "m+1 intent", "m k-1", "m g", "m-1 c", "m+1 c", "since m", "until m"),
    *("at intent", "since", "until", "clause intent since2", "clause until2 intent"),
    *("part", "g part", "word part", "before part", "after part", "g part intent", "g-1 g part", "g g+1 part"),
    *("g-1 word part", "word part g+1", "g-2 g-1 g part", "g g+1 g+2 part", "before g part", "g part after"),
    *("word intent", "before intent part", "after intent part"),
    *("led", "led intent part", "led gap", "led g part", "led m", "leads", "leads intent part", "leads ahead"),
    *("leads g part", "leads m", "led leads", "led leads part"),
)
FEATURES = len(_TEMPLATES)


def _source(name: str) -> tuple[int, int]:
    """Row and shift of a property: c+1 is the next character's; the classes of neighbouring words are rows."""
    if name in _ROWS:
        return _ROWS.index(name), 0
    return _ROWS.index(name[0]), int(name[1:])


_NAMES = [template.split() for template in _TEMPLATES]
_SOURCES = [_source(name) for names in _NAMES for name in names]
_ROW = np.array([row for row, _ in _SOURCES])
_SHIFT = np.array([_PAD + shift for _, shift in _SOURCES])
_FIRST = np.cumsum([0, *map(len, _NAMES[:-1])])
_PRIMES = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)
_FACTORS = np.array([_PRIMES[at] for names in _NAMES for at in range(len(names))], dtype=np.uint32)[:, None]
_U13, _U15, _ODD, _LAST_BUCKET = (np.uint32(number) for number in (13, 15, 0x2C1B3C6D, BUCKETS - 1))
_SALTS = (np.arange(1, FEATURES + 1, dtype=np.uint32) * np.uint32(0x165667B1))[:, None]


def _properties(text: str, intent: str) -> NDArray[np.uint32]:
    """Rows of _ROWS, with _PAD columns before and after the characters."""
    words = segmenter.cut(text)
    size = len(text)
    at = np.arange(size)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    phrases = list(_found(text))
    since, until, clauses = _distances(codes, at)
    led, gap, leads, ahead = _cues(text, [phrase for phrase in phrases if phrase[0] in _CUES], at, since, until)
    table = np.zeros((len(_ROWS), size + 2 * _PAD), dtype=np.uint32)
    inner = table[:, _PAD:-_PAD]
    inner[0] = codes
    inner[1] = _char_kinds().take(codes, mode="clip")
    inner[2] = _marks(phrases, size)
    inner[3], inner[4], inner[5], inner[6], inner[9] = since, until, gap, ahead, at
    np.minimum(inner[3:10], _FAR, out=inner[3:10])
    np.minimum(inner[3:5], 2, out=inner[7:9])
    inner[10], inner[11], inner[12] = led, leads, clauses
    inner[13] = _INTENTS.index(intent) if intent in _INTENTS else len(_INTENTS)
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    inner[14] = _places(sizes, size)
    inner[15:] = _words(words, sizes)
    return table


@lru_cache(maxsize=4)
def buckets(text: str, intent: str) -> Buckets:
    """The buckets of all features; `text` is not empty. The last few texts are kept, as intents have several slots."""
    table, size = _properties(text, intent), len(text)
    width = table.shape[1]
    # Every stretch of the table as long as the text, without a copy; then those of each property, shifted.
    stretches = np.ndarray((table.size - size + 1, size), np.uint32, table, strides=(4, 4))
    parts = stretches[_ROW * width + _SHIFT]
    parts *= _FACTORS
    mixed = np.add.reduceat(parts, _FIRST, axis=0)
    mixed += _SALTS
    mixed ^= mixed >> _U15
    mixed *= _ODD
    mixed ^= mixed >> _U13
    mixed &= _LAST_BUCKET
    found: Buckets = mixed.astype(np.intp)
    return found
