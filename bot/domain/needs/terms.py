"""How long a need may take, changed on the way: more time, the terms of a complex one, those of an urgent one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.domain.needs import deadlines, history, officers, timing
from bot.domain.needs import transitions as table
from bot.domain.needs.changes import change
from bot.domain.needs.lookup import get
from bot.domain.needs.tables import By, Need
from bot.domain.people import STAFF
from bot.errors import Refusal


def may_extend(conn: Connection, number: int, by: By, until: datetime) -> bool:
    """Whether it needs nobody's leave: the first time, and no longer than the need was given at first.

    Raises Refusal for a time that is none.
    """
    current = get(conn, number)
    if until <= by.at or (current.resolve_by and until <= current.resolve_by):
        raise Refusal(f"诉求{number}号的延期要晚于现在的时限，请再说一次到哪天。")
    times, spans = deadlines.extension()
    again = current.resolve_by or by.at
    for _ in range(spans):
        again = timing.limit(conn, current, "resolve", again)
    return by.role == STAFF or (current.extended < times and until <= again)


def ask_delay(conn: Connection, number: int, by: By, until: datetime, reason: str) -> list[int]:
    """More time than whoever handles it may take: the level above is asked. Returns whom to ask."""
    current = get(conn, number)
    asked = [one for one in officers.next_up(conn, current) if one != by.actor_id][:1]
    if not asked:
        raise Refusal(f"诉求{number}号这次延期要上一级同意，还没有定负责人，请找工作人员。")
    change(conn, number, "delay_asked", by, reason, until=until, asked=asked)
    return asked


def decide_delay(conn: Connection, number: int, by: By, *, granted: bool) -> history.Delay:
    """The level above, or the committee, says yes or no."""
    asked = history.pending_delay(conn, number)
    if asked is None:
        raise Refusal(f"诉求{number}号现在没有等同意的延期申请。")
    if by.role != STAFF and by.actor_id not in asked.asked:
        raise Refusal(f"只有诉求{number}号的上一级和工作人员可以决定延期。")
    if granted and asked.until > by.at:
        extend(conn, number, by, asked.until, asked.reason, granted=True)
    else:
        change(conn, number, "delay_refused", by)
    return asked


def extend(conn: Connection, number: int, by: By, until: datetime, reason: str, *, granted: bool = False) -> Need:
    """More time, with a reason; `granted`: the level above said yes."""
    if not granted and not may_extend(conn, number, by, until):
        raise Refusal(f"诉求{number}号这次延期要上一级同意。")
    current = get(conn, number)
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
