"""What the page of local groups reads: chats, people and lines, from the database."""

from datetime import datetime

from sqlalchemy.engine import Connection

from bot import district, inbox, outbox
from bot.db import Db
from bot.domain import people
from bot.web.groups import Group, Line, Persona


class DatabaseBoard:
    """The board of one channel."""

    def __init__(self, db: Db, channel: str, nickname: str) -> None:
        self._db = db
        self._channel = channel
        self._nickname = nickname

    async def groups(self) -> list[Group]:
        """The group chats, the open groups before those of the handlers."""
        return await self._db.run(_groups, self._channel)

    async def personas(self) -> list[Persona]:
        """Those of the example district."""
        return await self._db.run(_personas, self._channel)

    async def lines(self, chat: str, before: str | None, limit: int) -> list[Line]:
        """The newest lines of a chat, or those before a line; oldest first."""
        return await self._db.run(_lines, self._channel, self._nickname, chat, before, limit)


def _groups(conn: Connection, channel: str) -> list[Group]:
    found = [chat for chat in people.chats(conn, channel) if not chat.private]
    found.sort(key=lambda chat: chat.kind == "handlers")
    return [Group(chat.external_id, chat.title, _kind(conn, chat)) for chat in found]


def _kind(conn: Connection, chat: people.Chat) -> str:
    if chat.kind == "handlers":
        return "handlers"
    name = people.organisation_name(conn, chat.organisation_id)
    return "park" if "园" in name else "area" if "联建" in name else "district"


def _personas(conn: Connection, channel: str) -> list[Persona]:
    found = []
    for row in district.personas():
        known = people.find_person(conn, channel, row["id"])
        if known is None:
            continue
        someone = people.get_person(conn, known)
        unit = someone.company or row.get("company") or "未登记"
        found.append(Persona(row["id"], someone.name, row.get("role", people.STRANGER), f"{row['persona']} · {unit}"))
    return found


def _lines(conn: Connection, channel: str, nickname: str, chat: str, before: str | None, limit: int) -> list[Line]:
    until = _moment(conn, channel, before) if before else None
    heard = inbox.recent(conn, channel, chat, limit, until, told=False)
    said = outbox.recent(conn, channel, chat, limit, until)
    lines = [
        Line(f"in:{row.message_id}", chat, row.sender, row.sender_name, row.text, row.at, False, row.attached)
        for row in heard
    ]
    lines += [
        Line(f"out:{key}", chat, "", nickname, text, at, True, (file,) if file else ()) for key, text, at, file in said
    ]
    lines.sort(key=lambda line: line.at)
    return lines[-limit:]


def _moment(conn: Connection, channel: str, line: str) -> datetime | None:
    kind, _, key = line.partition(":")
    if kind == "in":
        return inbox.moment_of(conn, channel, key)
    return outbox.moment_of(conn, int(key)) if key.isdigit() else None
