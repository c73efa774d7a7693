"""The books after a simulated year: nothing missed, nothing doubled, nothing lost. Each check returns what is wrong."""

from collections import Counter
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import outbox
from bot.domain import people, points
from bot.domain.activities import attendance, plan, sign_ups
from scheduler.runs import job_run


def attendance_is_complete(conn: Connection) -> list[str]:
    """Whoever checked in stands in the books once, with points for it, and nobody else has such points."""
    came = conn.execute(sa.select(attendance.check_in_row.c.activity_id, attendance.check_in_row.c.person_id)).all()
    keys = set(conn.scalars(sa.select(points.movement.c.key).where(points.movement.c.key.like("check_in:%"))))
    there = {f"check_in:{row.activity_id}:{row.person_id}" for row in came}
    return [f"without points: {key}" for key in there - keys] + [f"points for nobody: {key}" for key in keys - there]


def points_balance(conn: Connection) -> list[str]:
    """What was issued is what people hold and what was exchanged; nobody owes points."""
    held: Counter[str] = Counter()
    for row in conn.execute(sa.select(points.movement.c.source, points.movement.c.target, points.movement.c.amount)):
        held[row.source] -= row.amount
        held[row.target] += row.amount
    below = [f"{account}: {total}" for account, total in held.items() if account.startswith("person:") and total < 0]
    return below + ([f"sum: {sum(held.values())}"] if sum(held.values()) else [])


def runs_are_done(conn: Connection) -> list[str]:
    """No run of a job was skipped, put off or given up."""
    done = conn.execute(
        sa.select(job_run.c.job, job_run.c.state, sa.func.count()).group_by(job_run.c.job, job_run.c.state)
    )
    return [f"{row.job}: {row[2]} {row.state}" for row in done if row.state != "done"]


def everybody_is_reminded(conn: Connection) -> list[str]:
    """Whoever holds a seat was reminded of the day before and the hour before, in private."""
    told = _told(conn, "【提醒】%")
    early = {chat: "".join(text for text in texts if "明天" in text[:8]) for chat, texts in told.items()}
    late = {chat: "".join(text for text in texts if "明天" not in text[:8]) for chat, texts in told.items()}
    entry = sign_ups.sign_up
    query = _named(entry.c.activity_id, entry.c.person_id).where(entry.c.state == sign_ups.SEATED)
    return [
        f"not reminded: {chat} of {title}"
        for chat, title in conn.execute(query)
        if title not in early.get(f"p:{chat}", "") or title not in late.get(f"p:{chat}", "")
    ]


def everybody_is_thanked(conn: Connection) -> list[str]:
    """Whoever came was thanked, in private."""
    thanks = {chat: "".join(texts) for chat, texts in _told(conn, "感谢参加%").items()}
    came = attendance.check_in_row
    query = _named(came.c.activity_id, came.c.person_id)
    return [
        f"no thanks: {chat} {title}" for chat, title in conn.execute(query) if title not in thanks.get(f"p:{chat}", "")
    ]


def _told(conn: Connection, pattern: str) -> dict[str, list[str]]:
    """What was sent to each chat with such a text."""
    told: dict[str, list[str]] = {}
    query = sa.select(outbox.outbox.c.chat, outbox.outbox.c.text).where(outbox.outbox.c.text.like(pattern))
    for chat, text in conn.execute(query):
        told.setdefault(chat, []).append(text)
    return told


def _named(activity_id: sa.Column[int], person_id: sa.Column[int]) -> sa.Select[str, str]:
    """How the channel calls a person, and what an activity is called."""
    who = people.identity.c.person_id == person_id
    return sa.select(people.identity.c.external_id, plan.activity.c.title).where(who, plan.activity.c.id == activity_id)


def nothing_is_said_twice(conn: Connection) -> list[str]:
    """No reminder, menu or settlement reached a conversation twice, and all that was to be sent was sent."""
    table = outbox.outbox
    pushes = sa.or_(
        *(table.c.text.like(f"{head}%") for head in ("【提醒】", "【%活动菜单】", "【%活动结算】", "感谢参加"))
    )
    query = sa.select(table.c.chat, table.c.text, sa.func.count()).where(pushes).group_by(table.c.chat, table.c.text)
    doubled = [f"{row.chat} {row.text[:40]}" for row in conn.execute(query.having(sa.func.count() > 1))]
    states = conn.execute(sa.select(table.c.state, sa.func.count()).group_by(table.c.state))
    return doubled + [f"{row[1]} messages {row.state}" for row in states if row.state != "sent"]


def pushed(key: str, times: int) -> Callable[[Connection], list[str]]:
    """So many messages of a kind, by their key, were sent: the menu of each month to every group, …."""

    def check(conn: Connection) -> list[str]:
        there = conn.scalar(sa.select(sa.func.count()).where(outbox.outbox.c.key.like(f"{key}:%"))) or 0
        return [] if there == times else [f"{there} of {key} pushed, not {times}"]

    return check
