"""Activities from the draft to the day: what is planned, where it was announced, what became of it.

A draft has its number from the start, so that whoever reads the preview and whoever signs up use the same one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, UTCDateTime, insert_new, metadata
from bot.domain import people
from bot.domain.people import Chat
from bot.errors import Refusal

DRAFT, PUBLISHED, POSTPONED, CANCELLED, DROPPED = "draft", "published", "postponed", "cancelled", "dropped"
FIRST_NUMBER = 201
"""Greater than any place in a menu, so that nobody takes the one number for the other."""
USUAL_LENGTH = timedelta(hours=2)
"""How long an activity is taken to last where nobody said when it ends."""

activity = sa.Table(
    "activity",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the number that people use
    sa.Column("title", sa.String(64), nullable=False),
    sa.Column("start", UTCDateTime, index=True),  # a draft may lack it
    sa.Column("end", UTCDateTime),
    sa.Column("place", sa.String(64), nullable=False),
    sa.Column("capacity", sa.Integer),  # None: without limit
    sa.Column("deadline", UTCDateTime),  # last moment to sign up
    sa.Column("audience", sa.String(64), nullable=False),
    sa.Column("required", sa.Boolean, nullable=False),  # 必选
    sa.Column("points", sa.Integer),  # None: by the rule
    sa.Column("contact", sa.String(64), nullable=False),
    sa.Column("series", sa.String(32), nullable=False),  # 特色品牌
    sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), index=True),
    sa.Column("drafter_id", Id, sa.ForeignKey("person.id")),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("published_at", UTCDateTime),
    sa.Column("note", sa.String(256), nullable=False),  # what to bring or wear; of one called off, why
    sa.Column("organiser", sa.String(64), nullable=False, server_default=""),  # 主办单位、社团
)

announcement = sa.Table(  # the chats that know of an activity, and when it was last spoken of there
    "announcement",
    metadata,
    sa.Column("activity_id", Id, sa.ForeignKey("activity.id"), primary_key=True),
    sa.Column("chat_id", Id, sa.ForeignKey("chat.id"), primary_key=True),
    sa.Column("touched_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity as it stands."""

    id: int
    title: str
    start: datetime | None
    end: datetime | None
    place: str
    capacity: int | None
    deadline: datetime | None
    audience: str
    required: bool
    points: int | None
    contact: str
    series: str
    organiser: str
    organisation_id: int | None
    drafter_id: int | None
    state: str
    note: str

    @property
    def begins(self) -> datetime:
        """When it begins; only for activities that have been published, which all have a start."""
        assert self.start is not None
        return self.start

    @property
    def ends(self) -> datetime:
        """When it ends, or is taken to end."""
        return self.end or self.begins + USUAL_LENGTH


COLUMNS = [activity.c[name] for name in Activity.__slots__]
_NUMBERED = sa.select(*COLUMNS).where(activity.c.id == sa.bindparam("number"))
_LOCKED = _NUMBERED.with_for_update()
_KNOWN_TO = (
    sa.select(announcement.c.chat_id)
    .where(announcement.c.activity_id == sa.bindparam("number"))
    .order_by(announcement.c.chat_id)
)
_BLANK: Mapping[str, Any] = {
    "place": "",
    "audience": "",
    "required": False,
    "contact": "",
    "series": "",
    "organiser": "",
    "note": "",
}


def draft(
    conn: Connection, now: datetime, *, title: str, drafter_id: int | None, organisation_id: int | None, **details: Any
) -> Activity:
    """A new activity that is not public yet. `details`: the other columns, such as start, place, capacity."""
    number = max(conn.scalar(sa.select(sa.func.max(activity.c.id))) or 0, FIRST_NUMBER - 1) + 1
    row = {
        **_BLANK,
        **details,
        "id": number,
        "title": title,
        "drafter_id": drafter_id,
        "organisation_id": organisation_id,
        "state": DRAFT,
        "created_at": now,
    }
    conn.execute(sa.insert(activity).values(**row))
    return get(conn, number)


def edit(conn: Connection, activity_id: int, **values: Any) -> Activity:
    """Change columns of an activity; returns it as it then stands."""
    conn.execute(sa.update(activity).where(activity.c.id == activity_id).values(**values))
    return get(conn, activity_id)


def publish(conn: Connection, activity_id: int, now: datetime, chats: Sequence[Chat]) -> Activity:
    """Make a draft public in chats. Raises Refusal for one that lacks its time, is past or no draft any more."""
    known = get(conn, activity_id)
    if known.state != DRAFT:
        raise Refusal(f"活动{known.id}号「{known.title}」已经不是草稿了，不用再确认。")
    if known.start is None or not known.title:
        raise Refusal("还缺活动名称或时间，请补上再确认，比如「时间改成10月22日14:00到16:00」。")
    if known.start <= now:
        raise Refusal(f"活动{known.id}号的开始时间已经过去，没有发布。请改一下时间。")
    for chat in chats:
        touch(conn, activity_id, chat.id, now)
    return edit(conn, activity_id, state=PUBLISHED, published_at=now)


def drop(conn: Connection, activity_id: int) -> None:
    """Give a draft up."""
    edit(conn, activity_id, state=DROPPED)


def cancel(conn: Connection, activity_id: int, now: datetime, reason: str = "") -> Activity:
    """Call a published activity off. Raises Refusal when it is over or called off already."""
    _must_lie_ahead(conn, activity_id, now)
    return edit(conn, activity_id, state=CANCELLED, note=reason[:256])


def postpone(conn: Connection, activity_id: int, now: datetime) -> Activity:
    """Put a published activity off to a day that is not known yet: those signed up keep their places."""
    _must_lie_ahead(conn, activity_id, now)
    return edit(conn, activity_id, state=POSTPONED)


def change(conn: Connection, activity_id: int, now: datetime, **values: Any) -> Activity:
    """Change what was published: time, place, seats …. Raises Refusal when it is over or the time is past.

    One that was put off without a day is on again with its new time; a deadline that the new time has left behind
    moves with it.
    """
    known = _must_lie_ahead(conn, activity_id, now)
    if start := values.get("start"):
        if start <= now:
            raise Refusal("新的时间已经过去，没有改期。请写一个以后的时间。")
        values["state"] = PUBLISHED
        if known.deadline and known.start and "deadline" not in values:
            values["deadline"] = known.deadline + (start - known.start)
    if values.get("end") and values["end"] <= (start or known.begins):
        raise Refusal("结束时间不晚于开始时间，没有改。请核对后再发。")
    return edit(conn, activity_id, **values)


def _must_lie_ahead(conn: Connection, activity_id: int, now: datetime) -> Activity:
    known = get(conn, activity_id)
    if known.state == CANCELLED:
        raise Refusal(f"活动{known.id}号「{known.title}」已经取消了。")
    if known.state == POSTPONED:
        return known
    if known.state != PUBLISHED or known.ends <= now:
        raise Refusal(f"活动{known.id}号「{known.title}」已经结束或没有发布，不能再改。")
    return known


def get(conn: Connection, activity_id: int, *, lock: bool = False) -> Activity:
    """The activity of that number; `lock` keeps others from changing it meanwhile. Raises Refusal."""
    found = find(conn, activity_id, lock=lock)
    if found is None:
        raise Refusal(f"没有找到活动{activity_id}号，请核对编号。")
    return found


def find(conn: Connection, activity_id: int, *, lock: bool = False) -> Activity | None:
    """The activity of that number, if there is one."""
    if not 0 < activity_id < 2**31:
        return None
    row = conn.execute(_LOCKED if lock else _NUMBERED, {"number": activity_id}).first()
    return Activity(*row) if row else None


def touch(conn: Connection, activity_id: int, chat_id: int, now: datetime) -> None:
    """An activity was announced or spoken of in a chat: there it is what people mean now."""
    row = {"activity_id": activity_id, "chat_id": chat_id, "touched_at": now}
    if not insert_new(conn, announcement, [row], unique=("activity_id", "chat_id")):
        here = sa.and_(announcement.c.activity_id == activity_id, announcement.c.chat_id == chat_id)
        conn.execute(sa.update(announcement).where(here).values(touched_at=now))


def announced_in(conn: Connection, activity_id: int) -> list[Chat]:
    """The groups that know of an activity."""
    chats = [people.get_chat(conn, chat_id) for chat_id in conn.scalars(_KNOWN_TO, {"number": activity_id})]
    return [chat for chat in chats if not chat.private]
