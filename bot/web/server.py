"""The web server: pages, health, and what every answer carries."""

from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from bot.clock import Clock
from bot.db import Db
from bot.files import FileStore
from bot.metrics import Histogram
from bot.web import attendance, calendar, check_in, downloads, groups, health, venues
from bot.web.board import DatabaseBoard
from bot.web.rendered import OPEN, squeeze, static
from bot.web.security import secure
from bot.web.visitors import CLERKS, MEMBERS, Gate

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request's body."""


class LocalGroups(groups.Live, Protocol):
    """The channel behind the page of local groups."""

    def close(self) -> None:
        """End every live listener."""


@dataclass(frozen=True, slots=True)
class Front:
    """How the pages are reached."""

    public_url: str = ""  # as people reach them; empty: as they are served
    metrics_token: str = ""  # lets other machines read /metrics
    for_all: bool = False  # the local groups are open to other machines, knowingly


def application(
    db: Db,
    clock: Clock,
    channel: LocalGroups | None,
    jobs: health.Jobs | None = None,
    reading: Histogram | None = None,
    files: FileStore | None = None,
    front: Front | None = None,
) -> web.Application:
    """The pages of one process. Without the web channel there are no local groups to show.

    With it nobody must log in: whoever reaches the local groups may speak as anybody.
    """
    front = front or Front()
    app = web.Application(client_max_size=MAX_BODY)
    secure(app, public_url=front.public_url, local_only=channel is not None and not front.for_all)
    app.middlewares.append(squeeze)
    app[OPEN] = channel is not None
    gate = Gate(db, clock, secure=front.public_url.startswith("https:"))
    app.add_routes([static()])
    app.add_routes(health.routes(db, clock, jobs, reading, front.metrics_token))
    app.add_routes(gate.routes())
    app.add_routes(check_in.routes(db, clock, gate, front.public_url))
    app.add_routes(gate.only(MEMBERS, attendance.routes(db, clock)))
    app.add_routes(gate.only(CLERKS, downloads.routes(db, clock)))
    app.add_routes(gate.only(MEMBERS, calendar.routes(db, clock)))
    app.add_routes(gate.only(MEMBERS, venues.routes(db, clock, front.public_url)))
    app.add_routes(venues.feeds(db, clock))
    if channel is None:
        app.add_routes([web.get("/", _home)])
    if channel is not None:
        board = DatabaseBoard(db, channel.name, channel.nickname)
        app.add_routes(groups.routes(board, channel, clock.now, files))

        async def end_streams(_app: web.Application) -> None:
            channel.close()  # a live page would otherwise hold up the shutdown

        app.on_shutdown.append(end_streams)
    return app


async def _home(_request: web.Request) -> web.Response:
    return web.Response(status=303, headers={"Location": "/home"})
