"""Several for one need: organisations that claim parts, groups that help, further reporters, two numbers made one."""

from sqlalchemy.engine import Connection

from bot.domain.needs import history, timing
from bot.domain.needs import transitions as table
from bot.domain.needs.changes import NO_CLOCK, change
from bot.domain.needs.lookup import get
from bot.domain.needs.tables import By, Need
from bot.domain.needs.terms import make_urgent
from bot.domain.people import STAFF
from bot.errors import Refusal


def claim(conn: Connection, number: int, by: By, unit: str, what: str) -> Need:
    """An organisation takes a part; the lead stays who it is."""
    if by.actor_id and any(part.person_id == by.actor_id and part.what == what for part in history.parts(conn, number)):
        raise Refusal(f"您已经认领了诉求{number}号的「{what}」，办好后请回复「{number}号我们那部分办好了」。")
    return change(conn, number, "claimed", by, what, unit=unit, what=what)


def ask_help(conn: Connection, number: int, by: By, unit: str) -> Need:
    """Another service group is asked to help (协办); the lead stays who it is."""
    return change(conn, number, "co_asked", by, unit, unit=unit)


def merge(conn: Connection, number: int, into: int, by: By) -> Need:
    """The same matter under two numbers: one goes on, and all reporters belong to it."""
    target = get(conn, into)
    if number == into:
        raise Refusal("要合并的是两个不同的编号，如「合并 105 到 101」。")
    if target.state not in table.OPEN:
        raise Refusal(
            f"诉求{into}号{table.STATES[target.state]}，不能再并入别的；可以反过来「合并 {into} 到 {number}」。"
        )
    merged = change(conn, number, "merged", by, f"并入{into}号", merged_into_id=into, **NO_CLOCK)
    if merged.urgent and not target.urgent:
        make_urgent(conn, into, by, f"并入紧急的{number}号")
    return merged


def unmerge(conn: Connection, number: int, by: By) -> tuple[Need, Need]:
    """They are two matters after all, says whoever merged them, or the committee; it waits for a handler anew.

    Returns the need, to be dispatched, and the one that it had been merged into.
    """
    current = get(conn, number)
    if current.merged_into_id is None:
        raise Refusal(f"诉求{number}号没有并入别的诉求。")
    merger = [event.actor_id for event in history.events(conn, number) if event.kind == "merged"][-1]
    if by.actor_id != merger and by.role != STAFF:
        raise Refusal(f"诉求{number}号由合并的人或工作人员取消合并。")
    timed = timing.until_answered(conn, current, by.at)
    note = f"不再并入{current.merged_into_id}号"
    alone = change(conn, number, "unmerged", by, note, merged_into_id=None, handler_id=None, **timed)
    return alone, get(conn, current.merged_into_id)


def join(conn: Connection, number: int, by: By, chat_id: int, note: str) -> Need:
    """Another reporter of the same problem. Who reported or joined it already is told so."""
    current = get(conn, number)
    if any(one.person_id == by.actor_id for one in history.reporters(conn, current)):
        raise Refusal(
            f"您已经报过诉求{number}号了（{table.STATES[current.state]}），发「进度 {number}」可以看办到哪了。"
        )
    return change(conn, number, "joined", by, note, chat=chat_id)
