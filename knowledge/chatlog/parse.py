"""Cutting a log into its utterances."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from knowledge.chatlog.stamps import Moment, Stamp, at, date_line, is_person, speaks, stamp

MAX_UTTERANCES = 500
"""What one log may hold; what goes beyond is counted and left out."""
_HEAD_LINES, _HEAD_CHARS = 6, 200
"""What may stand before the first utterance: a title, a word to whoever reads it."""

_LOG = re.compile(r"聊天记录|群里的?(?:消息|记录|聊天)|群记录|转发.{0,6}记录")
_SYSTEM = re.compile(
    r"[\"“]?.{1,40}(?:撤回了一条消息|加入了?(?:群聊|本群)|拍了拍.{0,40}|修改群名为.{0,60}|移出了?群聊)[\"”]?"
    r"|[-—–―─=\s]*(?:以下为新消息|以上是历史消息|查看更多消息|聊天记录结束|以下是.{0,20}聊天记录)[-—–―─=\s]*|[-—–―─=_]{3,}"
)
_TALK = re.compile(
    r"[?？!！。~～]|[吗呢吧啊呀哦嗯啦嘛了的]$|@|麻烦|收到|好的|谢谢|辛苦|我|你|咱|大家|有没有|怎么|什么|能不能|报名|参加|\+\s?1"
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said; `at` is None where the log does not tell when."""

    speaker: str
    text: str = field(repr=False)
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ChatLog:
    """A log: the words before it, which may name the group; what was said in order; how much was too much."""

    head: str
    utterances: tuple[Utterance, ...]
    left_out: int = 0


@dataclass(slots=True)
class _Block:
    """A stamp and the lines that follow it."""

    stamp: Stamp
    day: date | None
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(line.strip() for line in self.lines).strip()


_Read = Callable[[str], Stamp | None]
_Believable = Callable[[Sequence[_Block], bool], bool]


def parse(text: str, now: datetime) -> ChatLog | None:
    """The log that a text is; None when it is anything else. `now` is aware, in the zone of the log's times."""
    if ":" not in text and "：" not in text:
        return None
    lines = [(line, unicodedata.normalize("NFKC", line).strip()) for line in re.split(r"\r\n|\r|\n", text)]
    today = now.date()
    forms: tuple[tuple[_Read, _Believable], ...] = ((partial(stamp, today=today), _stamped), (speaks, _spoken))
    for read, believable in forms:
        head, blocks = _cut(lines, read, today)
        named = bool(_LOG.search(head))
        if blocks and _is_short(head) and believable(blocks, named):
            said = _utterances(blocks, now)
            return ChatLog(head, tuple(said[:MAX_UTTERANCES]), max(len(said) - MAX_UTTERANCES, 0))
    return None


def _cut(lines: Sequence[tuple[str, str]], read: _Read, today: date) -> tuple[str, list[_Block]]:
    """What stands before the first stamp, and the blocks."""
    head: list[str] = []
    blocks: list[_Block] = []
    day: date | None = None
    for raw, line in lines:
        dated = date_line(line, today)
        if dated:
            day = dated
        elif found := read(line):
            blocks.append(_Block(found, day, [_behind(raw, found.text)]))
        elif blocks and not _SYSTEM.fullmatch(line):
            blocks[-1].lines.append(raw)
        elif not blocks and line:
            head.append(line)
    return "\n".join(head), [block for block in blocks if block.text]


def _behind(raw: str, text: str) -> str:
    """The words behind a stamp as they were written, where their width did not change."""
    return raw.rstrip()[-len(text) :] if text and unicodedata.normalize("NFKC", raw).rstrip().endswith(text) else text


def _is_short(head: str) -> bool:
    return len(head) <= _HEAD_CHARS and head.count("\n") < _HEAD_LINES


def _stamped(blocks: Sequence[_Block], named: bool) -> bool:
    """Two stamps with a time; one where it can be nothing else. A timetable has no people in its stamps."""
    names = {block.stamp.name for block in blocks}
    people = sum(is_person(name) for name in names)
    moments = [block.stamp.moment for block in blocks if block.stamp.moment]
    exact = any(moment.exact for moment in moments)
    if len(blocks) < 2 and not (named or (exact and people)):
        return False
    return named or people * 2 >= len(names)


def _spoken(blocks: Sequence[_Block], named: bool) -> bool:
    """Without times: people who talk with one another, not a list of names or of headings."""
    names = {block.stamp.name for block in blocks}
    if not all(is_person(name) for name in names):
        return False
    talk = sum(bool(_TALK.search(block.text)) and len(block.text) > 1 for block in blocks)
    if named:
        return len(blocks) >= 2
    return len(blocks) >= 3 and len(names) >= 2 and talk * 2 >= len(blocks)


def _utterances(blocks: Iterable[_Block], now: datetime) -> list[Utterance]:
    """The moments from the last to the first: a time that runs ahead of the next one belongs to the day before."""
    said: list[Utterance] = []
    later = now
    for block in reversed(list(blocks)):
        moment = block.stamp.moment
        when = None
        if moment:
            when = min(_when(moment, block.day, later), now)
            later = when
        said.append(Utterance(block.stamp.name, block.text, when))
    return said[::-1]


def _when(moment: Moment, day: date | None, later: datetime) -> datetime:
    known = moment.day or day
    if known:
        return at(moment, known, later)
    when = at(moment, later.date(), later)
    return when if when <= later else when - timedelta(days=1)
