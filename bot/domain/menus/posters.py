"""The pictures of menus, drawn before they are pushed."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.db import Id, insert_new, metadata
from bot.domain.menus.months import Menu, groups
from bot.messages import Attached, carries_files

menu_poster = sa.Table(
    "menu_poster",
    metadata,
    sa.Column("menu_id", Id, sa.ForeignKey("menu.id"), primary_key=True),
    sa.Column("file", sa.JSON, nullable=False),
)


def wants_poster(conn: Connection, what: Menu) -> bool:
    """Whether a group that gets a menu is on a channel that can send pictures, and none was drawn yet."""
    return any(carries_files(chat.channel) for chat in groups(conn, what.organisation_id)) and not poster(conn, what.id)


def keep_poster(conn: Connection, menu_id: int, picture: Attached) -> None:
    """Note where the picture of a menu is kept."""
    insert_new(conn, menu_poster, [{"menu_id": menu_id, "file": asdict(picture)}], unique=("menu_id",))


def poster(conn: Connection, menu_id: int) -> list[Attached]:
    """The picture of a menu, if it was drawn."""
    rows = conn.scalars(sa.select(menu_poster.c.file).where(menu_poster.c.menu_id == menu_id))
    return [Attached(**row) for row in rows]
