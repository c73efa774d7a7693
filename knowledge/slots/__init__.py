"""Slots: what a message states, as values in the conventions of the labelled corpus.

`fill` gives all slots of an intent; the single extractors read an answer's text.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from knowledge import solitaire, times
from knowledge.normalize import Cleaned
from knowledge.private import phone
from knowledge.slots import announced, periods, spans
from knowledge.slots.answers import choices, contact_name, go_ahead, is_name, yes_no
from knowledge.slots.needs import need_no, rating, urgent
from knowledge.slots.people import people
from knowledge.slots.spans import Find

__all__ = ["choices", "contact_name", "fill", "go_ahead", "is_name", "need_no", "people", "phone", "rating", "yes_no"]

Slots = dict[str, object]
Extract = Callable[[str, datetime, Find], object]


def _words(slot: str, intent: str) -> Extract:
    return lambda text, now, find: find(slot, text, intent)


def _plain(extract: Callable[[str], object]) -> Extract:
    return lambda text, now, find: extract(text)


def _dated(extract: Callable[[str, datetime], object]) -> Extract:
    return lambda text, now, find: extract(text, now)


_NEED: dict[str, Extract] = {"need_no": _plain(need_no)}
_EXTRACTORS: Mapping[str, Mapping[str, Extract]] = {
    "report_need": {
        "phone": _plain(phone),
        "urgent": _plain(lambda text: urgent(text) or None),
        "company": _words("company", "report_need"),
        "place": _words("place", "report_need"),
    },
    "track_need": _NEED,
    "urge_need": _NEED,
    "accept_need": _NEED,
    "update_need": _NEED,
    "resolve_need": _NEED,
    "withdraw_need": _NEED,
    "rate_need": {**_NEED, "rating": _plain(rating)},
    "check_in": {"activity": _words("activity", "check_in")},
    "sign_up": {"activity": _words("activity", "sign_up"), "people": _plain(people)},
    "cancel_sign_up": {"activity": _words("activity", "cancel_sign_up")},
    "query_activities": {"activity": _words("activity", "query_activities"), "month": _dated(periods.month)},
    "offer_resource": {"resource": _words("resource", "offer_resource")},
    "seek_resource": {"resource": _words("resource", "seek_resource")},
    "book_venue": {"place": _words("place", "book_venue")},
    "redeem_points": {"goods": _words("goods", "redeem_points")},
    "log_visit": {"company": _words("company", "log_visit"), "date": _dated(periods.day)},
    "query_stats": {"period": _plain(periods.period_words)},
    "register": {"name": _words("name", "register"), "company": _words("company", "register")},
    "publish_activity": {
        "title": lambda text, now, find: announced.title(text, find),
        "place": lambda text, now, find: announced.place(text, find),
    },
}
_UNQUOTED = frozenset({"rating", "urgent", "people", "month"})
"""Slots that only the sender's own words give: a quoted question lists all ratings."""


_NO_TIMES = ("company", "name", "place")
"""Slots that a time is never the value of."""


def fill(intent: str, cleaned: Cleaned, now: datetime, role: str, find: Find = spans.find) -> Slots:
    """The slots of `intent` that the message states, except `category`; `now` is aware. Never raises.

    `find` gives the words that name something; training tries others than those that ship.
    """
    slots: Slots = {}
    quoted = cleaned.quote.text if cleaned.quote else ""
    # The best guess of a slot that is always stated is sought in both texts at once.
    text = f"{cleaned.text}\n{quoted}".strip() if intent in spans.MANDATORY else cleaned.text
    for slot, extract in _EXTRACTORS.get(intent, {}).items():
        value = extract(text, now, find)
        if value is None and quoted and slot not in _UNQUOTED:
            value = extract(quoted, now, find)
        if value is not None and not (slot in _NO_TIMES and _is_time(str(value), now)):
            slots[slot] = value
    if intent == "solitaire":
        slots |= _solitaire(cleaned.text) or _solitaire(quoted)
    if intent in ("book_venue", "publish_activity"):
        slots |= _times(cleaned.text, now) or _times(quoted, now)
    return slots


def _is_time(words: str, now: datetime) -> bool:
    """Whether the words say a time and nothing else: 今天下午."""
    said = times.when(words, now)
    return said is not None and said.span == (0, len(words))


def _solitaire(text: str) -> Slots:
    read = solitaire.parse(text) if text else None
    return {"title": read.title, "entries": [entry.name for entry in read.entries]} if read else {}


def _times(text: str, now: datetime) -> Slots:
    event = times.event_time(text, now) if text else None
    if event is None:
        return {}
    slots: Slots = {"start": event.start.isoformat()}
    if event.end is not None:
        slots["end"] = event.end.isoformat()
    return slots
