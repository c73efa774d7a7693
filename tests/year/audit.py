"""The books after a simulated year: nothing missed, nothing doubled, nothing lost. Each check returns what is wrong."""

from collections import Counter
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import outbox
from bot.domain import points
from bot.domain.activities import attendance, plan, sign_ups
from scheduler.clock import job_run


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


def reminders_are_complete(conn: Connection) -> list[str]:
    """Each activity with a seat taken was reminded of the day before and the hour before, in runs that were done."""
    done = conn.execute(
        sa.select(job_run.c.job, job_run.c.state, sa.func.count()).group_by(job_run.c.job, job_run.c.state)
    )
    bad = [f"{row.job}: {row[2]} {row.state}" for row in done if row.state != "done"]
    seated = sa.select(sign_ups.sign_up.c.activity_id).where(sign_ups.sign_up.c.state == sign_ups.SEATED).distinct()
    titles = conn.scalars(sa.select(plan.activity.c.title).where(plan.activity.c.id.in_(seated)))
    texts = list(conn.scalars(sa.select(outbox.outbox.c.text).where(outbox.outbox.c.text.like("【提醒】%"))))
    early = "\n".join(text for text in texts if "明天" in text[:8])
    late = "\n".join(text for text in texts if "明天" not in text[:8])
    return bad + [f"not reminded: {title}" for title in titles if title not in early or title not in late]


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


def menus_reached(months: int, groups: int) -> Callable[[Connection], list[str]]:
    """Every group with activities ahead got the menu of each month once."""

    def check(conn: Connection) -> list[str]:
        query = sa.select(sa.func.count()).where(outbox.outbox.c.key.like("menu:%"))
        pushed = conn.scalar(query) or 0
        return [] if pushed == months * groups else [f"{pushed} menus pushed, not {months * groups}"]

    return check
