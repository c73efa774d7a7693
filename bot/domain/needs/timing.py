"""When a need's clock strikes: what the deadlines mean for one need, at each step of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.domain.needs import deadlines
from bot.domain.needs.tables import TOP, Need
from bot.domain.worktime import Hours


def _kind(about: Need) -> str:
    return deadlines.urgency(about.category, urgent=about.urgent, complex_=about.complex)


def _office(conn: Connection, about: Need) -> Hours:
    return deadlines.hours_at(conn, about.category, about.chat_id)


def limit(conn: Connection, about: Need, what: str, start: datetime) -> datetime:
    """The end of the time to `respond` or `resolve`, or before it goes further up (`rise`), at the need's level."""
    return deadlines.limit(_kind(about), what, about.level).after(start, _office(conn, about))


def from_report(conn: Connection, about: Need, start: datetime) -> dict[str, Any]:
    """The moments of a need that was just reported."""
    office = _office(conn, about)
    resolve_by = deadlines.limit(_kind(about), "resolve", about.level).after(start, office)
    return _answering(about, start, office) | {"resolve_by": resolve_by}


def until_answered(conn: Connection, about: Need, start: datetime) -> dict[str, Any]:
    """Until when somebody has to accept it; as long again after that it goes up."""
    return _answering(about, start, _office(conn, about))


def _answering(about: Need, start: datetime, office: Hours) -> dict[str, Any]:
    span = deadlines.limit(_kind(about), "respond", about.level)
    respond_by = span.after(start, office)
    step_at = span.after(respond_by, office)
    return {"respond_by": respond_by, "remind_at": span.warning(start, office), "step_at": step_at}


def until_resolved(conn: Connection, about: Need, start: datetime, resolve_by: datetime | None) -> dict[str, Any]:
    """When to warn before the end of its time, when to ask for word on the way, when it goes up."""
    office = _office(conn, about)
    span = deadlines.limit(_kind(about), "resolve", about.level)
    promised = resolve_by is not None and resolve_by > start
    step_at = resolve_by if resolve_by is not None and promised else span.after(start, office)
    warn_at = (
        deadlines.morning_of(step_at, office) if span.unit == "wd" else start + deadlines.WARN_AFTER * (step_at - start)
    )
    return {
        "remind_at": warn_at if warn_at > start else None,
        "step_at": step_at if about.level < TOP or promised else None,
        "feedback_at": next_word(conn, about, start),
    }


def next_word(conn: Connection, about: Need, start: datetime) -> datetime | None:
    """When word on the way is due, for a need that takes long."""
    every = deadlines.feedback(_kind(about))
    return every.after(start, _office(conn, about)) if every else None


def until_rated(start: datetime) -> dict[str, Any]:
    """When the reporter is asked once more, and when the need is closed without a rating."""
    remind_at = deadlines.morning_of(deadlines.rating("remind").after(start))
    return {"remind_at": remind_at, "step_at": deadlines.rating("close").after(start), "feedback_at": None}
