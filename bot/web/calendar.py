"""活动年历 and 菜单海报: what is planned in a year, and a month's menu as a picture. Both hold no names of people."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock, local
from bot.db import Db
from bot.domain import menus, people
from bot.domain.activities import Activity, lookup, plan, themes
from bot.notices.activities import moment
from bot.notices.menus import poster
from bot.posters.words import Poster
from bot.web.rendered import page


def routes(db: Db, clock: Clock) -> list[web.RouteDef]:
    """`/calendar`, `/calendar/<year>` and `/menu/<organisation>/<YYYY-MM>.png`."""

    async def calendar(request: web.Request) -> web.Response:
        year = int(request.match_info.get("year") or local(clock.now()).year)
        values: Mapping[str, Any] = await db.run(_year, year, request.query.get("series", ""), clock.now())
        return page(request, "calendar.html", values)

    async def picture(request: web.Request) -> web.Response:
        wanted = int(request.match_info["organisation"]), request.match_info["month"]
        found = await db.run(_poster, *wanted, clock.now())
        if found is None:
            raise web.HTTPNotFound(text="这个月还没有菜单。")
        from bot.posters.picture import draw  # Pillow and its font only where a picture is wanted

        return web.Response(body=await asyncio.to_thread(draw, found), content_type="image/png")

    return [
        web.get("/calendar", calendar),
        web.get(r"/calendar/{year:20\d\d}", calendar),
        web.get(r"/menu/{organisation:\d{1,8}}/{month:20\d\d-(?:0[1-9]|1[0-2])}.png", picture),
    ]


def _year(conn: Connection, year: int, series: str, now: datetime) -> Mapping[str, Any]:
    held = [what for what in lookup.of_year(conn, year) if what.state != plan.POSTPONED]
    kinds = Counter(kind for what in held for kind in {what.series, what.organiser} if kind)
    shown = [what for what in held if not series or series in (what.series, what.organiser)]
    months = []
    for number in range(1, 13):
        month = f"{year}-{number:02}"
        lines = [_line(conn, what) for what in shown if menus.month_of(what.begins) == month]
        theme = themes.theme(conn, people.district_id(conn), month)
        months.append({"name": f"{number}月", "theme": theme, "lines": lines, **_seen_from(year, number, now)})
    coming = next((what.id for what in shown if what.state == plan.PUBLISHED and what.begins > now), None)
    head = {"year": year, "series": series, "total": len(shown), "kinds": kinds.most_common(12)}
    return {**head, "months": months, "example": coming, "future": year > local(now).year}


def _seen_from(year: int, month: int, now: datetime) -> Mapping[str, bool]:
    """How a month lies in the present year: the past is folded, what is ahead is shown though nothing is planned."""
    today = local(now)
    present_year = year == today.year
    return {
        "past": present_year and month < today.month,
        "present": present_year and month == today.month,
        "ahead": present_year and month >= today.month,
    }


def _line(conn: Connection, what: Activity) -> Mapping[str, Any]:
    where = (what.place, people.organisation_name(conn, what.organisation_id), what.organiser, what.series)
    return {
        "when": moment(what.begins).partition("月")[2],
        "number": what.id,
        "title": what.title,
        "where": " · ".join(dict.fromkeys(part for part in where if part)),
        "required": what.required,
        "cancelled": what.state == plan.CANCELLED,
    }


def _poster(conn: Connection, organisation_id: int, month: str, now: datetime) -> Poster | None:
    drawn = menus.draw_up(conn, organisation_id, month, now)
    return poster(conn, *drawn) if drawn and not menus.waits(conn, drawn[0]) else None
