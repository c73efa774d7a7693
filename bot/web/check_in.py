"""签到页: the page behind the QR code, and the screen that shows it.

Whoever has the link may open it: it is shown in the room. It checks in only the person to whom the phone is tied.
"""

import io
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock, local
from bot.db import Db, alone
from bot.domain import access
from bot.domain.activities import Activity, attendance, codes, door, plan, sign_ups
from bot.domain.activities.codes import Codes
from bot.domain.activities.door import Guest, Vouching
from bot.notices.activities import when
from bot.settings import is_loopback
from bot.voice import Voice
from bot.web.rendered import page
from bot.web.visitors import Gate

PHONE = "phone"
TOLD_EVERY = timedelta(minutes=10)
"""How often an organiser hears of those who wait to be vouched for."""


def routes(db: Db, clock: Clock, gate: Gate, public_url: str) -> list[web.AbstractRouteDef]:
    """`/check-in/<token>` with its QR code and its screen."""
    doors = _Doors(db, clock, gate, public_url)
    return [
        web.get("/check-in/{token}", doors.show, allow_head=False),
        web.post("/check-in/{token}", doors.post),
        web.get("/check-in/{token}/qr.svg", doors.code),
        web.get("/check-in/{token}/screen", doors.screen),
    ]


class _Doors:
    """The handlers of the routes, with what they read."""

    def __init__(self, db: Db, clock: Clock, gate: Gate, public_url: str) -> None:
        self._db = db
        self._clock = clock
        self._gate = gate
        self._public_url = public_url.rstrip("/")

    async def show(self, request: web.Request) -> web.Response:
        """One button for a phone that is known, four digits for another; outside the hours, what the hours are."""
        what, now = await self._activity(request), self._clock.now()
        if closed := _closed(what, now):
            return _form(request, what, closed=closed)
        if "vouch" in request.query:
            return _form(request, what, vouch=True)
        secret = request.cookies.get(PHONE) or access.new_secret()
        return self._welcome(request, what, secret, await self._guest(what, secret, now))

    async def _guest(self, what: Activity, secret: str, now: datetime) -> Guest:
        found = await self._db.run(door.guest, what, secret, now)
        if found.person is None and found.code is None:
            found = await self._db.run(alone, door.invite, what, secret, now)
        return found

    def _welcome(self, request: web.Request, what: Activity, secret: str, guest: Guest, note: str = "") -> web.Response:
        if guest.person:
            done = f"{guest.person.name}{local(guest.here):%H:%M}已签到。" if guest.here else ""
            answer = _form(request, what, person=guest.person.name or "您", done=done, note=note)
        else:
            answer = _form(request, what, code=guest.code or "", note=note)
        self._gate.give(answer, PHONE, secret, access.PHONE, path="/check-in")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def post(self, request: web.Request) -> web.Response:
        """A tap: 签到, 换人, or 请工作人员代签."""
        what, now = await self._activity(request), self._clock.now()
        if closed := _closed(what, now):
            return _form(request, what, closed=closed)
        said = await request.post()
        secret = request.cookies.get(PHONE) or access.new_secret()
        match said.get("do"):
            case "arrive":
                return await self._arrive(request, what, secret, now)
            case "forget":
                await self._db.run(alone, access.give_up, secret)
                secret = access.new_secret()
                return self._welcome(request, what, secret, await self._guest(what, secret, now))
            case _:
                name, unit = _typed(said.get("name")), _typed(said.get("unit"))
                return await self._vouch(request, what, name, unit, now)

    async def _arrive(self, request: web.Request, what: Activity, secret: str, now: datetime) -> web.Response:
        guest = await self._db.run(door.guest, what, secret, now)
        if guest.person is None:
            return self._welcome(request, what, secret, await self._guest(what, secret, now))
        mine = await self._db.run(alone, door.arrive, what, secret, now)
        name = guest.person.name
        if mine is None:
            return _form(request, what, person=name, note="还不认识您：请先在微信里告诉小红您的单位和姓名，再点签到。")
        if mine.again:
            return _form(request, what, person=name, done=f"{name}{local(mine.at):%H:%M}已经签过了。")
        earned = f"，+{mine.points}分" if mine.points else ""
        walk_in = "（现场参加）" if mine.walk_in else ""
        return _form(request, what, person=name, done=f"{name}签到成功{walk_in}，{local(mine.at):%H:%M}{earned}。")

    async def _vouch(self, request: web.Request, what: Activity, name: str, unit: str, now: datetime) -> web.Response:
        if not 2 <= len(name) <= 20:
            return _form(request, what, vouch=True, note="请写您的姓名。", name=name, unit=unit)
        asked = await self._db.run(alone, _vouch, what, name, unit[:40], now)
        if asked.unit_wanted:
            note = "有几位同名，请补上单位。"
            return _form(request, what, vouch=True, note=note, name=name, unit=unit, unit_wanted=True)
        if not asked.known:
            note = f"名单里没有{name}。第一次来，请先在微信里告诉小红您的单位和姓名；没有微信，请当面找工作人员。"
            return _form(request, what, vouch=True, note=note, name=name, unit=unit)
        if asked.here:
            return _form(request, what, done=f"{name}{local(asked.here):%H:%M}已经签过了。")
        return _form(request, what, noted=f"已记下{name}，等工作人员确认。")

    async def code(self, request: web.Request) -> web.Response:
        """The QR code of the form's address."""
        await self._activity(request)
        address = f"{self._base(request)}/check-in/{request.match_info['token']}"
        import segno  # only when a code is shown

        file = io.BytesIO()
        segno.make(address, error="m").save(file, kind="svg", scale=8, border=2)
        headers = {"Cache-Control": "private, max-age=3600"}  # the wall shows it anew whenever somebody comes
        return web.Response(body=file.getvalue(), content_type="image/svg+xml", headers=headers)

    def _base(self, request: web.Request) -> str:
        return self._public_url or str(request.url.origin())

    async def screen(self, request: web.Request) -> web.Response:
        """Code and QR code, large, for the wall of the room, with the number of those who are there."""
        what, now = await self._activity(request), self._clock.now()
        known, here, expected = await self._db.run(_wall, what)
        values = {"token": known.token, "code": known.code, "here": here, "expected": expected}
        values |= {"over": _over(what, now), "early": now < attendance.opens(what), "window": _window(what)}
        values["here_only"] = is_loopback(urlsplit(self._base(request)).hostname or "")
        return page(request, "check_in_screen.html", {**_heading(what), **values})

    async def _activity(self, request: web.Request) -> Activity:
        """The activity behind the link. Raises 404."""
        found = await self._db.run(_behind, request.match_info["token"])
        if found is None:
            raise web.HTTPNotFound(text="签到链接无效，请重新扫码。")
        return found


def _behind(conn: Connection, token: str) -> Activity | None:
    number = codes.with_token(conn, token)
    return plan.find(conn, number) if number else None


def _wall(conn: Connection, what: Activity) -> tuple[Codes, int, int]:
    """The codes of an activity, how many are there, and how many have signed up."""
    here = len(attendance.present(conn, what.id))
    return codes.of(conn, what.id), here, sign_ups.seats(conn, what.id).taken


def _vouch(conn: Connection, what: Activity, name: str, unit: str, now: datetime) -> Vouching:
    """Note the claim, and tell the organiser now and then: the line at the door must not become one of messages."""
    asked = door.vouch_for(conn, what, name, unit, now)
    if asked.organiser_id is not None:
        span = int(now.timestamp() // TOLD_EVERY.total_seconds())
        key = f"door:{what.id}:{span}"
        text = f"「{what.title}」签到页有人请您代签（{name}等）。回复「待确认」查看，名字对就回复「确认」。"
        Voice(conn, now, key).to_person(asked.organiser_id, text, channel="", key=key)
    return asked


def _typed(value: object) -> str:
    return "".join(value.split()) if isinstance(value, str) else ""


def _closed(what: Activity, now: datetime) -> str:
    """Why one cannot check in now; empty where one can."""
    if over := _over(what, now):
        return over if what.state != plan.PUBLISHED else f"{over}{_window(what)}，补签请找组织者。"
    return f"还没到签到时间。{_window(what)}。" if now < attendance.opens(what) else ""


def _over(what: Activity, now: datetime) -> str:
    """Why nobody will check in any more; empty where somebody can, now or later."""
    if what.state != plan.PUBLISHED:
        return "这项活动已经取消或延期，不用签到。"
    return "签到已经结束。" if now > attendance.closes(what) else ""


def _window(what: Activity) -> str:
    return f"签到时间是{when(attendance.opens(what), attendance.closes(what))}"


def _heading(what: Activity) -> dict[str, str]:
    return {"title": what.title, "when": when(what.begins, what.end), "place": what.place}


def _form(request: web.Request, what: Activity, **values: str | bool) -> web.Response:
    return page(request, "check_in.html", {"name": "", "unit": "", **values, **_heading(what)})
