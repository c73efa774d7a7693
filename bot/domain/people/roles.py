"""Who may do what where. Roles are held per chat or per organisation (and count in every chat below it)."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.people.chats import find_meeting
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


def role_in(conn: Connection, someone: Person, where: Chat) -> str:
    """The role that counts in this chat. This is the one place where roles are decided.

    A role held in the chat itself comes first; then the strongest held in its organisation or above. In private
    the strongest role held anywhere counts: it is the same person, and nobody else reads along.
    """
    held = list(
        conn.execute(
            sa.select(role_grant.c.role, role_grant.c.chat_id, role_grant.c.organisation_id).where(
                role_grant.c.person_id == someone.id
            )
        )
    )
    here: list[str] = [row.role for row in held if row.chat_id == where.id]
    if here:
        return here[0]
    if not where.private:
        held = [row for row in held if row.chat_id is None]
        above = ancestry(conn, where.organisation_id) if held else ()
        held = [row for row in held if row.organisation_id in above]
    roles: list[str] = [row.role for row in held]
    return max(roles, key=ROLES.index, default=MEMBER if someone.registered else STRANGER)


def role_of(conn: Connection, channel: str, chat_id: str, sender: str) -> str:
    """The role that counts for a channel's ids; a stranger's for somebody never met."""
    known = find_meeting(conn, channel, chat_id, sender)
    return role_in(conn, known.person, known.chat) if known else STRANGER


def holders(conn: Connection, role: str, *, organisation_id: int | None = None) -> list[int]:
    """The people who hold a role in an organisation (or, for None, anywhere), in the order it was given."""
    query = sa.select(role_grant.c.person_id).where(role_grant.c.role == role).order_by(role_grant.c.id)
    if organisation_id is not None:
        query = query.where(role_grant.c.organisation_id == organisation_id)
    return list(dict.fromkeys(conn.scalars(query)))
