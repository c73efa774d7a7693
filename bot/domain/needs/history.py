"""The events of a need, and what they say: its state, who reported it too, which parts were claimed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.needs.tables import NEED, By, Need, need, need_access, need_event
from bot.domain.needs.transitions import JOINER, NEXT, OFFICER, UNIT

ERASABLE = frozenset({"text", "place", "company", "phone", "contact"})
"""What people said and how to reach them: in the row alone, so that it can be erased and the history stays."""
FOLDED = tuple(name for name in Need.__slots__ if name not in ERASABLE)
"""What the events of a need say about it."""


def record(conn: Connection, number: int, kind: str, by: By, note: str, values: Mapping[str, Any]) -> None:
    """Write an event down, with what it sets."""
    data = {name: _plain(value) for name, value in values.items() if name not in ERASABLE and name != "state"}
    row = {"need_id": number, "kind": kind, "actor_id": by.actor_id, "at": by.at, "note": note, "data": data or None}
    conn.execute(sa.insert(need_event), {"inbox_id": by.inbox_id, **row})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def events(conn: Connection, number: int) -> list[sa.Row[Any]]:
    """The history of a need, oldest first: kind, actor_id, at, note, inbox_id, data."""
    columns = (need_event.c[name] for name in ("kind", "actor_id", "at", "note", "inbox_id", "data"))
    return list(conn.execute(sa.select(*columns).where(need_event.c.need_id == number).order_by(need_event.c.id)))


def replay(history: Iterable[sa.Row[Any]]) -> dict[str, Any]:
    """What the events say: the same as the row, name for name of FOLDED."""
    said: dict[str, Any] = {}
    for event in history:
        data = {name: value for name, value in (event.data or {}).items() if name in FOLDED}
        said |= {name: _moment(value) if name.endswith(("_at", "_by")) else value for name, value in data.items()}
        said["state"] = "reported" if event.kind == "created" else NEXT[said["state"], event.kind]
    return said


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def last_event(conn: Connection, number: int, kind: str) -> datetime | None:
    """When something last happened to a need."""
    query = sa.select(sa.func.max(need_event.c.at)).where(need_event.c.need_id == number)
    at: datetime | None = conn.scalar(query.where(need_event.c.kind == kind))
    return at


def note_access(conn: Connection, number: int, by: By) -> None:
    """Somebody is shown the full contact."""
    conn.execute(sa.insert(need_access).values(need_id=number, person_id=by.actor_id, at=by.at))


# who else


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody who reported a need, and where."""

    person_id: int
    chat_id: int


def reporters(conn: Connection, about: Need) -> list[Reporter]:
    """Everybody who reported it: the first, those who joined, those whose own need was merged into it."""
    found = [Reporter(about.reporter_id, about.chat_id)]
    found += [Reporter(one.actor_id, one.data["chat"]) for one in events(conn, about.id) if one.kind == "joined"]
    for row in conn.execute(sa.select(*NEED).where(need.c.merged_into_id == about.id).order_by(need.c.id)).all():
        found += reporters(conn, Need(*row))
    return list({one.person_id: one for one in reversed(found)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a need that an organisation claimed, or a service group that was asked to help."""

    person_id: int | None
    unit: str
    what: str
    done: bool


def parts(conn: Connection, number: int) -> list[Part]:
    """Who does which part of a need, in the order they came."""
    found: dict[object, Part] = {}
    for event in events(conn, number):
        if event.kind == "co_asked":
            found[event.data["unit"]] = Part(None, event.data["unit"], "协办", False)
        elif event.kind == "claimed":
            found[event.actor_id] = Part(event.actor_id, event.data["unit"], event.data["what"], False)
        elif event.kind == "part_done" and event.actor_id in found:
            found[event.actor_id] = replace(found[event.actor_id], done=True)
    return list(found.values())


def parties(conn: Connection, number: int, person_id: int) -> set[str]:
    """What somebody is to a need by its events: who claimed a part, who joined it, who was asked to allow more time."""
    said = {event.kind for event in events(conn, number) if event.actor_id == person_id}
    found = {party for kind, party in (("claimed", UNIT), ("joined", JOINER)) if kind in said}
    asked = pending_delay(conn, number)
    return found | ({OFFICER} if asked and person_id in asked.asked else set())


@dataclass(frozen=True, slots=True)
class Delay:
    """More time that was asked for and is not decided yet: until when, why, by whom, and who decides."""

    until: datetime
    reason: str
    holder_id: int
    asked: tuple[int, ...]


def pending_delay(conn: Connection, number: int) -> Delay | None:
    """The request for more time that waits for a decision; it lapses when the need goes on to other hands or ends."""
    kinds = ("delay_asked", "delay_refused", "extended", "returned", "resolved", "reopened", "merged", "withdrawn")
    last = [event for event in events(conn, number) if event.kind in kinds][-1:]
    if not last or last[0].kind != "delay_asked":
        return None
    (event,) = last
    return Delay(datetime.fromisoformat(event.data["until"]), event.note, event.actor_id, tuple(event.data["asked"]))


def claimed_by(conn: Connection, number: int, person_id: int) -> bool:
    """Whether somebody claimed a part of a need."""
    query = sa.select(need_event.c.id).where(need_event.c.need_id == number, need_event.c.actor_id == person_id)
    return conn.execute(query.where(need_event.c.kind == "claimed").limit(1)).first() is not None
