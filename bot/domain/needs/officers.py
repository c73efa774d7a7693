"""Who is told: the person on duty for a service group, and those who answer for the levels of a place."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.needs.history import events
from bot.domain.needs.tables import TOP, Need, need_officer
from bot.domain.people import SECRETARY, STAFF


def appoint(
    conn: Connection,
    person_id: int,
    *,
    category: str | None = None,
    level: int | None = None,
    organisation_id: int | None = None,
) -> None:
    """Put somebody on duty for a service group, or make them answer for a level of an organisation."""
    columns = {"category": category, "level": level, "organisation_id": organisation_id}
    same = [need_officer.c[name].is_not_distinct_from(value) for name, value in columns.items()]
    conn.execute(sa.delete(need_officer).where(*same))
    conn.execute(sa.insert(need_officer).values(person_id=person_id, **columns))


def find_person(conn: Connection, name: str) -> int | None:
    """The one registered person of that name; somebody with a role before others. None where two could be meant."""
    person, grant = people.person, people.role_grant
    query = sa.select(person.c.id, sa.func.count(grant.c.id)).outerjoin(grant, grant.c.person_id == person.c.id)
    rows = conn.execute(query.where(person.c.name == name).group_by(person.c.id)).all()
    held = [row.id for row in rows if row[1]] or [row.id for row in rows]
    return held[0] if len(held) == 1 else None


def roster(conn: Connection) -> list[sa.Row[tuple[int, str | None, int | None, int | None]]]:
    """Everybody who was appointed: person_id, category, level, organisation_id."""
    columns = (need_officer.c[name] for name in ("person_id", "category", "level", "organisation_id"))
    return list(conn.execute(sa.select(*columns).order_by(need_officer.c.level, need_officer.c.id)))


def groups_of(conn: Connection, person_id: int) -> list[str]:
    """The service groups that somebody belongs to: on duty for one, or seen in its chat."""
    chat, presence = people.chat, people.presence
    seen = sa.select(chat.c.service_group).join(presence, presence.c.chat_id == chat.c.id)
    seen = seen.where(presence.c.person_id == person_id, chat.c.service_group.is_not(None))
    duty = [row.category for row in roster(conn) if row.person_id == person_id and row.category]
    return sorted({*duty, *conn.scalars(seen)})


def on_duty(conn: Connection, about: Need) -> int | None:
    """The person on duty for the service group of a need, where one was named."""
    return on_duty_for(conn, about.category)


def on_duty_for(conn: Connection, category: str) -> int | None:
    """The person on duty for a service group, where one was named."""
    found = [row.person_id for row in roster(conn) if row.category == category]
    return found[-1] if found else None


def answerable(conn: Connection, about: Need) -> list[int]:
    """Whom to tell at the level that a need has risen to: somebody else at every level, at the top all who are left.

    Who was appointed comes before who holds a role: secretaries for 社区, staff above.
    """
    told = _told(conn, about)
    path = _path(conn, about)
    ranked = sorted(
        (path.index(row.organisation_id), row.person_id)
        for row in roster(conn)
        if row.level == about.level and row.organisation_id in path
    )
    appointed = [person_id for _, person_id in ranked]
    by_role = _secretaries(conn, path) if about.level <= 1 else []
    candidates = dict.fromkeys((*appointed, *by_role, *people.holders(conn, STAFF)))
    fresh = [one for one in candidates if one not in told and one not in (about.reporter_id, about.handler_id)]
    if about.level >= TOP:
        return fresh or list(candidates)
    return fresh[:1]


def next_up(conn: Connection, about: Need) -> list[int]:
    """Whom to tell when a need rises from where it is."""
    return answerable(conn, replace(about, level=min(about.level + 1, TOP)))


def _told(conn: Connection, about: Need) -> set[int]:
    rises = [event.data for event in events(conn, about.id) if event.kind == "escalated" and event.data]
    return {person_id for data in rises for person_id in data.get("told", ())}


def told_last(conn: Connection, number: int) -> list[int]:
    """Who was to be told when it rose last."""
    rises = [event.data for event in events(conn, number) if event.kind == "escalated" and event.data]
    return list(rises[-1].get("told", ())) if rises else []


def _path(conn: Connection, about: Need) -> list[int | None]:
    """The organisation of the chat where it was reported, what is above it, and (None) everywhere."""
    parents = {one.id: one.parent_id for one in people.organisations(conn)}
    path: list[int | None] = []
    at = people.get_chat(conn, about.chat_id).organisation_id
    while at is not None and at not in path:
        path.append(at)
        at = parents.get(at)
    return [*path, None]


def _secretaries(conn: Connection, path: list[int | None]) -> list[int]:
    return [one for place in path if place for one in people.holders(conn, SECRETARY, organisation_id=place)]
