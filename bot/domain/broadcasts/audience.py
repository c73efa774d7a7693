"""Who is reached: the groups that somebody may broadcast to, and the names under which several are meant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import local
from bot.db import insert_new
from bot.domain import people
from bot.domain.broadcasts.tables import broadcast_rule, chat_tag
from bot.domain.people import SECRETARY, STAFF, Chat
from bot.errors import Refusal
from bot.outbox import Class, outbox

LEVELS = {
    "district": ("全区", "区级"),
    "street": ("街道", "街道级"),
    "area": ("商圈", "园区", "片区", "联建片", "楼宇", "片区级"),
    "branch": ("支部", "党支部", "支部级"),
    "company": ("企业", "企业级", "公司"),
    "department": ("部门", "部门级", "委办局"),
}
"""What the kinds of organisations are called when all groups of a kind are meant."""
CHUNK = 500
"""Groups that are counted in one statement."""
EVERYONE = ("全部", "全体", "所有", "所有人", "大家", "全联盟")


def reach(conn: Connection, someone: people.Person, role: str) -> list[Chat]:
    """The groups that somebody may broadcast to, on every channel: staff all, a secretary those of the own
    organisations and below. Never a handlers' chat or a private one.
    """
    groups = people.chats(conn, kind="group")
    if role == STAFF:
        return groups
    organisations, held_in = _held(conn, someone)
    if not organisations and not any(group.id in held_in for group in groups):
        return groups  # bound to nothing, so to the district, as a group is
    below = _descent(_parents(conn), organisations)
    return [group for group in groups if group.organisation_id in below or group.id in held_in]


def _nearest(parents: Mapping[int, int | None], unit: int, groups: Sequence[Chat]) -> list[int]:
    """The places of the groups of a unit and below, else of the first level above it that has any."""
    for level in _ascent(parents, unit):
        within = _descent(parents, [level])
        if places := [place for place, chat in enumerate(groups) if chat.organisation_id in within]:
            return places
    return []


def _held(conn: Connection, someone: people.Person) -> tuple[set[int], set[int]]:
    """The organisations and the chats in which somebody is secretary."""
    grants = sa.select(people.role_grant.c.organisation_id, people.role_grant.c.chat_id).where(
        people.role_grant.c.person_id == someone.id, people.role_grant.c.role == SECRETARY
    )
    rows = list(conn.execute(grants))
    organisations = {row.organisation_id for row in rows if row.organisation_id is not None}
    if not organisations and someone.organisation_id is not None:
        organisations = {someone.organisation_id}
    return organisations, {row.chat_id for row in rows if row.chat_id is not None}


def _parents(conn: Connection) -> Mapping[int, int | None]:
    columns = people.organisation.c.id, people.organisation.c.parent_id
    return {id_: parent for id_, parent in conn.execute(sa.select(*columns))}


def _ascent(parents: Mapping[int, int | None], unit: int | None) -> list[int]:
    """A unit and those above it, from below."""
    found: list[int] = []
    while unit is not None and unit not in found:
        found.append(unit)
        unit = parents.get(unit)
    return found


def _descent(parents: Mapping[int, int | None], roots: Iterable[int]) -> set[int]:
    below = set(roots)
    while more := {child for child, parent in parents.items() if parent in below and child not in below}:
        below |= more
    return below


def circles(conn: Connection, groups: Sequence[Chat]) -> dict[str, list[int]]:
    """The names that mean several of these groups: organisations with all below them, levels, tags.

    The values are places in `groups`; names that mean none of them are left out.
    """
    organisations, parents = people.organisations(conn), _parents(conn)
    kinds = {one.id: one.kind for one in organisations}
    found: dict[str, list[int]] = {name: list(range(len(groups))) for name in EVERYONE}
    for one in organisations:
        below = _descent(parents, [one.id])
        places = [place for place, chat in enumerate(groups) if chat.organisation_id in below]
        found |= dict.fromkeys([name for name in (one.name, one.short_name) if name], places)
    for kind, names in LEVELS.items():
        places = [place for place, chat in enumerate(groups) if kinds.get(chat.organisation_id or 0) == kind]
        if not places:  # units without groups of their own: where they are
            units = (unit for unit, its_kind in kinds.items() if its_kind == kind)
            places = sorted({place for unit in units for place in _nearest(parents, unit, groups)})
        found |= dict.fromkeys(names, places)
    place_of = {chat.id: place for place, chat in enumerate(groups)}
    for name, chats in tags(conn).items():
        found[name] = [place_of[chat_id] for chat_id in chats if chat_id in place_of]
    return {name: places for name, places in found.items() if places}


def homeless(conn: Connection, groups: Sequence[Chat]) -> dict[str, list[int]]:
    """The organisations that have no groups, by name, and those of these groups (as places) that are near.

    Near are the groups of the next one above that has any.
    """
    parents = _parents(conn)
    theirs: dict[int | None, set[int]] = defaultdict(set)
    for chat in people.chats(conn, kind="group"):
        theirs[chat.organisation_id].add(chat.id)
    settled = {one for home in theirs for one in _ascent(parents, home)}
    found: dict[str, list[int]] = {}
    for one in people.organisations(conn):
        if one.id in settled:
            continue
        near: set[int] = next((theirs[above] for above in _ascent(parents, one.id) if above in theirs), set())
        places = [place for place, chat in enumerate(groups) if chat.id in near]
        found |= {name: places for name in (one.name, one.short_name) if name}
    return found


def tags(conn: Connection) -> dict[str, list[int]]:
    """The named lists: tag → chats."""
    found: dict[str, list[int]] = defaultdict(list)
    for tag, chat_id in conn.execute(sa.select(chat_tag.c.tag, chat_tag.c.chat_id).order_by(chat_tag.c.chat_id)):
        found[tag].append(chat_id)
    return dict(found)


def tag(conn: Connection, name: str, chat_ids: Iterable[int]) -> None:
    """Put chats under a name, in the place of those that were; none: the name goes."""
    conn.execute(sa.delete(chat_tag).where(chat_tag.c.tag == name))
    rows = [{"chat_id": chat_id, "tag": name} for chat_id in chat_ids]
    insert_new(conn, chat_tag, rows, unique=("chat_id", "tag"))


@dataclass(frozen=True, slots=True)
class Rule:
    """What the district wants of broadcasts."""

    approval: bool = False
    weekly: int = 10


def rule(conn: Connection) -> Rule:
    """The district's rule."""
    mine = broadcast_rule.c.organisation_id == people.district_id(conn)
    row = conn.execute(sa.select(broadcast_rule.c.approval, broadcast_rule.c.weekly).where(mine)).first()
    return Rule(*row) if row else Rule()


def set_rule(conn: Connection, wanted: Rule) -> None:
    """Change the district's rule. Raises Refusal where there is no district."""
    home = people.district_id(conn)
    if home is None:
        raise Refusal("还没有建立组织，不能设置。")
    conn.execute(sa.delete(broadcast_rule).where(broadcast_rule.c.organisation_id == home))
    row = {"organisation_id": home, "approval": wanted.approval, "weekly": wanted.weekly}
    conn.execute(sa.insert(broadcast_rule).values(**row))


def sated(conn: Connection, groups: Sequence[Chat], now: datetime) -> dict[int, int]:
    """The groups that have had this week's pushes, and how many they had: an urgent one goes there all the same."""
    limit, counts = rule(conn).weekly, _pushed(conn, groups, now)
    had = {group.id: counts.get((group.channel, group.external_id), 0) for group in groups}
    return {chat_id: count for chat_id, count in had.items() if count >= limit}


def _pushed(conn: Connection, groups: Sequence[Chat], now: datetime) -> dict[tuple[str, str], int]:
    """How many pushes groups (by account and id) got, or will, in the week (Monday to Sunday) of a moment."""
    today = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    names: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        names[group.channel].append(group.external_id)
    at = sa.func.coalesce(outbox.c.sent_at, outbox.c.due_at)
    counted = (
        sa.select(outbox.c.chat, sa.func.count())
        .where(
            outbox.c.klass == int(Class.BULK),
            at >= monday,
            at < monday + timedelta(days=7),
            outbox.c.state != "dead",
            outbox.c.key.not_like("%#%"),  # the further parts of a long message
        )
        .group_by(outbox.c.chat)
    )
    found: dict[tuple[str, str], int] = {}
    for channel, chats in names.items():
        for first in range(0, len(chats), CHUNK):
            these = outbox.c.channel == channel, outbox.c.chat.in_(chats[first : first + CHUNK])
            found |= {(channel, chat): count for chat, count in conn.execute(counted.where(*these))}
    return found
