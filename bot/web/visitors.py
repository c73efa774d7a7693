"""Who opens a page: a browser that logged in by a link which the bot sent to its owner privately.

The one place that decides who may see what: a role is asked at every request, so that whoever loses it, or logs out
by a word to the bot, is out at once.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.db import Db
from bot.domain import access, people
from bot.domain.people import ROLE_NAMES
from bot.web.rendered import OPEN, VISITOR, Visitor, notice, page

COOKIE = "session"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOG_IN = "私聊小红发「网页」，点开她发来的链接就能登录；登录后30天内不用再登。"
MEMBERS = frozenset(people.ROLES) - {people.STRANGER}
CLERKS = frozenset({people.SECRETARY, people.STAFF})


class Gate:
    """Lets those through to a page who may see it; where the local groups are open, everybody (see OPEN)."""

    def __init__(self, db: Db, clock: Clock, *, secure: bool) -> None:
        self._db = db
        self._clock = clock
        self._secure = secure

    def only(self, roles: Collection[str], routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same pages, for those who hold one of these roles."""
        return [
            web.RouteDef(route.method, route.path, self._kept_for(roles, route.handler), route.kwargs)
            for route in routes
        ]

    def _kept_for(self, roles: Collection[str], handler: Any) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            visitor = await self.visitor(request)
            if visitor is not None:
                request[VISITOR] = visitor
            if refused := _refused(request, visitor, roles):
                return refused
            answer: web.StreamResponse = await handler(request)
            answer.headers.setdefault("Cache-Control", "private, no-store")
            return answer

        return guarded

    async def visitor(self, request: web.Request) -> Visitor | None:
        """Who that is; None for a browser that has not logged in."""
        secret = request.cookies.get(COOKIE)
        return await self._db.run(_visitor, secret, self._clock.now()) if secret else None

    def routes(self) -> list[web.RouteDef]:
        """`/login/<token>`, `/logout`, and `/home`: what there is to open."""
        return [
            web.get("/login/{token}", self._ask),
            web.post("/login/{token}", self._log_in),
            web.post("/logout", self._log_out),
            *self.only(MEMBERS, [web.get("/home", self._home)]),
        ]

    async def _ask(self, request: web.Request) -> web.Response:
        """A button: what merely looks at a link, as chat programs do, must not use it up."""
        return page(request, "login.html", {})

    async def _log_in(self, request: web.Request) -> web.Response:
        secret = await self._db.run(_open_session, request.match_info["token"], self._clock.now())
        if secret is None:
            return notice(request, 410, "链接用不了了", f"登录链接10分钟内有效，只能用一次。{LOG_IN}")
        answer = web.Response(status=303, headers={"Location": "/home"})
        self.give(answer, COOKIE, secret, access.SESSION)
        return answer

    async def _log_out(self, request: web.Request) -> web.Response:
        if secret := request.cookies.get(COOKIE):
            await self._db.run(access.give_up, secret)
        answer = notice(request, 200, "已退出", LOG_IN)
        answer.del_cookie(COOKIE)
        return answer

    async def _home(self, request: web.Request) -> web.Response:
        visitor = request.get(VISITOR)
        role = ROLE_NAMES[visitor.role] if visitor else ""
        clerk = visitor is None or visitor.role in CLERKS
        return page(request, "home.html", {"role": role, "clerk": clerk})

    def give(self, answer: web.Response, name: str, secret: str, use: str, path: str = "/") -> None:
        """Let a browser keep a secret that no script and no other site gets."""
        seconds = int(access.GOOD_FOR[use].total_seconds())
        answer.set_cookie(name, secret, max_age=seconds, httponly=True, samesite="Lax", secure=self._secure, path=path)


def _refused(request: web.Request, visitor: Visitor | None, roles: Collection[str]) -> web.Response | None:
    """What somebody reads who may not see the page."""
    if request.app.get(OPEN, False) or (visitor and visitor.role in roles):
        return None
    if visitor is None:
        return notice(request, 401, "请先登录", f"{LOG_IN}登录以后再打开这一页。")
    return notice(request, 403, "不能打开", f"您现在的身份是{ROLE_NAMES[visitor.role]}，这一页不对您开放。")


def _visitor(conn: Connection, secret: str, now: datetime) -> Visitor | None:
    person_id = access.holder(conn, secret, access.SESSION, now)
    return of_person(conn, person_id) if person_id is not None else None


def of_person(conn: Connection, person_id: int) -> Visitor:
    """Somebody with the role that counts on the pages."""
    someone = people.get_person(conn, person_id)
    return Visitor(person_id, people.display_name(someone), people.role_in(conn, someone, access.PAGES))


def _open_session(conn: Connection, token: str, now: datetime) -> str | None:
    person_id = access.redeem(conn, token, access.LOGIN, now)
    if person_id is None:
        return None
    access.record(conn, person_id, "login", now, granted=True)
    return access.issue(conn, person_id, access.SESSION, now)
