"""How long a need may take: spans by urgency and level on the working-time calendar, from bot/data/needs.yaml."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import people
from bot.domain.needs.tables import office_hours
from bot.domain.worktime import OFFICE, Hours, add_workdays, add_working_hours
from bot.errors import Refusal
from knowledge.yaml_files import parse

DATA = Path(__file__).parents[2] / "data" / "needs.yaml"
URGENT, UTILITIES, ORDINARY, COMPLEX = "urgent", "utilities", "ordinary", "complex"
GUARDS = "物业服务"
"""The service group whose people are on the spot."""
WARN_AFTER = 0.75
"""The share of a span of hours after which whoever's turn it is gets a warning."""
DANGER_WITHIN = 200
"""Characters at the beginning of a text within which danger is told."""
_NARROW = str.maketrans("，！？", ",!?")
"""As texts are cleaned: what is stored of them has the signs that people write."""
_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})")


@cache
def rules() -> Mapping[str, Any]:
    """The file with the rules."""
    loaded: dict[str, Any] = parse(DATA.read_bytes())
    return loaded


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: so many hours (h), working hours (wh) or working days (wd)."""

    amount: float
    unit: str

    def after(self, start: datetime, office: Hours = OFFICE) -> datetime:
        """The moment when it has passed since `start`."""
        if self.unit == "h":
            return start + timedelta(hours=self.amount)
        if self.unit == "wh":
            return add_working_hours(start, self.amount, office)
        return add_workdays(start, int(self.amount), office)

    def warning(self, start: datetime, office: Hours = OFFICE) -> datetime:
        """When to warn: after three quarters of hours, in the morning of the last of several days."""
        if self.unit != "wd":
            return Span(self.amount * WARN_AFTER, self.unit).after(start, office)
        return morning_of(self.after(start, office), office)


def span(text: str) -> Span:
    """`2wd` as a span."""
    found = re.fullmatch(r"(\d+)(h|wh|wd)", text)
    if found is None:
        raise ValueError(f"no span of time: {text}")
    return Span(float(found[1]), found[2])


def morning_of(moment: datetime, office: Hours = OFFICE) -> datetime:
    """The beginning of office hours on that day."""
    return datetime.combine(local(moment).date(), office[0][0], tzinfo=local(moment).tzinfo)


def end_of(moment: datetime, office: Hours = OFFICE) -> datetime:
    """The end of office hours on that day."""
    return datetime.combine(local(moment).date(), office[-1][1], tzinfo=local(moment).tzinfo)


def urgency(category: str, *, urgent: bool, complex_: bool) -> str:
    """Which deadlines apply to a need."""
    if urgent:
        return URGENT
    if complex_:
        return COMPLEX
    return UTILITIES if category in rules()["utilities"] else ORDINARY


def limit(kind: str, what: str, level: int = 0) -> Span:
    """How long a need of an urgency may wait for `respond`, `resolve`, or `rise` further, at a level."""
    by_level: Sequence[str] = rules()["deadlines"][kind][what]
    return span(by_level[min(level, len(by_level) - 1)])


def feedback(kind: str) -> Span | None:
    """How often word on the way is due; None where it is not."""
    every = rules()["deadlines"][kind].get("feedback")
    return span(every) if every else None


def rating(what: str) -> Span:
    """How long after the resolution the reporter is reminded (`remind`), and the need closed (`close`)."""
    return span(rules()["rating"][what])


def extension() -> tuple[int, int]:
    """How often more time needs nobody's leave, and how many times the first span it may be."""
    rule = rules()["extension"]
    return int(rule["times"]), int(rule["spans"])


def department_in(text: str) -> tuple[str, str] | None:
    """The service group that works with the department that a text names, and its name there; None for none."""
    words = [(word, category) for category, named in rules()["departments"].items() for word in named]
    found = [(text.index(word), -len(word), category, word) for word, category in words if word in text]
    return min(found)[2:] if found else None


def danger_in(text: str) -> str | None:
    """What to tell somebody whose words mean danger to people, now; None where they do not."""
    return next(iter(dangers_in(text)), None)


def dangers_in(text: str) -> dict[str, str]:
    """The same of each kind of danger that the words mean, with the service group that goes there."""
    said = text[:DANGER_WITHIN].translate(_NARROW)
    if not _sign().search(said) or _any_of("harmless").search(said):
        return {}
    meant = _any_of("averted").sub("", said)
    return {advice: group for words, advice, group in _dangers() if words.search(meant)}


@cache
def _dangers() -> Sequence[tuple[re.Pattern[str], str, str]]:
    """Of each kind of danger the words, the advice and who goes there."""
    return [
        (re.compile("|".join(danger["words"])), danger["advice"], danger.get("group", GUARDS))
        for danger in rules()["dangers"]
    ]


@cache
def _sign() -> re.Pattern[str]:
    """The words of all dangers: most messages have none."""
    return re.compile("|".join(words.pattern for words, _, _ in _dangers()))


@cache
def _any_of(key: str) -> re.Pattern[str]:
    """The patterns of a list in the file as one."""
    return re.compile("|".join(rules()[key]))


def parse_hours(text: str) -> Hours:
    """9:00-12:00 13:00-18:00 as office hours. Raises Refusal where they are none, overlap or run backwards."""
    found = [tuple(int(part) for part in match.groups()) for match in _HOURS.finditer(text)]
    if not found or any(max(h1, h2) > 23 or max(m1, m2) > 59 for h1, m1, h2, m2 in found):
        raise Refusal("请写上班时间，如「办公时间 海纳商圈 9:00-12:00 13:00-18:00」。")
    hours = tuple((time(h1, m1), time(h2, m2)) for h1, m1, h2, m2 in found)
    moments = [moment for pair in hours for moment in pair]
    if any(later <= earlier for earlier, later in pairwise(moments)):
        raise Refusal("上班时间要从早到晚写，不能重叠，如「9:00-12:00 13:00-18:00」。")
    return hours


def set_hours(conn: Connection, organisation_id: int, hours: Hours) -> None:
    """Let an organisation, and all below it, keep its own office hours."""
    text = ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)
    conn.execute(sa.delete(office_hours).where(office_hours.c.organisation_id == organisation_id))
    conn.execute(sa.insert(office_hours).values(organisation_id=organisation_id, hours=text))


def hours_at(conn: Connection, category: str, chat_id: int) -> Hours:
    """The office hours of those who handle a need reported in a chat: of the desk's organisation or the next above."""
    own: dict[int, str] = {row.organisation_id: row.hours for row in conn.execute(sa.select(office_hours))}
    if not own:
        return OFFICE
    desk = people.handlers_chat(conn, category, chat_id) or people.get_chat(conn, chat_id)
    parents = {one.id: one.parent_id for one in people.organisations(conn)}
    at = desk.organisation_id
    while at is not None:
        if at in own:
            return parse_hours(own[at])
        at = parents.get(at)
    return OFFICE
