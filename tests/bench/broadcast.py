"""A broadcast to 2,000 groups: the preview, the planning, and what watching it costs at every tick of the clock."""

import time
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import district
from bot.db import insert_new, open_db
from bot.domain import broadcasts, people
from bot.domain.broadcasts import Broadcast, audience, tables
from bot.notices.broadcasts import preview, send
from bot.voice import Voice
from scheduler.broadcasts import finished
from tests.bench.start import Figure

GROUPS = 2000
NOW = datetime.fromisoformat("2026-03-03T10:00:00+08:00")
TEXT = "本周五下午三点在服务中心召开安全生产培训会，请各单位派一名负责人参加，收到请回复。"


async def measure(engine: str, url: str) -> list[Figure]:
    """All figures of one engine, whose database must be migrated."""
    db = open_db(url)
    try:
        await db.run(district.load, "replay", NOW)
        await db.run(_fill)
        took = await db.run(_shown), await db.run(_planned), await db.run(_watched)
    finally:
        await db.close()
    names = ("the draft and its preview", "confirmed and planned", "watched, a tick of the clock")
    return [
        (f"{engine}: a broadcast to {GROUPS:,} groups: {name}", seconds, "s")
        for name, seconds in zip(names, took, strict=True)
    ]


def _fill(conn: Connection) -> None:
    groups = [
        {
            "channel": "replay",
            "external_id": f"many{number}",
            "title": f"第{number}群",
            "private": False,
            "kind": "group",
        }
        for number in range(GROUPS - len(people.chats(conn, "replay", kind="group")))
    ]
    insert_new(conn, people.chat, groups, unique=("channel", "external_id"))
    staff = people.meet_person(conn, "replay", "staff", "蔡主任")
    people.grant(conn, staff.id, people.STAFF, organisation_id=people.district_id(conn))


def _shown(conn: Connection) -> float:
    """A draft is shown with the groups that it goes to and what they had this week."""
    started = time.perf_counter()
    staff = people.meet_person(conn, "replay", "staff", "蔡主任")
    reach = [chat for chat in audience.reach(conn, staff, people.STAFF) if chat.channel == "replay"]
    item = broadcasts.draft(conn, staff, TEXT, reach, channel="replay", urgent=False, now=NOW)
    assert f"发到{GROUPS}个群" in preview(conn, item, NOW)
    return time.perf_counter() - started


def _draft(conn: Connection) -> Broadcast:
    number = conn.scalar(sa.select(sa.func.max(tables.broadcast.c.id)))
    assert number is not None
    return broadcasts.get(conn, number)


def _planned(conn: Connection) -> float:
    """Confirmed, and a row in the outbox for every group."""
    started, item = time.perf_counter(), _draft(conn)
    assert not audience.sated(conn, broadcasts.targets(conn, item.id), NOW)
    send(conn, Voice(conn, NOW, "bench"), broadcasts.confirm(conn, item.id, NOW))
    return time.perf_counter() - started


def _watched(conn: Connection) -> float:
    started = time.perf_counter()
    assert not list(finished(conn, NOW, NOW + timedelta(seconds=1)))
    return time.perf_counter() - started
