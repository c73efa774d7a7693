"""`chuishao run`: everything, until a signal ends it."""

import asyncio
import logging
import signal
import time

from aiohttp import web

from bot import app as composition
from bot import district
from bot.app import App
from bot.channels.web import WebChannel
from bot.clock import SystemClock
from bot.errors import StartupError
from bot.messages import Channel
from bot.migrations import migrate
from bot.mind import Mind
from bot.settings import Settings
from bot.web.server import application
from knowledge.reading import Reader

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Migrate, load, serve. Raises StartupError."""
    migrate(settings.database_url)
    asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    """All channels, the clock and the pages, until SIGTERM or SIGINT."""
    channels = [make_channel(name, settings) for name in settings.channel_names()]
    app = composition.build(settings, SystemClock(), channels, Mind(Reader.load()))
    for channel in channels:
        await app.db.run(district.load, channel.name, app.clock.now())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with composition.running(app):
        site = await start_pages(app, channels, settings)
        log.info("ready", extra={"seconds": round(time.process_time(), 2)})
        await stop.wait()
        await site.cleanup()


async def start_pages(app: App, channels: list[Channel], settings: Settings) -> web.AppRunner:
    """Serve the pages."""
    groups = next((channel for channel in channels if isinstance(channel, WebChannel)), None)
    runner = web.AppRunner(application(app.db, app.clock, groups), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise StartupError(
            f"端口 {settings.port} 打不开（{error.strerror}）。请换一个：CHUISHAO_PORT=8081 make run"
        ) from error
    print_address(runner, groups is not None)
    return runner


def print_address(runner: web.AppRunner, groups: bool) -> None:
    """Tell the person at the terminal where to look."""
    host, port = runner.addresses[0][:2]
    log.info("serving", extra={"url": f"http://{host}:{port}/", "groups": groups})


def make_channel(name: str, settings: Settings) -> Channel:
    """A channel by its name in the settings. SDKs are imported only for the channel that is configured."""
    if name == "web":
        return WebChannel(settings.nickname)
    if name == "console":
        from bot.channels.console import ConsoleChannel

        return ConsoleChannel()
    if name == "wechaty":
        from bot.channels.wechaty import wechaty_channel

        if not settings.wechaty_endpoint or not settings.wechaty_token:
            raise StartupError("wechaty 通道需要 CHUISHAO_WECHATY_ENDPOINT 和 CHUISHAO_WECHATY_TOKEN。")
        return wechaty_channel(
            "wechaty",
            settings.wechaty_endpoint,
            settings.wechaty_token,
            nickname=settings.nickname,
            tls=settings.wechaty_ca_file or settings.wechaty_tls,
            tls_name=settings.wechaty_tls_name or None,
        )
    raise StartupError(f"不认识的通道「{name}」，可以是 web、console、wechaty。")
