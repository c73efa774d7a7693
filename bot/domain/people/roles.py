"""Who may do what where. Roles are held per chat or per organisation (and count in every chat below it)."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.people.organisations import ancestry
from bot.domain.people.tables import MEMBER, ROLES, STRANGER, Chat, Person, role_grant


def grant(
    conn: Connection,
    person_id: int,
    role: str,
    *,
    chat_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    """Give a role in a chat or an organisation; in a chat it replaces the one held there."""
    same = [role_grant.c.person_id == person_id, role_grant.c.chat_id == chat_id]
    if chat_id is None:
        same += [role_grant.c.organisation_id == organisation_id, role_grant.c.role == role]
    held = conn.execute(sa.select(role_grant.c.id, role_grant.c.role).where(*same)).first()
    if held is None:
        row = {"person_id": person_id, "chat_id": chat_id, "organisation_id": organisation_id, "role": role}
        conn.execute(sa.insert(role_grant).values(**row))
    elif held.role != role:
        conn.execute(sa.update(role_grant).where(role_grant.c.id == held.id).values(role=role))


class Held(NamedTuple):
    """A role that somebody holds, in a chat or in an organisation."""

    role: str
    chat_id: int | None
    organisation_id: int | None


_HELD = (
    sa.select(role_grant.c.role, role_grant.c.chat_id, role_grant.c.organisation_id)
    .where(role_grant.c.person_id == sa.bindparam("person"))
    .order_by(role_grant.c.id)
)


def role_in(conn: Connection, someone: Person, where: Chat) -> str:
    """The role that counts in this chat."""
    held = [Held(*row) for row in conn.execute(_HELD, {"person": someone.id})]
    return role_by(held, someone, where, partial(ancestry, conn))


def role_by(held: Sequence[Held], someone: Person, where: Chat, above: Callable[[int | None], Collection[int]]) -> str:
    """The role that counts in this chat, of those held. This is the one place where roles are decided.

    A role held in the chat itself comes first; then the strongest held in its organisation or above. In private
    the strongest role held anywhere counts: it is the same person, and nobody else reads along.
    """
    here = [one.role for one in held if one.chat_id == where.id]
    if here:
        return here[0]
    if not where.private:
        held = [one for one in held if one.chat_id is None]
        home = above(where.organisation_id) if held else ()
        held = [one for one in held if one.organisation_id in home]
    roles = [one.role for one in held]
    return max(roles, key=ROLES.index, default=MEMBER if someone.registered else STRANGER)


def holders(conn: Connection, role: str, *, organisation_id: int | None = None) -> list[int]:
    """The people who hold a role in an organisation (or, for None, anywhere), in the order it was given."""
    query = sa.select(role_grant.c.person_id).where(role_grant.c.role == role).order_by(role_grant.c.id)
    if organisation_id is not None:
        query = query.where(role_grant.c.organisation_id == organisation_id)
    return list(dict.fromkeys(conn.scalars(query)))
