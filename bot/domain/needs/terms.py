"""How long a need may take, changed on the way: more time, the terms of a complex one, those of an urgent one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.domain.needs import timing
from bot.domain.needs import transitions as table
from bot.domain.needs.changes import change
from bot.domain.needs.lookup import get
from bot.domain.needs.tables import By, Need
from bot.domain.people import STAFF
from bot.errors import Refusal

MAX_EXTENDED = 2


def extend(conn: Connection, number: int, by: By, until: datetime, reason: str) -> Need:
    """More time, with a reason, at most twice by the one who handles it; the committee may at any time."""
    current = get(conn, number)
    if until <= by.at or (current.resolve_by and until <= current.resolve_by):
        raise Refusal(f"诉求{number}号的延期要晚于现在的时限，请再说一次到哪天。")
    if current.extended >= MAX_EXTENDED and by.role != STAFF:
        raise Refusal(f"诉求{number}号已延期{MAX_EXTENDED}次，再延期请找工作人员。")
    timed = timing.until_resolved(conn, current, by.at, until)
    return change(conn, number, "extended", by, reason, resolve_by=until, extended=current.extended + 1, **timed)


def make_complex(conn: Connection, number: int, by: By, note: str) -> Need:
    """It takes longer than an ordinary one; word on the way is due in between."""
    current = get(conn, number)
    if current.complex:
        raise Refusal(f"诉求{number}号已经是疑难件了，进展请回复「{number}号进展：…」。")
    harder = replace(current, complex=True, urgent=False)
    resolve_by = timing.limit(conn, harder, "resolve", current.reported_at)
    timed = timing.until_resolved(conn, harder, by.at, resolve_by) if current.handler_id else {}
    return change(conn, number, "complex", by, note, complex=True, urgent=False, resolve_by=resolve_by, **timed)


def make_urgent(conn: Connection, number: int, by: By, note: str) -> Need:
    """It cannot wait: the deadlines of urgent needs from now on, day and night."""
    current = get(conn, number)
    if current.urgent:
        raise Refusal(f"诉求{number}号已经是紧急件了。")
    faster = replace(current, urgent=True, complex=False)
    resolve_by = timing.limit(conn, faster, "resolve", by.at)
    taken = current.state in table.TAKEN
    timed = (
        timing.until_resolved(conn, faster, by.at, resolve_by) if taken else timing.until_answered(conn, faster, by.at)
    )
    return change(
        conn, number, "urgent", by, note, **{**timed, "urgent": True, "complex": False, "resolve_by": resolve_by}
    )
