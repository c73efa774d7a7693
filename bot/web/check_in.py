"""签到页: the page behind the QR code, the screen that shows it, and the attendance sheet as a file.

Whoever has the link may open it: it is shown in the room, and works only while the activity is open.
"""

import asyncio
import io
from datetime import datetime
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock, local
from bot.db import Db
from bot.domain import access
from bot.domain.activities import Activity, attendance, codes, door, plan, sheets
from bot.domain.activities.codes import Codes
from bot.domain.activities.door import Arrival
from bot.notices.activities import moment, when
from bot.web.rendered import HERE, page
from bot.web.sheet import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GONE = "链接无效或已过期，请重新要一次。"
COLUMNS = ("序号", "姓名", "单位", "人数", "状态", "签到时间", "方式", "备注")
STATES = {
    sheets.PRESENT: "到场",
    sheets.WALK_IN: "到场（未报名）",
    sheets.ABSENT: "缺席",
    sheets.ON_LEAVE: "请假",
    sheets.WAITING: "候补",
    sheets.TO_APPROVE: "代签或补签待确认",
    sheets.SIGNED_UP: "已报名",
}
WAYS = {
    attendance.WORDS: "群里签到",
    attendance.CODE: "签到码",
    attendance.PAGE: "扫码",
    attendance.LIST: "接龙",
    attendance.APPROVED: "代签或补签",
}


def routes(db: Db, clock: Clock) -> list[web.AbstractRouteDef]:
    """`/check-in/<token>` with its QR code and its screen, and `/attendance/<token>`."""
    doors = _Doors(db, clock)
    return [
        web.get("/check-in/{token}", doors.show, allow_head=False),
        web.post("/check-in/{token}", doors.arrive),
        web.get("/check-in/{token}/qr.svg", doors.code),
        web.get("/check-in/{token}/screen", doors.screen),
        web.get("/attendance/{token}", doors.sheet, allow_head=False),
        web.get("/pages.css", _style),
    ]


async def _style(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(HERE / "static" / "plain.css")


class _Doors:
    """The handlers of the routes, with what they read."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def show(self, request: web.Request) -> web.Response:
        """The form; before and after the hours, what the hours are."""
        what = await self._activity(request)
        return _form(what, closed=_closed(what, self._clock.now()))

    async def arrive(self, request: web.Request) -> web.Response:
        """A name from somebody's phone."""
        what = await self._activity(request)
        now = self._clock.now()
        if closed := _closed(what, now):
            return _form(what, closed=closed)
        said = await request.post()
        name, unit = (_typed(said.get(field)) for field in ("name", "unit"))
        if not 2 <= len(name) <= 20:
            return _form(what, note="请写您的姓名。", name=name, unit=unit)
        mark = f"check_in_{what.id}"
        before = request.cookies.get(mark)
        arrival = await self._db.run(_arrive, what, name, unit[:40], now, before not in (None, quote(name)))
        answer = _answer(what, arrival, name, unit)
        if arrival.presence and before is None:
            answer.set_cookie(mark, quote(name), max_age=86_400, httponly=True, samesite="Lax")
        return answer

    async def code(self, request: web.Request) -> web.Response:
        """The QR code of the form's address."""
        await self._activity(request)
        address = str(request.url.with_path(f"/check-in/{request.match_info['token']}").with_query(None))
        import segno  # only when a code is shown

        file = io.BytesIO()
        segno.make(address, error="m").save(file, kind="svg", scale=8, border=2)
        return web.Response(body=file.getvalue(), content_type="image/svg+xml")

    async def screen(self, request: web.Request) -> web.Response:
        """Code and QR code, large, for the wall of the room."""
        what = await self._activity(request)
        known: Codes = await self._db.run(codes.of, what.id)
        window = f"签到时间：{moment(attendance.opens(what))}至{local(attendance.closes(what)):%H:%M}"
        return page(
            "check_in_screen.html", {**_heading(what), "token": known.token, "code": known.code, "window": window}
        )

    async def sheet(self, request: web.Request) -> web.Response:
        """Who came, stayed away, asked leave and waits, as an XLSX file."""
        found = await self._db.run(_sheet, request.match_info["token"], self._clock.now())
        if found is None:
            return web.Response(status=404, text=GONE)
        name, sheet = found
        from bot.web.workbook import workbook  # openpyxl takes a tenth of the time of a start

        body = await asyncio.to_thread(workbook, [sheet])
        headers = {
            "Content-Disposition": f"attachment; filename=\"attendance.xlsx\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        }
        return web.Response(body=body, content_type=XLSX, headers=headers)

    async def _activity(self, request: web.Request) -> Activity:
        """The activity behind the link. Raises 404."""
        found = await self._db.run(_behind, request.match_info["token"])
        if found is None:
            raise web.HTTPNotFound(text="签到链接无效，请重新扫码。")
        return found


def _behind(conn: Connection, token: str) -> Activity | None:
    number = codes.with_token(conn, token)
    return plan.find(conn, number) if number else None


def _arrive(conn: Connection, what: Activity, name: str, unit: str, now: datetime, second: bool) -> Arrival:
    return door.arrive(conn, what, name, unit, now, second=second)


def _typed(value: object) -> str:
    return "".join(value.split()) if isinstance(value, str) else ""


def _closed(what: Activity, now: datetime) -> str:
    """Why one cannot check in now; empty where one can."""
    if what.state != plan.PUBLISHED:
        return "这项活动已经取消或延期，不用签到。"
    if attendance.is_open(what, now):
        return ""
    window = f"签到时间是{moment(attendance.opens(what))}至{local(attendance.closes(what)):%H:%M}"
    return (
        f"还没到签到时间。{window}。" if now < attendance.opens(what) else f"签到已经结束。{window}，补签请找组织者。"
    )


def _heading(what: Activity) -> dict[str, str]:
    return {"title": what.title, "when": when(what.begins, what.end), "place": what.place}


def _form(what: Activity, **values: str | bool) -> web.Response:
    return page("check_in.html", {"name": "", "unit": "", **values, **_heading(what)})


def _answer(what: Activity, arrival: Arrival, name: str, unit: str) -> web.Response:
    if arrival.unit_wanted:
        note = "名单里还没有您，或有重名，请补上单位再签一次。"
        return _form(what, note=note, name=name, unit=unit, unit_wanted=True)
    if arrival.waits or arrival.presence is None:
        return _form(what, done=f"这部手机已经签过一位。已记下{name}，等组织者确认后生效。")
    mine = arrival.presence
    if mine.again:
        return _form(what, done=f"{name}{local(mine.at):%H:%M}已经签过了。")
    earned = f"，+{mine.points}分" if mine.points else ""
    walk_in = "（现场参加）" if mine.walk_in else ""
    return _form(what, done=f"{name}签到成功{walk_in}，{local(mine.at):%H:%M}{earned}。")


def _sheet(conn: Connection, token: str, now: datetime) -> tuple[str, Sheet] | None:
    """The file's name and content; the fetch is recorded."""
    found = sheets.behind(conn, token, now)
    if found is None:
        return None
    what, person_id = found
    access.record(conn, person_id, "download:attendance", now, granted=True)
    rows = [
        (
            number,
            row.name,
            row.unit,
            row.people,
            STATES[row.state],
            f"{local(row.at):%Y-%m-%d %H:%M}" if row.at else "",
            WAYS.get(row.via, ""),
            row.note,
        )
        for number, row in enumerate(sheets.rows(conn, what, now), 1)
    ]
    return f"签到表-{what.title}-{local(what.begins):%Y-%m-%d}.xlsx", Sheet("签到表", COLUMNS, rows)
