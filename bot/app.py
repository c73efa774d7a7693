"""The composition root: builds everything, starts and stops it. No logic."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db import Db, open_db
from bot.dispatch import Dispatcher
from bot.files import FileStore
from bot.messages import Channel
from bot.mind import Mind
from bot.runtime import Runtime
from bot.settings import Settings
from handlers import HANDLERS
from scheduler import JOBS
from scheduler.clock import Scheduler
from scheduler.upkeep import forget_texts

TICK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class App:
    """The running parts."""

    db: Db
    clock: Clock
    runtime: Runtime
    scheduler: Scheduler
    files: FileStore


def build(settings: Settings, clock: Clock, channels: Sequence[Channel], mind: Mind) -> App:
    """Put the parts together; nothing runs yet."""
    db, files = open_db(settings.database_url), FileStore(settings.files)
    upkeep = forget_texts(timedelta(days=settings.keep_texts_days))
    scheduler = Scheduler(db, (*JOBS, upkeep), files)
    runtime = Runtime(
        db,
        clock,
        mind,
        Dispatcher(HANDLERS, settings.pages_url(), scheduler),
        channels,
        files,
        bulk_interval=timedelta(seconds=settings.bulk_interval),
    )
    return App(db, clock, runtime, scheduler, files)


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """Loops and clock, until the block ends. When a channel or a loop dies, the block is cancelled, and its error
    is raised here: a bot that hears nothing must not look alive.
    """
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # a replay, which has its own clock, does without

    await app.scheduler.start(app.clock.now())
    await app.runtime.catch_up()  # what was said in time counts before what fell due meanwhile
    await app.scheduler.tick(app.clock.now())  # before anything is sent: a night that has begun stops broadcasts
    ticks = AsyncIOScheduler(timezone="Asia/Shanghai")
    ticking = asyncio.Lock()
    # coalesce and one instance: a slow tick is followed by one tick that does all that came due meanwhile.
    ticks.add_job(_tick, "interval", [app, ticking], seconds=TICK.seconds, coalesce=True, max_instances=1)
    ticks.start()
    try:
        async with asyncio.TaskGroup() as group:
            loops = group.create_task(app.runtime.run())
            yield
            loops.cancel()
    except BaseExceptionGroup as errors:
        raise _first(errors) from None
    finally:
        ticks.pause()
        await asyncio.sleep(0)  # a tick that was just started takes the lock
        async with ticking:  # shutdown would cancel it in its middle, and log that as an error
            ticks.shutdown(wait=False)
        app.runtime.mind.close()
        await app.db.close()


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _tick(app: App, ticking: asyncio.Lock) -> None:
    async with ticking:
        if await app.scheduler.tick(app.clock.now()):
            app.runtime.wake()
