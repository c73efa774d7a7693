"""Features of each character of a text: hashed into buckets, all characters at once.

A feature joins up to four properties around a character (the character itself, the word, its class, what kind of
phrase it lies in …). Its bucket is a hash of their values, so that no list of features has to be kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from struct import Struct
from zlib import crc32

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from knowledge import segmenter
from knowledge.slots import surroundings

DATA = Path(__file__).parents[1] / "data"
BUCKETS = 1 << 18
Buckets = NDArray[np.intp]
"""Shape (features, characters): where the weights of each feature of each character stand."""

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


def _marks(phrases: Iterable[Phrase], size: int) -> bytearray:
    """For each character, what kind of phrase covers it and whether that begins or ends there; 1 for none."""
    marks = bytearray(b"\1" * size)
    for number, start, end in phrases:
        marks[start:end] = bytes((1 + number * 4,)) * (end - start)
        marks[start] += 1
        marks[end - 1] += 2
    return marks


@lru_cache(maxsize=1 << 14)
def _word(word: str) -> bytes:
    """A word's hash and its class, as two numbers; 3 a number, 4 to 6 unknown by length, 7 no word."""
    known = word_classes().get(word)
    if known is None:
        known = 3 if word.isdigit() else 3 + min(len(word), 3) if word.isalnum() else 7
    return _PAIR.pack(crc32(word.encode("utf-8", "replace")), known)


_PAIR = Struct("=II")
_FIRST, _LAST = _PAIR.pack(1, 1) * 2, _PAIR.pack(2, 2) * 2
_AROUND = np.array([2, 4, 6, 1, 3, 5, 7, 9])[:, None]
"""Of five words as pairs of hash and class: the hashes of the middle three, and all classes."""


def _words(words: Sequence[str], sizes: Sequence[int]) -> NDArray[np.uint32]:
    """Rows for each character: hash of the word before, its own, the next; classes of two before to two after."""
    pairs = np.frombuffer(b"".join([_FIRST, *map(_word, words), _LAST]), np.uint32)
    rows: NDArray[np.uint32] = pairs.take(np.arange(0, 2 * len(words), 2).repeat(sizes) + _AROUND)
    return rows


_INTENTS = (
    *("report_need", "log_visit", "register", "book_venue", "publish_activity", "check_in", "sign_up"),
    *("cancel_sign_up", "query_activities", "offer_resource", "seek_resource", "redeem_points"),
)
_ROWS = (
    *("c", "k", "intent", "led", "leads", "since", "until", "clause", "gap", "ahead", "at", "part", "m"),
    *("since2", "until2", "before", "word", "after", "g-2", "g-1", "g", "g+1", "g+2"),
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


_PRIMES = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint32)[:, None, None]
"""What the first, second … property of a template is multiplied by."""


def _of_place(place: int) -> list[tuple[int, int]]:
    """For each template the row of its property at that place, in a stack of tables one a place, and its shift."""
    named = [template.split() for template in _TEMPLATES]
    sources = [_source(names[place]) if place < len(names) else (len(_ROWS), 0) for names in named]
    return [(row + place * (len(_ROWS) + 1), _PAD + shift) for row, shift in sources]


_ROW, _SHIFT = np.array([_of_place(place) for place in range(len(_PRIMES))]).transpose(2, 0, 1)
_U13, _U15, _ODD, _LAST_BUCKET = (np.uint32(number) for number in (13, 15, 0x2C1B3C6D, BUCKETS - 1))
_SALTS = (np.arange(1, FEATURES + 1, dtype=np.uint32) * np.uint32(0x165667B1))[:, None]


def _properties(text: str, intent: str) -> NDArray[np.uint32]:
    """Rows of _ROWS and an empty one, with _PAD columns before and after the characters."""
    words, size = segmenter.cut(text), len(text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    phrases = list(_found(text))
    cues = [(start, end) for number, start, end in phrases if number in _CUES]
    parting = surroundings.breaks(text)
    sizes = [*map(len, words)]
    table = np.zeros((len(_ROWS) + 1, size + 2 * _PAD), dtype=np.uint32)
    inner = table[:, _PAD:-_PAD]
    inner[0] = codes
    inner[1] = _char_kinds().take(codes, mode="clip")
    inner[2] = _INTENTS.index(intent) if intent in _INTENTS else len(_INTENTS)
    hashes = [crc32(text[start:end].encode("utf-8", "replace")) for start, end in cues]
    for row, stretches in (3, surroundings.led(cues, parting, size)), (4, surroundings.leads(cues, parting)):
        for hashed, (start, end) in zip(hashes, stretches, strict=True):
            inner[row, start:end] = hashed
    small = (*surroundings.rows(cues, parting, size), surroundings.parts(sizes), bytes(_marks(phrases, size)))
    inner[5:13] = np.frombuffer(b"".join(small), np.uint8).reshape(-1, size)
    np.minimum(inner[5:7], 2, out=inner[13:15])
    inner[15:-1] = _words(words, sizes)
    return table


@lru_cache(maxsize=4)
def buckets(text: str, intent: str) -> Buckets:
    """The buckets of all features; `text` is not empty. The last few texts are kept, as intents have several slots."""
    table, size = (_properties(text, intent) * _PRIMES).astype(np.uint64), len(text)
    width = table.shape[-1]
    # Every stretch of the tables as long as the text, without a copy; then those of each property, shifted.
    stretches = np.ndarray((table.size - size + 1, size), np.uint64, table, strides=(8, 8))
    mixed = np.add.reduce(stretches[_ROW * width + _SHIFT], axis=0)
    mixed += _SALTS
    mixed ^= mixed >> _U15
    mixed *= _ODD
    mixed ^= mixed >> _U13
    mixed &= _LAST_BUCKET
    found: Buckets = mixed.view(np.intp)
    return found
