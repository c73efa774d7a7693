"""Two processes on one database and one account: one listens; the other takes its place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import app as composition
from bot.app import App
from bot.channels.wecom import robot as robot_module
from bot.channels.wecom.robot import RobotChannel
from bot.clock import SystemClock
from bot.lanes import lane
from bot.mind import Mind
from bot.settings import Settings
from tests.channels.platform import BOT_ID, SECRET, Platform


@pytest.fixture
def robots(platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[RobotChannel]:
    monkeypatch.setattr(robot_module, "BACKOFF", 0.01)
    return [RobotChannel("wecom", BOT_ID, SECRET, url=platform.url, ca_file=folder / "ca.pem") for _ in range(2)]


@pytest.fixture
async def apps(robots: list[RobotChannel], database_url: str, mind: Mind) -> AsyncIterator[list[App]]:
    settings = Settings(_env_file=None, database_url=database_url)
    made = [composition.build(settings, SystemClock(), [robot], mind) for robot in robots]
    yield made
    for app in made:
        await app.db.close()


async def until(apps: list[App], found: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not found():
            for app in apps:
                app.runtime.wake()
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_one_listens_and_the_other_takes_over(
    apps: list[App], robots: list[RobotChannel], platform: Platform
) -> None:
    running = [asyncio.create_task(app.runtime.run()) for app in apps]
    await until(apps, lambda: any(robot.connected for robot in robots))
    for _ in range(20):  # both have asked for the lane meanwhile
        for app, robot in zip(apps, robots, strict=True):
            await app.runtime.send(robot)
    assert platform.sign_ins == 1
    first = next(number for number, robot in enumerate(robots) if robot.connected)
    second = 1 - first

    to_the_second = sa.update(lane).values(holder=apps[second].runtime.id)
    await apps[0].db.run(lambda conn: conn.execute(to_the_second).rowcount)
    await until(apps, lambda: robots[second].connected and not robots[first].connected)
    assert platform.sign_ins == 2

    running[second].cancel()
    await asyncio.wait([running[second]])
    await until(apps, lambda: robots[first].connected and not robots[second].connected)
    await platform.says("@小红 帮助", message_id="m1")
    await until(apps, lambda: platform.taken)
    assert platform.sign_ins == 3
    running[first].cancel()
    await asyncio.wait([running[first]])
    await asyncio.sleep(0.05)  # the SDK closes in the background
