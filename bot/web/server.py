"""The web server: pages, health, and what every answer carries."""

from typing import Protocol

from aiohttp import web

from bot.clock import Clock
from bot.db import Db
from bot.files import FileStore
from bot.metrics import Histogram
from bot.web import calendar, check_in, downloads, groups, health, venues
from bot.web.board import DatabaseBoard
from bot.web.security import secure

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request's body."""


class LocalGroups(groups.Live, Protocol):
    """The channel behind the page of local groups."""

    def close(self) -> None:
        """End every live listener."""


def application(
    db: Db,
    clock: Clock,
    channel: LocalGroups | None,
    jobs: health.Jobs | None = None,
    reading: Histogram | None = None,
    files: FileStore | None = None,
) -> web.Application:
    """The pages of one process. Without the web channel there are no local groups to show."""
    app = web.Application(client_max_size=MAX_BODY)
    secure(app)
    app.add_routes(health.routes(db, clock, jobs, reading))
    app.add_routes(downloads.routes(db, clock))
    app.add_routes(check_in.routes(db, clock))
    app.add_routes(calendar.routes(db, clock))
    app.add_routes(venues.routes(db, clock))
    if channel is not None:
        board = DatabaseBoard(db, channel.name, channel.nickname)
        app.add_routes(groups.routes(board, channel, clock.now, files))

        async def end_streams(_app: web.Application) -> None:
            channel.close()  # a live page would otherwise hold up the shutdown

        app.on_shutdown.append(end_streams)
    return app
