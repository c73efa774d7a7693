"""Who has signed up for what: the rows, and how they are read."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, few_sizes, metadata, some_of
from bot.domain.activities import plan
from bot.domain.activities.plan import Activity, activity

SEATED, WAITING, CANCELLED, LEAVE = "seated", "waiting", "cancelled", "leave"
HELD = (SEATED, WAITING)

sign_up = sa.Table(
    "sign_up",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the order of the waiting list
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), nullable=False, index=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), index=True),  # None: only a name is known
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("people", sa.Integer, nullable=False),  # the person with companions
    sa.Column("state", sa.String(16), nullable=False),  # seated, waiting, cancelled, leave (请假 without a sign-up)
    sa.Column("by_id", Id, sa.ForeignKey("person.id"), nullable=False, index=True),  # who said it
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("cancelled_at", UTCDateTime),
    sa.Column("reason", sa.String(256), nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.true()),  # False: another's word only
)


@dataclass(frozen=True, slots=True)
class SignUp:
    """One entry in the list of an activity."""

    id: int
    activity_id: int
    person_id: int | None
    name: str
    people: int
    state: str
    by_id: int
    chat_id: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who wants to come: a person, or only a name that somebody else gave; said by whom, where and when."""

    person_id: int | None
    name: str
    by_id: int
    chat_id: int
    at: datetime
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Seats:
    """Heads, not entries."""

    taken: int
    waiting: int
    capacity: int | None

    @property
    def free(self) -> int | None:
        """Seats left; None without a limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def fits(self, people: int) -> bool:
        """Whether so many people can still be seated."""
        return self.free is None or people <= self.free


COLUMNS = [sign_up.c[name] for name in SignUp.__slots__]
_HERE = sign_up.c.activity_id == sa.bindparam("activity")
_HOLDS = sign_up.c.state.in_(HELD)
_ENTRY = sa.select(*COLUMNS).where(sign_up.c.id == sa.bindparam("entry"))
_LISTED = sa.select(*COLUMNS).where(_HERE, sign_up.c.state.in_(some_of("states"))).order_by(sign_up.c.id)
_OWN = sa.select(*COLUMNS).where(_HERE, _HOLDS, sign_up.c.person_id == sa.bindparam("person"))
_NAMED = sa.select(*COLUMNS).where(_HERE, _HOLDS, sign_up.c.name == sa.bindparam("name")).order_by(sign_up.c.id)
_NAMED_IN = sa.select(*COLUMNS).where(
    sign_up.c.activity_id.in_(some_of("activities")), _HOLDS, sign_up.c.name == sa.bindparam("name")
)
_SEATS = (
    sa.select(activity.c.capacity, sign_up.c.state, sa.func.sum(sign_up.c.people))
    .outerjoin_from(activity, sign_up, sa.and_(sign_up.c.activity_id == activity.c.id, _HOLDS))
    .where(activity.c.id == sa.bindparam("activity"))
    .group_by(activity.c.capacity, sign_up.c.state)
)
_LATEST_OF = (
    sa.select(*plan.COLUMNS)
    .join_from(sign_up, activity, activity.c.id == sign_up.c.activity_id)
    .where(sign_up.c.person_id == sa.bindparam("person"), sign_up.c.chat_id == sa.bindparam("chat"), _HOLDS)
    .where(sign_up.c.by_id == sa.bindparam("person"), sign_up.c.at >= sa.bindparam("since", type_=UTCDateTime))
    .where(activity.c.state == sa.literal(plan.PUBLISHED))
    .order_by(sign_up.c.id.desc())
    .limit(1)
)
_LATEST = timedelta(days=3)
"""No activity is longer."""
_MINE = (
    sa.select(*plan.COLUMNS, *COLUMNS)
    .join_from(sign_up, activity, activity.c.id == sign_up.c.activity_id)
    .where(sa.or_(sign_up.c.person_id == sa.bindparam("person"), sign_up.c.by_id == sa.bindparam("person")), _HOLDS)
    .where(activity.c.state == sa.literal(plan.PUBLISHED), activity.c.start > sa.bindparam("after", type_=UTCDateTime))
    .order_by(activity.c.start, activity.c.id, sign_up.c.id)
)


def seats(conn: Connection, activity_id: int) -> Seats:
    """How full an activity is."""
    rows = conn.execute(_SEATS, {"activity": activity_id}).all()
    heads = {state: int(total or 0) for _, state, total in rows}
    return Seats(heads.get(SEATED, 0), heads.get(WAITING, 0), rows[0].capacity if rows else None)


def find(conn: Connection, activity_id: int, person_id: int | None, name: str = "") -> SignUp | None:
    """What somebody holds in an activity; without a person, what stands under that name."""
    if person_id:
        row = conn.execute(_OWN, {"activity": activity_id, "person": person_id}).first()
        return SignUp(*row) if row else None
    named = (SignUp(*row) for row in conn.execute(_NAMED, {"activity": activity_id, "name": name}))
    return next((one for one in named if one.person_id is None), None)


def named_in(conn: Connection, activity_id: int, name: str) -> SignUp | None:
    """What stands under a name in the list of an activity; None where several bear it."""
    found = conn.execute(_NAMED, {"activity": activity_id, "name": name}).all()
    return SignUp(*found[0]) if len(found) == 1 else None


def named_in_any(conn: Connection, activity_ids: Collection[int], name: str, chat_id: int) -> dict[int, SignUp]:
    """What stands under a name in the list of each of some activities, of no person and put down in that chat.

    Nothing where several in the same list bear the name.
    """
    if not activity_ids:
        return {}
    rows = [SignUp(*row) for row in conn.execute(_NAMED_IN, {"activities": few_sizes([*activity_ids]), "name": name})]
    times = Counter(one.activity_id for one in rows)
    listed = (one for one in rows if times[one.activity_id] == 1 and one.person_id is None and one.chat_id == chat_id)
    return {one.activity_id: one for one in listed}


def get(conn: Connection, sign_up_id: int) -> SignUp:
    """The entry with that id."""
    return SignUp(*conn.execute(_ENTRY, {"entry": sign_up_id}).one())


def latest_of(conn: Connection, person_id: int, chat_id: int, since: datetime) -> Activity | None:
    """What somebody signed up for last in a chat, themselves, not before a moment, and still holds."""
    row = conn.execute(_LATEST_OF, {"person": person_id, "chat": chat_id, "since": since}).first()
    return Activity(*row) if row else None


def entries(conn: Connection, activity_id: int, *states: str) -> list[SignUp]:
    """The list of an activity in these states (by default seated and waiting), in the order of signing up."""
    wanted = {"activity": activity_id, "states": list(states or HELD)}
    return [SignUp(*row) for row in conn.execute(_LISTED, wanted)]


def of_person(conn: Connection, person_id: int, since: datetime) -> list[tuple[Activity, SignUp]]:
    """What somebody has signed up for, or signed others up for, that is not over by `since`; by time."""
    rows = conn.execute(_MINE, {"person": person_id, "after": since - _LATEST})
    split = len(plan.COLUMNS)
    pairs = [(Activity(*row[:split]), SignUp(*row[split:])) for row in rows]
    return [(what, one) for what, one in pairs if what.ends > since]


def of_put_off(conn: Connection, person_id: int) -> list[tuple[Activity, SignUp]]:
    """What somebody holds in activities that wait for a new day."""
    mine = sa.or_(sign_up.c.person_id == person_id, sign_up.c.by_id == person_id)
    query = (
        sa.select(*plan.COLUMNS, *COLUMNS)
        .join_from(sign_up, activity, activity.c.id == sign_up.c.activity_id)
        .where(mine, _HOLDS, activity.c.state == plan.POSTPONED)
        .order_by(activity.c.id, sign_up.c.id)
    )
    split = len(plan.COLUMNS)
    return [(Activity(*row[:split]), SignUp(*row[split:])) for row in conn.execute(query)]


def place_in_line(conn: Connection, held: SignUp) -> int:
    """Which place in the waiting list an entry has, from 1."""
    return [one.id for one in entries(conn, held.activity_id, WAITING)].index(held.id) + 1
