"""下周有什么活动, 周末亲子的有吗, 一楼大厅有什么活动: what there is by time, by place and by words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.capability import Context
from bot.clock import local
from bot.domain.activities import Activity, clubs, lookup
from handlers.activities import which
from knowledge import times
from knowledge.normalize import clean

_ASKS = re.compile(r"有(?:什么|啥|哪些|没有?|无)|有.{0,12}(?:吗|么|没|嘛|\?)|(?:什么|啥|哪些).{0,4}活动|还有|安排")
_TALK = re.compile(
    r"有没有|有什么|有啥|有哪些|有无|有|没有|没|吗|么|嘛|呢|呀|啊|的|了|吧|什么|哪些|啥|活动|安排|能|可以|参加|报名|适合|我们?|咱们?|大家|还|都"
    r"|请问|问一?下|想|要|去|玩|搞|办|举办|最近|近期|这边|这里|附近|在|里|一些|一个|些|个|小红|[\W_]"
)
_LISTS = re.compile(r"活动(?:安排|预告|列表|清单)?\W*$")
_SERIES = re.compile(r"(?P<name>[^\s,，。的有]{2,12}?)(?:这个|的)?系列")
_MONTH = re.compile(r"\d{1,2}月(?:份)?(?!\d)|[本下这]个?月")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for in words, and the activities that it fits, by time."""

    words: str
    activities: Sequence[Activity]


def wanted(ctx: Context, known: Sequence[Activity]) -> Wanted | None:
    """The activities that a question narrows down by time, place or words; None for one that narrows nothing down."""
    said = clean(ctx.said).text
    if not _ASKS.search(said):
        return None
    span = None if _MONTH.search(said) else _span(said, local(ctx.now))
    day = said[span[2] : span[3]] if span else ""
    return _fitting(said, day, span, [what for what in known if what.ends > ctx.now])


def _fitting(said: str, day: str, span: "Span | None", ahead: Sequence[Activity]) -> Wanted | None:
    """Those of a time, and those that have the words of the question in what is known of them."""
    rest = _TALK.sub("", said.replace(day, "", 1) if day else said)
    inside = [what for what in ahead if span[0] <= what.begins < span[1]] if span else list(ahead)
    if rest:
        fitting = [what for what in inside if _fits(rest, what)]
        if not fitting and not (span and any(_fits(rest, what) for what in ahead)):
            return None  # it names something else: an activity, a benefit, a room
        inside = fitting
    if not span and (not rest or any(what.title in said for what in inside)):
        return None
    return Wanted(f"{day}{f'「{rest}」' if rest else ''}", sorted(inside, key=lambda what: (what.begins, what.id)))


def of_whom(ctx: Context) -> Wanted | None:
    """What a club, all clubs or a series hold, where a question names them; within the time that it names."""
    said = clean(ctx.said).text
    if "活动" not in said or not (_ASKS.search(said) or _LISTS.search(said)):
        return None
    named = _named(ctx, said)
    if named is None:
        return None
    rest = said.replace(named.words.strip("「」"), "", 1)
    span = _span(rest, local(ctx.now))
    if span is None:
        return named
    inside = [what for what in named.activities if span[0] <= what.begins < span[1]]
    return Wanted(f"{rest[span[2] : span[3]]}{named.words}", inside)


def _named(ctx: Context, said: str) -> Wanted | None:
    if club := clubs.named(ctx.conn, said):
        return Wanted(f"「{club.name}」", lookup.of_clubs(ctx.conn, [club.name], ctx.now))
    if "社团" in said:
        names = [one.name for one in clubs.everything(ctx.conn)]
        return Wanted("社团", lookup.of_clubs(ctx.conn, names, ctx.now)) if names else None
    found = _SERIES.search(said)
    theirs = [what for what in which.ahead(ctx) if found["name"] in what.series] if found else []
    return Wanted(f"「{theirs[0].series}」", theirs) if theirs else None


Span = tuple[datetime, datetime, int, int]
"""From when until before when a question means, and where it says so."""


def _span(said: str, now: datetime) -> Span | None:
    found = times.when(said, now)
    if found is None:
        return None
    start, end = found.start, found.end or found.start
    if found.granularity == "day":
        start = start.replace(hour=0, minute=0)
        end = end.replace(hour=0, minute=0) + timedelta(days=1)
    elif end == start:
        end = start + timedelta(hours=1)
    return start, end, *found.span


def _fits(words: str, what: Activity) -> bool:
    """Whether an activity has these words in its title, place, audience, series or organiser, all or nearly all."""
    text = f"{what.title} {what.place} {what.audience} {what.series} {what.organiser}"
    if words in text or (len(what.place) > 1 and what.place in words):
        return True
    pairs = [words[at : at + 2] for at in range(len(words) - 1)]
    return bool(pairs) and sum(pair in text for pair in pairs) * 3 >= len(pairs) * 2
