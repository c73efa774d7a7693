"""Putting a post into its list: who is new, who is off, and whose line is whose."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.people import Chat, Person
from bot.domain.solitaires import changes
from bot.domain.solitaires.lists import (
    Line,
    Listing,
    begin,
    get,
    lines,
    meant,
    solitaire,
    solitaire_entry,
    solitaire_post,
)
from knowledge import solitaire as reader
from knowledge.solitaire import Entry


@dataclass(frozen=True, slots=True)
class Update:
    """What a post made of its list; `begun` when it began it."""

    listing: Listing
    lines: tuple[Line, ...]
    before: tuple[Line, ...]
    begun: bool


def record(conn: Connection, chat: Chat, sender: Person, posted: reader.Solitaire, now: datetime) -> Update:
    """Put a post into the list that it belongs to, or begin one."""
    known = meant(conn, chat.id, posted, now)
    listing = known or begin(conn, chat.id, sender.id, posted, now)
    before = lines(conn, listing.id)
    earlier = _posts(conn, listing.id)
    merged = reader.merge(
        [line.entry for line in before],
        posted.entries,
        earlier=[entries for _, entries in earlier],
        own=_own(before, posted.entries, sender) | _left(before, earlier, sender),
    )
    after = _credited(conn, chat.id, sender, before, merged)
    _store(conn, listing.id, after, now)
    changes.note(conn, listing.id, before, after, now)
    row = {"solitaire_id": listing.id, "by_id": sender.id, "at": now}
    shown = [[entry.name, entry.people, entry.note] for entry in posted.entries]
    conn.execute(sa.insert(solitaire_post).values(**row, entries=shown))
    values: dict[str, object] = {"touched_at": now}
    if posted.capacity:
        values["capacity"] = posted.capacity
    conn.execute(sa.update(solitaire).where(solitaire.c.id == listing.id).values(**values))
    return Update(get(conn, listing.id), tuple(after), tuple(before), begun=known is None)


def _own(before: Sequence[Line], posted: Sequence[Entry], sender: Person) -> set[str]:
    """Names that this post may take off: the sender's own line.

    Where the post shows everybody else it was written on the newest list: then also the lines they added for others.
    """
    mine = [line for line in before if sender.id in (line.by_id, line.person_id)]
    if not mine or not posted:
        return set()
    shown = {entry.name for entry in posted}
    if all(line.name in shown for line in before if line not in mine):
        return {line.name for line in mine}
    own = next((line for line in mine if line.person_id == sender.id or line.name == sender.name), None)
    return {(own or mine[0]).name}


def _left(before: Sequence[Line], earlier: Sequence[tuple[int, list[Entry]]], sender: Person) -> set[str]:
    """Names off the list that the sender may bring back: those that stood first in a post of theirs, and their own."""
    first: dict[str, int] = {}
    for by_id, entries in earlier:
        for entry in entries:
            first.setdefault(entry.name, by_id)
    added = {name for name, by_id in first.items() if by_id == sender.id or name == sender.name}
    return added - {line.name for line in before}


def _credited(
    conn: Connection, chat_id: int, sender: Person, before: Sequence[Line], merged: Sequence[Entry]
) -> list[Line]:
    """The lines of the merged list: those known keep who added them, new ones are the sender's."""
    known: dict[str, list[Line]] = {}
    for line in before:
        known.setdefault(line.name, []).append(line)
    new = [entry for entry in merged if entry.name not in known]
    who = _people_named(conn, chat_id, [entry.name for entry in new])
    linked = {line.person_id for line in before}
    if sender.id not in {*linked, *who.values()} and (own := _own_new(new, sender)):
        who.setdefault(own, sender.id)
    found = []
    for entry in merged:
        earlier = known.get(entry.name)
        if earlier:
            first = earlier.pop(0) if len(earlier) > 1 else earlier[0]
            found.append(Line(entry.name, entry.people, entry.note, first.by_id, first.person_id))
        else:
            found.append(Line(entry.name, entry.people, entry.note, sender.id, who.pop(entry.name, None)))
    return found


def _own_new(new: Sequence[Entry], sender: Person) -> str | None:
    """Which new line is the sender's own: by the name shown in the chat; where none is shown, the only one."""
    if not sender.name:
        return new[0].name if len(new) == 1 else None
    return next((one.name for one in new if one.name in sender.name or sender.name in one.name), None)


def _people_named(conn: Connection, chat_id: int, names: Iterable[str]) -> dict[str, int]:
    """Who in a chat bears these names; names that several bear are left out."""
    query = (
        sa.select(people.person.c.name, people.person.c.id)
        .join(people.presence, people.presence.c.person_id == people.person.c.id)
        .where(people.presence.c.chat_id == chat_id, people.person.c.name.in_(list(names)))
    )
    rows = [(str(row.name), int(row.id)) for row in conn.execute(query)]
    often = Counter(name for name, _ in rows)
    return {name: person_id for name, person_id in rows if often[name] == 1}


def _store(conn: Connection, listing_id: int, after: Sequence[Line], now: datetime) -> None:
    mine = solitaire_entry.c.solitaire_id == listing_id
    added = conn.execute(sa.select(solitaire_entry.c.name, solitaire_entry.c.at).where(mine))
    since: Mapping[str, datetime] = {row.name: row.at for row in added}
    conn.execute(sa.delete(solitaire_entry).where(mine))
    for position, line in enumerate(after, 1):
        row = {name: getattr(line, name) for name in Line.__slots__}
        row |= {"name": line.name[:64], "note": line.note[:128], "at": since.get(line.name, now)}
        conn.execute(sa.insert(solitaire_entry).values(solitaire_id=listing_id, position=position, **row))


def _posts(conn: Connection, listing_id: int) -> list[tuple[int, list[Entry]]]:
    query = sa.select(solitaire_post.c.by_id, solitaire_post.c.entries)
    rows = conn.execute(query.where(solitaire_post.c.solitaire_id == listing_id).order_by(solitaire_post.c.id))
    return [(row.by_id, [Entry(*line) for line in row.entries]) for row in rows]


def posted_in(conn: Connection, person_id: int) -> list[int]:
    """The chats in whose lists somebody has posted."""
    query = (
        sa.select(solitaire.c.chat_id)
        .join(solitaire_post, solitaire_post.c.solitaire_id == solitaire.c.id)
        .where(solitaire_post.c.by_id == person_id)
    )
    return list(conn.scalars(query.distinct()))
