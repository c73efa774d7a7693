"""How the loops end: what was begun is finished, what waits is told, and a channel that dies is not hidden."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot import app as composition
from bot import inbox, loops, outbox
from bot.app import App
from bot.clock import VirtualClock
from bot.errors import StartupError
from bot.messages import Accept, Incoming, Outgoing
from bot.mind import Mind
from bot.outbox import Post
from bot.settings import Settings
from tests.actors import NOW
from tests.core.test_order import message


@dataclass
class Gateway:
    """A channel whose calls the test holds in its hand."""

    name: str = "replay"
    dedupes: bool = False
    error: Exception | None = None
    ends: bool = False
    delay: float = 0.0
    sent: list[str] = field(default_factory=list)
    sending: asyncio.Event = field(default_factory=asyncio.Event)
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, accept: Accept) -> None:
        self.listening.set()
        if self.error:
            raise self.error
        if not self.ends:
            await asyncio.Event().wait()

    async def send(self, out: Outgoing) -> str | None:
        self.sending.set()
        await asyncio.sleep(self.delay)
        self.sent.append(out.text)
        return "g1"


@pytest.fixture
async def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
async def app(database_url: str, mind: Mind, gateway: Gateway) -> AsyncIterator[App]:
    settings = Settings(_env_file=None, database_url=database_url)
    made = composition.build(settings, VirtualClock(NOW), [gateway], mind)
    yield made
    await made.db.close()


async def states(app: App) -> dict[str, int]:
    return await app.db.run(outbox.count)


async def queue(app: App, count: int) -> None:
    for number in range(count):
        await app.db.run(outbox.post, Post(f"k{number}", "replay", "haina", str(number)), NOW)


async def test_a_send_under_way_is_finished_and_recorded(app: App, gateway: Gateway) -> None:
    gateway.delay = 0.2
    await queue(app, 3)
    running = asyncio.create_task(app.runtime.run())
    await gateway.sending.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert gateway.sent == ["0"]
    assert await states(app) == {"sent": 1, "queued": 2}


async def test_a_send_that_hangs_does_not_hold_up_the_end(
    app: App, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "STOP_WITHIN", 0.1)
    gateway.delay = 60
    await queue(app, 1)
    running = asyncio.create_task(app.runtime.run())
    await gateway.sending.wait()
    running.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(running, return_exceptions=True)
    assert await states(app) == {"sending": 1}
    await app.runtime.recover()
    assert await states(app) == {"unknown": 1}  # listed, never repeated by itself


async def test_what_was_accepted_is_in_the_inbox_and_the_rest_is_told(app: App, gateway: Gateway) -> None:
    running = asyncio.create_task(app.runtime.run())
    await gateway.listening.wait()
    pending = [asyncio.ensure_future(app.runtime.accept(message(number, "在吗"))) for number in range(50)]
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    results = await asyncio.gather(*pending, return_exceptions=True)
    stored = sum((await app.db.run(inbox.count)).values())
    assert stored == sum(result is True for result in results)
    assert all(result is True or isinstance(result, ConnectionAbortedError) for result in results)
    with pytest.raises(ConnectionAbortedError):
        await app.runtime.accept(message(99, "在吗"))


async def test_an_accept_that_is_cancelled_disturbs_nobody(app: App) -> None:
    events = [message(number, "在吗") for number in range(3)]
    pending = [asyncio.ensure_future(app.runtime.accept(event)) for event in events]
    await asyncio.sleep(0)
    pending[1].cancel()
    assert await app.runtime.accept_arrivals() == 3
    assert list(await asyncio.gather(pending[0], pending[2])) == [True, True]
    again = asyncio.ensure_future(app.runtime.accept(events[1]))
    await asyncio.sleep(0)
    await app.runtime.accept_arrivals()
    assert await again is False  # it was stored: whoever gave up asks again and learns so


async def test_a_failing_commit_is_told_to_those_who_wait(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object) -> None:
        raise OSError("disk")

    pending = asyncio.ensure_future(app.runtime.accept(message(1, "在吗")))
    await asyncio.sleep(0)
    with monkeypatch.context() as patch:
        patch.setattr(app.db, "run", broken)
        with pytest.raises(OSError, match="disk"):
            await app.runtime.accept_arrivals()
    with pytest.raises(OSError, match="disk"):
        await pending
    pending = asyncio.ensure_future(app.runtime.accept(message(1, "在吗")))
    await asyncio.sleep(0)
    await app.runtime.accept_arrivals()
    assert await pending


@pytest.mark.parametrize("error", [StartupError("令牌不对。"), RuntimeError("lost")])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_channel_that_dies_ends_the_bot_aloud(
    app: App, gateway: Gateway, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    gateway.error = error
    with pytest.raises(type(error), match=str(error)):
        async with composition.running(app):
            await asyncio.sleep(30)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == ["channel failed"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_channel_that_ends_leaves_the_others_running(app: App, gateway: Gateway) -> None:
    gateway.ends = True
    async with composition.running(app):
        await asyncio.sleep(0.05)
        await queue(app, 1)
        app.runtime.wake()
        await gateway.sending.wait()
        event = Incoming("replay", "m1", "haina", "wx_a", "在吗", NOW)
        assert await app.runtime.accept(event)
    assert gateway.sent == ["0"]
