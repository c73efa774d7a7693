"""Bookings and activities as an iCalendar feed (RFC 5545) that phones subscribe to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the feed."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    place: str


def feed(name: str, events: Iterable[Event], now: datetime) -> web.Response:
    """The events as a calendar of that name."""
    return web.Response(text=calendar(name, events, now), content_type="text/calendar", charset="utf-8")


def calendar(name: str, events: Iterable[Event], now: datetime) -> str:
    """The events as text: UTC times, lines of at most 75 bytes, CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//chuishao//ZH", f"X-WR-CALNAME:{_escaped(name)}"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}@chuishao",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(event.start)}",
            f"DTEND:{_utc(event.end)}",
            f"SUMMARY:{_escaped(event.summary)}",
            f"LOCATION:{_escaped(event.place)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")


def _folded(line: str) -> str:
    """A long line goes on after CRLF and a space; no character is cut in two."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > 74:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])
