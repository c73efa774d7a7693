"""Who came: checking in while an activity is under way, once each, with the points it earns."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people, points
from bot.domain.activities import sign_ups
from bot.domain.activities.plan import CANCELLED, PUBLISHED, Activity, activity
from bot.domain.activities.sign_ups import SignUp, sign_up

OPENS_BEFORE = timedelta(hours=1)
CLOSES_AFTER = timedelta(hours=1)

check_in_row = sa.Table(
    "check_in",
    metadata,
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True, index=True),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("walk_in", sa.Boolean, nullable=False),  # came without having signed up
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("via", sa.String(16), nullable=False, server_default="words"),
)

WORDS, CODE, PAGE, LIST, APPROVED = "words", "code", "page", "list", "approved"
"""How a presence was shown: said in a chat, by the spoken code, on the page, in a 接龙, vouched for."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Somebody's presence; `again` when it was recorded before, `points` what it earned now."""

    at: datetime
    walk_in: bool
    points: int
    again: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of a period: activities that began in it, and what belongs to them. `people` counts heads."""

    activities: int
    cancelled: int
    sign_ups: int
    people: int
    check_ins: int
    walk_ins: int


def opens(what: Activity) -> datetime:
    """From when on one can check in."""
    return what.begins - OPENS_BEFORE


def closes(what: Activity) -> datetime:
    """Until when one can check in."""
    return what.ends + CLOSES_AFTER


def is_open(what: Activity, now: datetime) -> bool:
    """Whether one can check in now."""
    return what.state == PUBLISHED and opens(what) <= now <= closes(what)


def check_in(conn: Connection, what: Activity, person_id: int, chat_id: int, at: datetime, via: str = WORDS) -> CheckIn:
    """Record somebody's presence at `at`, once, with its points; the caller has seen to it that it is open."""
    walk_in = _entry(conn, what.id, person_id) is None
    row = {"activity_id": what.id, "person_id": person_id, "at": at, "walk_in": walk_in, "chat_id": chat_id, "via": via}
    if not insert_new(conn, check_in_row, [row], unique=("activity_id", "person_id")):
        table = check_in_row
        mine = sa.and_(table.c.activity_id == what.id, table.c.person_id == person_id)
        before = conn.execute(sa.select(table.c.at, table.c.walk_in).where(mine)).one()
        return CheckIn(before.at, before.walk_in, 0, again=True)
    earned = points.rule(conn, "check_in", at) if what.points is None else what.points
    points.grant(conn, person_id, earned, key=point_key(what.id, person_id), note=f"参加{what.title}", at=at)
    return CheckIn(at, walk_in, earned, again=False)


def _entry(conn: Connection, activity_id: int, person_id: int) -> SignUp | None:
    """What somebody who is there holds; an entry that was a mere name, theirs, is theirs from now on."""
    if held := sign_ups.find(conn, activity_id, person_id):
        return held
    name = people.get_person(conn, person_id).name
    listed = sign_ups.named_in(conn, activity_id, name) if name else None
    if listed is None or listed.person_id is not None:
        return None
    sign_ups.identify(conn, listed.id, person_id)
    return listed


def point_key(activity_id: int, person_id: int) -> str:
    """Under which key a presence stands in the ledger."""
    return f"check_in:{activity_id}:{person_id}"


def present(conn: Connection, activity_id: int) -> list[tuple[int, datetime, bool]]:
    """Who came, in order: person, when, whether without a sign-up."""
    table = check_in_row
    query = sa.select(table.c.person_id, table.c.at, table.c.walk_in).where(table.c.activity_id == activity_id)
    return [(row.person_id, row.at, row.walk_in) for row in conn.execute(query.order_by(table.c.at))]


def counts(conn: Connection, first: datetime, after: datetime, organisation_ids: set[int] | None = None) -> Counts:
    """Figures of the activities that begin from `first` on and before `after`, of all or some organisations."""
    inside = [activity.c.start >= first, activity.c.start < after, activity.c.state.in_((PUBLISHED, CANCELLED))]
    if organisation_ids is not None:
        inside.append(activity.c.organisation_id.in_(organisation_ids))
    by_state = sa.select(activity.c.state, sa.func.count()).where(*inside).group_by(activity.c.state)
    states = {state: int(count) for state, count in conn.execute(by_state)}
    held = sa.select(activity.c.id).where(*inside, activity.c.state == PUBLISHED)
    entries = conn.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sign_up.c.people), 0)).where(
            sign_up.c.activity_id.in_(held), sign_up.c.state == sign_ups.SEATED
        )
    ).one()
    by_kind = sa.select(check_in_row.c.walk_in, sa.func.count()).where(check_in_row.c.activity_id.in_(held))
    came = {bool(kind): int(count) for kind, count in conn.execute(by_kind.group_by(check_in_row.c.walk_in))}
    return Counts(
        activities=states.get(PUBLISHED, 0),
        cancelled=states.get(CANCELLED, 0),
        sign_ups=int(entries[0]),
        people=int(entries[1]),
        check_ins=sum(came.values()),
        walk_ins=came.get(True, 0),
    )
