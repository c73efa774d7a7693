"""How far an activity reaches in the tree of organisations, and who may announce where."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.people import Chat, Person

_PARENT = sa.select(people.organisation.c.parent_id).where(people.organisation.c.id == sa.bindparam("child"))


def groups_of(conn: Connection, person_id: int, channel: str) -> list[Chat]:
    """The groups of a channel for which somebody may announce: where they are secretary or staff, or below."""
    grant = people.role_grant
    held = list(
        conn.execute(
            sa.select(grant.c.chat_id, grant.c.organisation_id).where(
                grant.c.person_id == person_id, grant.c.role.in_((people.SECRETARY, people.STAFF))
            )
        )
    )
    below = set().union(*(subtree(conn, row.organisation_id) for row in held if row.organisation_id))
    direct = {row.chat_id for row in held if row.chat_id}
    groups = people.chats(conn, channel, "group")
    return [chat for chat in groups if chat.id in direct or chat.organisation_id in below]


def heard_in(conn: Connection, chat_ids: Sequence[int]) -> set[int]:
    """Who has spoken in any of these chats."""
    present = people.presence.c.chat_id.in_(chat_ids)
    return set(conn.scalars(sa.select(people.presence.c.person_id).where(present)))


def subtree(conn: Connection, organisation_id: int) -> set[int]:
    """An organisation with all that are below it."""
    table = people.organisation
    found, level = {organisation_id}, {organisation_id}
    while level:
        level = set(conn.scalars(sa.select(table.c.id).where(table.c.parent_id.in_(level)))) - found
        found |= level
    return found


def ancestry(conn: Connection, organisation_id: int | None) -> list[int]:
    """An organisation and those above it, from below."""
    found: list[int] = []
    while organisation_id is not None and organisation_id not in found:
        found.append(organisation_id)
        organisation_id = conn.scalar(_PARENT, {"child": organisation_id})
    return found


def homes_of(conn: Connection, person: Person) -> list[int]:
    """The organisations of somebody and of the groups where they spoke, with those above; of a stranger the root."""
    spoke = sa.select(people.chat.c.organisation_id).join(
        people.presence, people.presence.c.chat_id == people.chat.c.id
    )
    theirs = conn.scalars(spoke.where(people.presence.c.person_id == person.id).order_by(people.chat.c.id))
    own = [one for one in (person.organisation_id, *theirs) if one] or [people.district_id(conn)]
    return list(dict.fromkeys(home for one in dict.fromkeys(own) for home in ancestry(conn, one)))


def person_named(conn: Connection, name: str, chat_id: int) -> int | None:
    """Whom a group knows by that name; None for nobody, and where several bear it."""
    query = (
        sa.select(people.presence.c.person_id)
        .join(people.person, people.person.c.id == people.presence.c.person_id)
        .where(people.presence.c.chat_id == chat_id, people.person.c.name == name)
    )
    found = list(conn.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None
