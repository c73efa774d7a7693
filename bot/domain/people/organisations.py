"""The tree of organisations."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.people.tables import Organisation, organisation


def district_id(conn: Connection) -> int | None:
    """The district at the root of the tree: what is bound to nothing else belongs to it."""
    query = sa.select(organisation.c.id).where(organisation.c.parent_id.is_(None)).order_by(organisation.c.id)
    return conn.scalar(query.limit(1))


def find_organisation(conn: Connection, name: str) -> int | None:
    """The organisation with that full or short name."""
    query = sa.select(organisation.c.id).where((organisation.c.name == name) | (organisation.c.short_name == name))
    return conn.scalar(query.limit(1))


def organisation_name(conn: Connection, organisation_id: int | None) -> str:
    """Its short name, or its name; empty for None."""
    query = sa.select(organisation.c.name, organisation.c.short_name).where(organisation.c.id == organisation_id)
    row = conn.execute(query).first()
    return (row.short_name or row.name) if row else ""


def organisations(conn: Connection, kind: str | None = None) -> list[Organisation]:
    """All organisations, or those of a kind, in the order they were made."""
    query = sa.select(*(organisation.c[name] for name in Organisation.__slots__)).order_by(organisation.c.id)
    if kind:
        query = query.where(organisation.c.kind == kind)
    return [Organisation(*row) for row in conn.execute(query)]


def _ancestry() -> sa.Select[tuple[int]]:
    columns = organisation.c.id, organisation.c.parent_id
    start = sa.select(*columns).where(organisation.c.id == sa.bindparam("start")).cte("above", recursive=True)
    # UNION, not UNION ALL: a ring in the data ends by itself.
    above = start.union(sa.select(*columns).join(start, organisation.c.id == start.c.parent_id))
    return sa.select(above.c.id)


_ANCESTRY = _ancestry()


def ancestry(conn: Connection, organisation_id: int | None) -> set[int]:
    """An organisation and all above it."""
    return set(conn.scalars(_ANCESTRY, {"start": organisation_id}))
