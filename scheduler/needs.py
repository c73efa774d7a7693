"""诉求: what the clock does for needs: dispatch, remind, raise a level, ask for a rating, close.

What falls due for one person at one moment is told in one message, however many needs it is about: after a
downtime, and at the end of office hours, when the needs of a whole day share their deadline.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import needs
from bot.domain.broadcasts import release_at
from bot.domain.needs import OPEN, TAKEN, By, Need
from bot.notices.needs import channel_of, desk, dispatch, line, resolve_by, respond_by
from bot.outbox import outbox
from bot.voice import Voice
from scheduler.job import Due, Job

WAIT_FOR_CONTACT = timedelta(minutes=30)
SHOWN = 10
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def without_contact(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Needs whose reporter did not leave a phone number in time: dispatched without it, never lost."""
    for need in needs.waiting_for_contact(conn, after - WAIT_FOR_CONTACT, until - WAIT_FOR_CONTACT):
        yield Due(need.reported_at + WAIT_FOR_CONTACT, str(need.id))


def dispatch_without_contact(conn: Connection, voice: Voice, due: Due) -> None:
    """Dispatch a need that still waits for a phone number."""
    need = needs.get(conn, int(due.scope))
    if need.state == "reported":
        dispatch(conn, voice, need, By(None, due.at))


def unanswered(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
    """Needs that nobody accepted in time."""
    for need in needs.unanswered(conn, after, until):
        assert need.respond_by is not None
        yield Due(need.respond_by, str(need.id))


def remind_desk(conn: Connection, voice: Voice, due: Due) -> None:
    """Remind the service group's chat, once."""
    need = needs.get(conn, int(due.scope))
    chat = desk(conn, need)
    if need.state not in ("dispatched", "returned") or chat is None:
        return

    def waits_here(other: Need) -> bool:
        return other.state in ("dispatched", "returned") and desk(conn, other) == chat

    late = [other for other in needs.unanswered(conn, _EVER, voice.now) if waits_here(other)]
    fresh = [other for other in late if other.respond_by and other.respond_by >= due.at]
    if len(fresh) <= 1:
        text = f"诉求{need.id}号已到响应时限，还没有人接单，请尽快回复「接单 {need.id}」。"
    else:
        text = f"{_listed(fresh, '件诉求已到响应时限，还没有人接单：')}\n请尽快回复「接单」加编号。"
    voice.to_chat(chat, text, key=f"needs.unanswered:{chat.id}:{voice.now.isoformat()}")


# remind_at, step_at, feedback_at: one moment of each kind a need, set by whatever happened last


def waiting(what: str) -> Callable[[Connection, datetime, datetime], Iterable[Due]]:
    """Needs that have a moment of a kind in a span."""

    def find(conn: Connection, after: datetime, until: datetime) -> Iterable[Due]:
        for need in needs.due(conn, what, after, until):
            at = getattr(need, what)
            yield Due(at, str(need.id))

    return find


def remind(conn: Connection, voice: Voice, due: Due) -> None:
    """Before the end of a time: whose turn it is, privately; the reporter to rate, once."""
    need = needs.get(conn, int(due.scope))
    if need.remind_at != due.at:
        return
    if need.state == "resolved":
        text = f"您报的诉求{need.id}号已办结，还没有评价，请回复「{need.id}号满意」、「一般」或「不满意」。"
        voice.to_person(need.reporter_id, text, channel=channel_of(conn, need), due_at=_polite(voice, need))
    else:
        for person_id in _whose_turn(conn, need):
            _tell(conn, voice, person_id, need, "remind_at", _turn(need), "件诉求快到时限：", _whose_turn)
    needs.remind(conn, need.id, By(None, voice.now))


def _whose_turn(conn: Connection, need: Need) -> list[int]:
    taken = need.state in TAKEN and need.handler_id
    person_id = need.handler_id if taken else needs.officers.on_duty(conn, need)
    return [person_id] if person_id else []


def _turn(need: Need) -> str:
    if need.state in TAKEN:
        return (
            f"诉求{need.id}号的办理时限是{resolve_by(need)}。办好请回复「{need.id}号办结」；"
            f"来不及请回复「{need.id}号延期到」加日期和原因。"
        )
    return f"诉求{need.id}号还没有人接单，请在{respond_by(need)}前响应，回复「接单 {need.id}」。"


def take_step(conn: Connection, voice: Voice, due: Due) -> None:
    """The end of a time: up a level, told privately to the next office and to the handler; unrated, closed."""
    need = needs.get(conn, int(due.scope))
    if need.step_at != due.at:
        return
    clock = By(None, voice.now)
    if need.state == "resolved":
        needs.close_unrated(conn, need.id, clock)
        return
    level = needs.LEVELS[min(need.level + 1, needs.TOP)]
    late = "已到办理时限仍未办结" if need.handler_id else "超过响应时限仍没有人接单"
    text = f"诉求{need.id}号（{need.category}）{late}，已上报{level}跟进。"
    for person_id in _above(conn, need):
        _tell(conn, voice, person_id, need, "step_at", text, "件诉求超过时限，已上报跟进：", _above)
    for person_id in _waits(conn, need):
        yours = f"您报的诉求{need.id}号{late}，已上报{level}跟进，有进展马上告诉您。"
        _tell(conn, voice, person_id, need, "step_at", yours, "件您报的诉求超过时限，已上报跟进：", _waits)
    needs.escalate(conn, need.id, clock, late)


def _above(conn: Connection, need: Need) -> list[int]:
    """Who is told when a need rises: those who answer for the next level, and who handles it."""
    told = [*needs.officers.next_up(conn, need), need.handler_id]
    return [person_id for person_id in dict.fromkeys(told) if person_id]


def _waits(_conn: Connection, need: Need) -> list[int]:
    """The reporter, when it rises for the first time: who waits shall not think that it is forgotten."""
    return [need.reporter_id] if need.level == 0 else []


def ask_for_word(conn: Connection, voice: Voice, due: Due) -> None:
    """A complex need takes long: the handler is asked for word on the way, which the reporter gets."""
    need = needs.get(conn, int(due.scope))
    if need.feedback_at != due.at:
        return
    again = None
    if need.state in TAKEN and need.handler_id:
        text = f"诉求{need.id}号是疑难件，请回复「{need.id}号进展：…」，让报事人知道办到哪了。"
        _tell(conn, voice, need.handler_id, need, "feedback_at", text, "件疑难诉求该向报事人反馈进展了：", _handler)
        again = needs.next_word(conn, need, voice.now)
    needs.remind(conn, need.id, By(None, voice.now), "feedback_at", again)


def _handler(_conn: Connection, need: Need) -> list[int]:
    return [need.handler_id] if need.handler_id else []


Whom = Callable[[Connection, Need], list[int]]


def _tell(
    conn: Connection, voice: Voice, person_id: int, need: Need, what: str, text: str, several: str, whom: Whom
) -> None:
    """One message a person, moment and kind: about this need, or the list of all that are due for them now."""
    key = f"needs.{what}:{person_id}:{voice.now.isoformat()}"
    if conn.scalar(sa.select(outbox.c.id).where(outbox.c.key == key)):
        return
    found = [
        one for one in needs.due(conn, what, _EVER, voice.now) if one.state in OPEN and person_id in whom(conn, one)
    ]
    if len(found) > 1:
        text = f"{_listed(found, several)}\n发「{'我的诉求' if whom is _waits else '待办'}」可以看全部。"
    voice.to_person(person_id, text, channel=channel_of(conn, need), key=key, due_at=_polite(voice, need))


def _listed(found: list[Need], head: str) -> str:
    return "\n".join((f"有{len(found)}{head}", *(line(need) for need in found[:SHOWN])))


def _polite(voice: Voice, need: Need) -> datetime | None:
    """Nobody is woken for what is not urgent."""
    return None if need.urgent else release_at(voice.now)


DAYS = timedelta(days=30)
JOBS = (
    Job("needs.dispatch", without_contact, dispatch_without_contact, DAYS),
    Job("needs.remind", waiting("remind_at"), remind, timedelta(days=1)),
    Job("needs.unanswered", unanswered, remind_desk, timedelta(days=1)),
    Job("needs.unresolved", waiting("step_at"), take_step, DAYS),
    Job("needs.feedback", waiting("feedback_at"), ask_for_word, DAYS),
)
