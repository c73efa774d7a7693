"""`chuishao run`: everything, until a signal ends it."""

import asyncio
import ctypes
import gc
import logging
import signal
import socket
import time
from contextlib import suppress
from datetime import datetime

from aiohttp import web
from sqlalchemy.engine import Connection

from bot import app as composition
from bot import district, inbox, lanes, outbox
from bot.app import App
from bot.channels.web import WebChannel
from bot.channels.wecom.webhook import WebhookChannel
from bot.clock import Clock, SystemClock
from bot.commands.channels import make_channels
from bot.errors import StartupError
from bot.files import can_hold
from bot.messages import Accept, Channel
from bot.migrations import migrate
from bot.mind import Mind
from bot.settings import Settings
from bot.web.health import Jobs
from bot.web.server import Front, application
from knowledge.reasons import reason
from knowledge.times.phrases import SCANNER
from scheduler.runs import last_tick
from scheduler.upkeep import runs

log = logging.getLogger(__name__)

JOBS = Jobs(last_tick, runs)
LAST_WORDS = 5.0
"""Seconds that what was said last may take to be answered, when the terminal's input has ended."""


def run(settings: Settings) -> None:
    """Migrate, load, serve. Raises StartupError."""
    channels = make_channels(settings)
    if not can_hold(settings.files):
        raise StartupError(f"CHUISHAO_FILES 指的文件夹 {settings.files} 写不了：请换一个可以写的。")
    with listen(settings) as listening:  # before anything slow: a second start says at once that the port is taken
        migrate(settings.database_url)
        asyncio.run(serve(settings, channels, listening, SystemClock()))


def listen(settings: Settings) -> socket.socket:
    """The port of the pages. Raises StartupError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=128)
    except OSError as error:
        raise StartupError(
            f"端口 {settings.host}:{settings.port} 打不开（{reason(error)}）。请换一个：CHUISHAO_PORT=8081 make run"
        ) from error


async def serve(settings: Settings, channels: list[Channel], listening: socket.socket, clock: Clock) -> None:
    """All channels, the clock and the pages, until SIGTERM or SIGINT, or until a terminal's input ends."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running: list[Channel] = [Terminal(channel, stop) if channel.name == "console" else channel for channel in channels]
    app = composition.build(settings, clock, running, Mind.load(settings))
    for channel in channels:
        if isinstance(channel, WebhookChannel):
            await app.db.run(district.join_webhook, channel.name, channel.group)
        else:
            await app.db.run(district.load, channel.name, app.clock.now())
    async with composition.running(app):
        front = Front(settings.public_url, settings.metrics_token, settings.web_for_all)
        pages = await start_pages(app, channels, listening, front)
        log.info("ready", extra={"seconds": round(time.process_time(), 2)})
        await asyncio.to_thread(warm_up, app)
        await stop.wait()
        for channel in running:
            if isinstance(channel, Terminal):
                await last_words(app, channel.name)
        await pages.cleanup()


def warm_up(app: App) -> None:
    """Do what no start shall wait for, and no message either."""
    SCANNER.warm_up()
    app.runtime.settler.dispatcher.repertoire.warm_up()
    gc.freeze()  # what is loaded stays: to look through it for garbage would stop everything for a fifth of a second
    if give_back := getattr(ctypes.CDLL(None), "malloc_trim", None):  # of glibc: 17 MB that only loading used
        give_back(0)


async def start_pages(app: App, channels: list[Channel], listening: socket.socket, front: Front) -> web.AppRunner:
    """Serve the pages on a socket that listens already."""
    groups = next((channel for channel in channels if isinstance(channel, WebChannel)), None)
    pages = application(app.db, app.clock, groups, JOBS, app.runtime.mind.reading_time, app.files, front)
    runner = web.AppRunner(pages, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    log.info("serving", extra={"url": f"http://{shown}:{port}/", "groups": groups is not None})
    return runner


class Terminal:
    """A terminal as a channel, the end of whose input (Ctrl-D) is the end of the program."""

    def __init__(self, channel: Channel, stop: asyncio.Event) -> None:
        self.name, self.dedupes = channel.name, channel.dedupes
        self.send = channel.send
        self._channel = channel
        self._stop = stop

    async def run(self, accept: Accept) -> None:
        """Read until the end of the input."""
        await self._channel.run(accept)
        self._stop.set()


async def last_words(app: App, account: str) -> None:
    """Let what was said before the end be answered."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            while await app.db.run(_is_busy, account, app.clock.now()):  # noqa: ASYNC110 - rows ring no bell
                await asyncio.sleep(0.02)


def _is_busy(conn: Connection, account: str, now: datetime) -> bool:
    due = lanes.next_due(conn, account)
    in_flight = outbox.IN_FLIGHT.keys() & outbox.count(conn).keys()
    return "new" in inbox.count(conn) or bool(in_flight) or (due is not None and due <= now)
