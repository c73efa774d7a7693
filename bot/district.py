"""The example district: what `make run` and `chuishao replay` start with."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain import activities, answers, duty, needs, people, points, venues
from bot.messages import private_chat
from knowledge.faq import load_entries, starter_ids
from knowledge.yaml_files import parse

DATA = Path(__file__).parent / "data" / "district.yaml"


def load(conn: Connection, channel: str, now: datetime, *, hold_rooms: bool = True) -> bool:
    """Fill an empty database with the example district on one channel; False when something is there already.

    `hold_rooms`: its activities book the rooms that they take place in.
    """
    if not answers.has_all(conn, starter_ids()):  # at most starts it has, and reading the base takes its time
        answers.load(conn, load_entries(), now)
    district = parse(DATA.read_bytes())
    centre = district["service_centre"]
    if people.district_id(conn) is None:
        organisations = _organisations(conn, district["organisations"])
        _people(conn, district["people"], organisations, now)
        root = next(iter(organisations.values()))
        activities.example.load(conn, district["activities"], district["theme"], root, now)
        points.load(conn, district["goods"], district["points"])
        duty.load(conn, district["duty"])
        _officers(conn, district["officers"])
        venues.rooms.load(conn, centre, organisations[centre["organisation"]])
        fresh = True
    else:
        organisations = {row.name: row.id for row in people.organisations(conn)}
        fresh = False
    _join(conn, district, organisations, channel)
    if fresh and hold_rooms:
        keeper, desk = (
            people.find_person(conn, DIRECTORY, centre["keeper"]),
            people.find_chat(conn, channel, centre["desk"]),
        )
        assert keeper is not None and desk is not None
        activities.example.hold_rooms(conn, keeper, desk.id, now)
    return fresh


def join_webhook(conn: Connection, account: str, group: str) -> None:
    """Know the one group of a webhook. It belongs to the organisation of that name, else to the district."""
    if people.find_chat(conn, account, account):
        return  # known already, and perhaps bound elsewhere since
    chat = people.meet_chat(conn, account, account, title=group)
    home = people.find_organisation(conn, group)
    if home is not None:
        people.bind_chat(conn, chat.id, home)


@cache
def personas() -> list[dict[str, Any]]:
    """The people of the district that a visitor of the page may speak as."""
    district = parse(DATA.read_bytes())
    return [someone for someone in district["people"] if "persona" in someone]


def _organisations(conn: Connection, rows: list[dict[str, Any]]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for row in rows:
        insert = sa.insert(people.organisation).values(
            name=row["name"],
            short_name=row.get("short", ""),
            kind=row["kind"],
            parent_id=ids[row["parent"]] if "parent" in row else None,
        )
        ids[row["name"]] = int(conn.scalar(insert.returning(people.organisation.c.id)) or 0)
    return ids


def _people(conn: Connection, rows: list[dict[str, Any]], organisations: dict[str, int], now: datetime) -> None:
    for row in rows:
        insert = sa.insert(people.person).values(name=row["name"])
        person_id = int(conn.scalar(insert.returning(people.person.c.id)) or 0)
        people.identify(conn, DIRECTORY, row["id"], person_id)
        if "role" in row:
            people.register(conn, person_id, now, name=None, company=row.get("company"))
            people.grant(conn, person_id, row["role"], organisation_id=organisations[row["in"]])


def _officers(conn: Connection, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        person_id = people.find_person(conn, DIRECTORY, row["person"])
        assert person_id is not None
        for category in row.get("categories", ()):
            needs.officers.appoint(conn, person_id, category=category)
        if "level" in row:
            needs.officers.appoint(conn, person_id, level=row["level"])


DIRECTORY = "directory"
"""The pseudo-channel that holds the district's own ids of its people."""


def _join(conn: Connection, district: dict[str, Any], organisations: dict[str, int], channel: str) -> None:
    """Give the district's chats and people ids on a channel."""
    root = people.district_id(conn)
    for row in district["chats"]:
        if people.find_chat(conn, channel, row["id"]):
            continue  # known already, and perhaps bound elsewhere since
        chat = people.meet_chat(conn, channel, row["id"], title=row["title"])
        home = organisations[row["organisation"]] if "organisation" in row else root
        assert home is not None
        people.bind_chat(conn, chat.id, home, row["kind"], row.get("service_group"))
    for row in district["people"]:
        known = people.find_person(conn, DIRECTORY, row["id"])
        if known is None:
            continue
        people.identify(conn, channel, row["id"], known)
        if channel == "web":  # elsewhere the platform says who may be written to
            people.meet_chat(conn, channel, private_chat(row["id"]), private=True)
