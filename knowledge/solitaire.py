"""接龙 posts: reading the list that one post shows, and joining the posts of people who wrote at the same time."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.numbers import NUMERAL, number


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: who, how many people it stands for (at least 1), and the rest of the line as written."""

    name: str
    people: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Solitaire:
    """One post: title, lines in order, the limit of people if stated, and the other lines of its head."""

    title: str
    entries: tuple[Entry, ...]
    capacity: int | None = None
    details: str = ""


_WORD = r"接[龙拢笼聋垄茏隆]"
_HEADER = re.compile(r"^\W{0,3}#\s*(?:[接街结节借][龙拢笼聋垄茏隆]|group\s*note)", re.IGNORECASE)
_LINE = re.compile(
    r"^\W{0,2}?(\d{1,3})(?!\d)(?:\s*[.、,:)）．。\]】]|(?=\s|[^\d\s年月日号点时个人位名元折%-]))\s*(.*)$"
)
_EXAMPLE = re.compile(r"^(?:例|示例|格式)(?:如|子)?[\s::]")
_INLINE = re.compile(r"(?<![\d.:~\-])\s(?=(\d{1,2})\s?[.、)）]\s?\D)")
_BRACKETS = re.compile(r"[【\[「]([^】\]」\n]{2,30})[】\]」]")
_CAPACITY = re.compile(
    rf"(?:限额?|上限|名额|满|最多|不超过|仅限|只限)\s*(?:为|是|:)?\s*({NUMERAL})\s*(?:个?人|名|位|个|$)"
)
_LIST_NAME = re.compile(r"[\u4e00-\u9fa5·]{2,8}|[A-Za-z][A-Za-z .]{1,15}|[小老阿大][A-Za-z]{1,10}")
_NAME_END = re.compile(r"[\s,,。;;、:/|((\[【<《~—+*\-×xX]|(?<=[\u4e00-\u9fa5])(?=\d)")
_SPACED_LATIN = re.compile(r"[A-Za-z]+(?: [A-Z][A-Za-z]*)+")
_NOT_NAME = re.compile(r"[^\w·.]+")
_COMPANION = r"(?:娃|孩子|小孩|小朋友|宝宝|儿子|女儿|闺女|家属|家人|老公|老婆|对象|爱人|媳妇|朋友|同事|人|妈|爸|老人)"
_DO = rf"(?:{_WORD}|报一?下|登记一?下|接一?下|统计一?下)"
_CALL = re.compile(
    r"^(?:(?:请|麻烦|来|开始)*(?:大家(?!庭)|各位(?:邻居|同事|党员|书记)?|要去的|想去的|有意的)+(?:都|来|请)*"
    rf"{_DO}?|(?:请|麻烦|来|开始)*{_DO})(?:报个?名)?[\s:,~!]*(?=\S{{2}})"
)
_MAX_ENTRIES = 500


def parse(text: str) -> Solitaire | None:
    """Read a 接龙 post (`#接龙`, `#Group Note`, numbered by hand, `例` lines), given as cleaned text.

    None when the text is no list to sign: a numbered list without the word 接龙 counts only when all its lines
    are short names numbered from 1.
    """
    text = unicodedata.normalize("NFKC", text)
    head, items = _split(text)
    marked = _HEADER.match(text) is not None
    worded = marked or any(re.search(_WORD, line) for line in head)
    if not (marked or items) or not (worded or _names_only(head, items)):
        return None
    title, rest = _title(head, marked)
    entries = tuple(entry for item in items[:_MAX_ENTRIES] if (entry := _entry(item)))
    capacity = _CAPACITY.search("\n".join(head))
    return Solitaire(title, entries, number(capacity[1]) if capacity else None, rest) if title or entries else None


def _split(text: str) -> tuple[list[str], list[str]]:
    """Lines before the numbered ones without examples, and what stands behind the numbers 1, 2, 3 …."""
    lines = [line.strip() for line in text.split("\n")]
    if not any(_LINE.match(line) for line in lines[1:]):
        lines = [part for line in lines for part in _inline_items(line)]
    head: list[str] = []
    items: list[str] = []
    last = 0
    for position, line in enumerate(lines):
        found = _LINE.match(line) if position else None
        if found and last < int(found[1]) <= last + 5:
            last = int(found[1])
            items.append(found[2])
        elif line and not _EXAMPLE.match(line) and not items:
            head.append(line)
    return head, items


def _inline_items(line: str) -> list[str]:
    """`#接龙 党课 1.林小燕 2.许丽华` cut before each number that continues the count from 1."""
    parts, start, expected = [], 0, 1
    for found in _INLINE.finditer(line):
        if int(found[1]) == expected:
            parts.append(line[start : found.start()].strip())
            start, expected = found.end(), expected + 1
    return [*parts, line[start:].strip()] if expected > 2 else [line]


def _names_only(head: Sequence[str], items: Sequence[str]) -> bool:
    filled = [item for item in items if item]
    return (
        len(filled) >= 2
        and 1 <= len(head) <= 2
        and len(head[0]) <= 25
        and all(_LIST_NAME.fullmatch(re.split(r"[\s((,,]", item)[0]) and len(item) <= 12 for item in filled)
    )


def _title(head: Sequence[str], marked: bool) -> tuple[str, str]:
    """The title, and the other words of the head."""
    joined = "\n".join(head)
    bare = _HEADER.sub("", joined, count=1).strip(" \n:#")
    if found := _BRACKETS.search(bare):
        return found[1].strip(), (bare[: found.start()] + bare[found.end() :]).strip()
    if not marked:
        bare = re.sub(rf"^\W*(?:请|大家|来|帮收一下|开始)*{_WORD}(?:了|啦|吧|一下)?[\s:,~!]+", "", bare)
    bare = _CALL.sub("", bare) or bare
    line, _, rest = bare.partition("\n")
    end = re.search(r"[,。;:(!?~]|\s(?=\S)", line[2:])
    title = line[: end.start() + 2] if end else line
    if not marked:
        title = re.sub(rf"{_WORD}.*$", "", title)
    return title.strip(" \n、"), (line[len(title) :].strip(" ,。;:") + "\n" + rest).strip()


def _entry(item: str) -> Entry | None:
    latin = _SPACED_LATIN.match(item)
    end = _NAME_END.search(item, 1)
    cut = latin.end() if latin else end.start() if end else len(item)
    name = _NOT_NAME.sub("", item[:cut]) if not latin else item[:cut]
    note = item[cut:].strip(" ,。;、:()[]【】")
    return Entry(name, _people(item[cut:]), note) if name else None


def _people(note: str) -> int:
    """People that one line stands for: `(2人)` 2, `+1` 2, `带2个娃` 3, `一家三口` 3; 1 when nothing is said."""
    if found := re.search(
        rf"(?:带|\+|加)\s*({NUMERAL})?\s*(?:个|名|位)?\s*(?:{_COMPANION})|\+\s*(\d{{1,2}})(?!\d)", note
    ):
        more = number(found[1] or found[2] or "1") or 1
        return 1 + more if more < 100 else 1
    if found := re.search(rf"(?:一家|共)({NUMERAL})|({NUMERAL})\s*(?:个人|口人|大人|人|位|口)", note):
        return min(max(number(found[1] or found[2]) or 1, 1), 999)
    if found := re.search(rf"({NUMERAL})大({NUMERAL})小", note):
        return (number(found[1]) or 1) + (number(found[2]) or 0)
    return 1


Key = tuple[str, int]


def _keyed(entries: Iterable[Entry]) -> dict[Key, Entry]:
    """Entries by name and by how often that name stood before: namesakes in one list stay two people."""
    keyed: dict[Key, Entry] = {}
    for entry in entries:
        nth = 0
        while (entry.name, nth) in keyed:
            nth += 1
        keyed[entry.name, nth] = entry
    return keyed


def merge(
    known: Sequence[Entry],
    posted: Sequence[Entry],
    *,
    earlier: Sequence[Sequence[Entry]] = (),
    own: Iterable[str] = (),
) -> list[Entry]:
    """The list after one more post.

    `known` is the list so far; `posted` what the new post shows; `earlier` the lists of all posts before it, which
    tell a stale copy from an edit; `own` the names that this sender added in earlier posts.

    - A name not known is appended, in the post's order. One that stood in an earlier post and was taken off since
      comes back only when its own sender posts it.
    - A known name with another count or note is an edit and wins, unless the line stood exactly so in an earlier
      post and is not the sender's own: then the copy is stale.
    - A name missing from the post stays, unless it is the sender's own: leaving out one's own line takes it off.
    """
    mine = set(own)
    result = _keyed(known)
    shown = _keyed(posted)
    past = [_keyed(entries) for entries in earlier]
    for key, entry in shown.items():
        stale = key[0] not in mine and any(version.get(key) == entry for version in past)
        gone = key not in result and key[0] not in mine and any(key in version for version in past)
        if not stale and not gone:
            result[key] = entry
    return [entry for key, entry in result.items() if key in shown or key[0] not in mine]


def head_count(entries: Iterable[Entry]) -> int:
    """People on the list, companions included."""
    return sum(entry.people for entry in entries)
