"""When a message wants a room: the day, the hours, or only a part of the day."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import SHANGHAI, local
from bot.domain.venues import Venue
from bot.domain.venues.bookings import Span
from knowledge import times

USUAL = timedelta(hours=2)
"""How long a booking is when nobody says."""
MORNING = time(8, 0)
_TOWARDS = re.compile(r"(?:改|挪|推迟?|提前|延后?|换|调整?|移)到")
_HOUR = re.compile(r"[点點:]|\d\s*时")
DAY = re.compile(
    r"周|星期|礼拜|今|明|后[天儿]|当天|[号日月节]|元旦|国庆|五一|七一|除夕|\d\s*[./-]\s*\d{1,2}(?![\d:点])"
)
_EXPLICIT = re.compile(r"早|凌晨|上午|中午|下午|晚|傍晚|夜|[AaPp]\.?[Mm]")
_WHOLE_DAY = re.compile(r"[全整一][天日]")
_HALF = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said of the time; `end` None where only the beginning was said."""

    day: date | None = None
    start: datetime | None = None
    end: datetime | None = None
    part: Span | None = None  # 下午, where no hours were said
    whole_day: bool = False
    loose: bool = False  # 7点: the opening hours say whether in the morning or the evening
    words: str = ""


NOTHING = Asked()


def read(text: str, now: datetime, day: date | None = None) -> Asked:
    """The time in a text; hours without a day are those of `day` where it is given."""
    text = _TOWARDS.sub("改成", text)
    found = times.event_time(text, now) or times.when(text, now)
    if found is None:
        return Asked(day, whole_day=bool(_WHOLE_DAY.search(text)))
    words = text[found.span[0] : found.span[1]]
    if day and not DAY.search(words):
        morning = datetime.combine(day, MORNING, SHANGHAI)
        found = times.event_time(text, morning) or times.when(text, morning) or found
    there = local(found.start).date()
    if found.granularity == "day" or not _HOUR.search(words):
        part = Span(found.start, found.end) if found.granularity != "day" and found.end else None
        return Asked(there, part=part, whole_day=bool(_WHOLE_DAY.search(text)), words=words)
    return Asked(there, found.start, found.end, loose=not _EXPLICIT.search(words), words=words)


def exactly(span: Span) -> Asked:
    """What is asked for by somebody who means just this span."""
    return Asked(span.day, local(span.start), local(span.end))


def on(asked: Asked, other: Asked) -> Asked:
    """The hours of the one on the day of the other, where it says a day."""
    if other.day is None or asked.day is None or not other.words:
        return other if asked.day is None else asked
    ahead = other.day - asked.day
    start, end = (at + ahead if at else None for at in (asked.start, asked.end))
    return Asked(other.day, start, end, other.part, asked.whole_day, asked.loose)


def local_day(at: datetime) -> date:
    """The day of a moment in Shanghai."""
    return local(at).date()


def span(asked: Asked, room: Venue, length: timedelta = USUAL) -> Span | None:
    """The span in whole quarters; None where no hours were said. The opening hours settle 7点到9点."""
    if asked.start is None:
        return Span(*room.hours(asked.day)) if asked.whole_day and asked.day else None
    wanted = Span(asked.start, asked.end or asked.start + length)
    opens, closes = room.hours(wanted.day)
    later = Span(wanted.start + _HALF, wanted.end + _HALF)
    if asked.loose and wanted.start < opens <= later.start and later.end <= closes:
        wanted = later
    return wanted.rounded()
