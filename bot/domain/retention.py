"""How long the words of messages, and the files that came with them, are kept. That a message came or went, when, and
what became of it, is kept for good; so is what was made of it: a need, an activity, a policy question has its own
record. The files of a need are kept as long as it is open.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.db import metadata
from bot.domain import attachments, needs
from bot.domain.menus.months import menu
from bot.domain.menus.posters import menu_poster
from bot.inbox import inbox
from bot.outbox import outbox

OVER = ("done", "failed", "sent", "unknown", "dead")
"""The states of a message with which nothing more will happen."""
FILES = ("file", "files")
"""How columns are called that hold files, one or several, as JSON; a column `digest` names one as well."""


def forget_texts(conn: Connection, before: datetime) -> int:
    """Empty the texts of the messages that came or were queued before a moment, with their files; how many."""
    count = 0
    for table, at, files in ((inbox, inbox.c.received_at, "files"), (outbox, outbox.c.created_at, "file")):
        held = sa.or_(table.c.text != "", table.c[files].is_not(None))
        old = sa.update(table).where(at < before, table.c.state.in_(OVER), held)
        count += conn.execute(old.values(text="", **{files: sa.null()})).rowcount
    _forget_files(conn, before)
    return count


def _forget_files(conn: Connection, before: datetime) -> None:
    over = sa.select(needs.need.c.id).where(needs.need.c.state.not_in(needs.OPEN))
    of_needs = attachments.need_file.c
    conn.execute(sa.delete(attachments.need_file).where(of_needs.at < before, of_needs.need_id.in_(over)))
    past = sa.select(menu.c.id).where(menu.c.month < f"{local(before):%Y-%m}")
    conn.execute(sa.delete(menu_poster).where(menu_poster.c.menu_id.in_(past)))


def files_in_use(conn: Connection) -> set[str]:
    """The digests of all files that anything refers to."""
    return {digest for table in metadata.sorted_tables for digest in _named_in(conn, table)}


def _named_in(conn: Connection, table: sa.Table) -> Iterator[str]:
    for column in table.columns:
        if column.name == "digest":
            yield from map(str, conn.scalars(sa.select(column)))
        elif column.name in FILES and isinstance(column.type, sa.JSON):
            for held in conn.scalars(sa.select(column).where(column.is_not(None))):
                yield from _digests(held if isinstance(held, list) else [held])


def _digests(held: Iterable[Any]) -> Iterator[str]:
    return (str(file["digest"]) for file in held if file)
