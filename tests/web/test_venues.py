"""阵地预约 on a page and in a feed; a room that nobody came to is free again."""

import asyncio
from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.engine import Connection

from bot import district
from bot.clock import local
from bot.db import open_db
from bot.domain.activities import rooms
from bot.domain.venues import bookings
from bot.migrations import migrate
from bot.web.ical import Event, calendar
from bot.web.server import application
from tests.actors import NOW, Park
from tests.web.login import log_in


async def test_the_week_and_the_feed_show_times_and_no_names(park: Park) -> None:
    chen, cai = park.secretary("陈书记"), park.staff("蔡")
    assert await chen.says("@小红 预约二楼会议室，周四下午2点到4点，开支部大会")
    async with TestClient(TestServer(application(park.app.db, park.clock, None))) as client:
        await log_in(client, chen)
        page = await (await client.get("/venues")).text()
        assert "二楼会议室" in page and "已约 <span>14:00–16:00</span>" in page and "投影" in page
        assert "陈" not in page.partition("<main")[2]  # but who looks is named above
        assert 'href="/home">首页' in page and 'action="/logout"' in page
        year = await (await client.get("/calendar")).text()
        assert 'href="/home">首页' in year and 'action="/logout"' in year
        assert "201号" in year and "在群里说：<q>报名 201</q>" in year
        later = await (await client.get("/venues?week=1")).text()
        assert "已约" not in later and "前七天" in later
        assert (await client.get("/venues?week=abc")).status == 200
        old, address = [(await (await client.post("/venues/feed")).text()).split("/feeds/")[1][:54] for _ in range(2)]
        client.session.cookie_jar.clear()  # a calendar program has none
        assert (await client.get(f"/feeds/{old}")).status == 404
        answer = await client.get(f"/feeds/{address}")
        assert answer.content_type == "text/calendar"
        feed = await answer.text()
    assert "DTSTART:20250724T060000Z\r\n" in feed and "陈" not in feed

    assert "20分钟后" in (await cai.says("@小红 预约1没人来") or "")
    await park.until("2025-07-24T14:30")
    assert "只对" in (await park.member("张").says("@小红 预约1没人来") or "")
    released = await cai.says("@小红 预约1没人来")
    assert released == "预约1号：二楼会议室，7月24日（周四）14:00–16:00已释放，已私下告知预约人。"
    assert "场地已释放" in park.to_person(chen)[-1]
    assert "已预约" in (await park.company("金").says("@小红 预约二楼会议室，今天下午3点到4点") or "")


def test_the_activities_of_the_example_hold_their_rooms(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/district.db"
    migrate(url)

    def held(conn: Connection) -> list[tuple[str, str]]:
        district.load(conn, "replay", NOW)
        found = [
            (one, rooms.activity_of(conn, one.id)) for one in bookings.between(conn, NOW, NOW + timedelta(days=31))
        ]
        return [(f"{local(one.start):%m-%d %H:%M}", what.title if what else "") for one, what in found]

    async def load() -> list[tuple[str, str]]:
        db = open_db(url)
        try:
            return await db.run(held)
        finally:
            await db.close()

    assert asyncio.run(load()) == [("07-25 14:30", "主题党日"), ("07-28 09:30", "周末亲子手工课")]


def test_long_lines_are_folded_and_commas_escaped() -> None:
    text = calendar("阵地", [Event("e1", NOW, NOW, "会议室，" * 20 + "a,b;c", "二楼")], NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "a\\,b\\;c" in unfolded and text.endswith("END:VCALENDAR\r\n")
