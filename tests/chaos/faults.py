"""What happens to the bot, one kind a function. Each ends when the fault is over; recovery is the bot's own."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from tests.chaos.databases import Database
from tests.chaos.processes import Process
from tests.chaos.world import Trouble, World

LONG = 0.07
"""The part of stalls and late answers that outlast the bot's patience."""
MEETS_WITHIN, LOOK_EVERY = 2.0, 0.02
"""Seconds to wait for a message that meets a trouble of the gateway."""
PATIENCE = 5.0
"""Seconds after which the robot's SDK takes a message for unanswered."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What faults act upon."""

    world: World
    database: Database
    bots: list[Process]
    gateway: Process
    dice: Random

    async def sender(self) -> Process:
        """The process that sends for the robot's account."""
        ((holders,),) = [
            await self.database.rows("select holder from lane where account = 'wecom' and holder is not null")
        ]
        pid = int(re.split(":", holders[0][0])[1]) if holders else 0
        return next((bot for bot in self.bots if bot.pid == pid), self.bots[0])

    async def trouble(self, trouble: Trouble, seconds: float) -> None:
        """Let the gateway make trouble for a while from when a message meets it."""
        await self.until_met(trouble)
        await asyncio.sleep(seconds)
        self.world.trouble = Trouble.NONE

    async def until_met(self, trouble: Trouble) -> None:
        """Begin, and wait for a message."""
        before, self.world.trouble = self.world.met, trouble
        for _ in range(int(MEETS_WITHIN / LOOK_EVERY)):
            if self.world.met > before:
                return
            await asyncio.sleep(LOOK_EVERY)


async def kill_worker(stage: Stage) -> None:
    stage.dice.choice(stage.bots).kill()


async def kill_sender(stage: Stage) -> None:
    """While the gateway has read a message and not answered, where there is one."""
    await stage.until_met(Trouble.STALLS)
    (await stage.sender()).kill()
    stage.world.trouble = Trouble.NONE


async def kill_database(stage: Stage) -> None:
    await stage.database.dies(stage.dice)


async def cut_database(stage: Stage) -> None:
    await stage.database.hangs_up(stage.dice)


async def kill_gateway(stage: Stage) -> None:
    stage.gateway.kill(rest=stage.dice.uniform(0, 1))


async def gateway_stalls(stage: Stage) -> None:
    long = stage.dice.random() < LONG
    await stage.trouble(Trouble.STALLS, PATIENCE + 0.5 if long else stage.dice.uniform(0, 0.7))


async def gateway_is_late(stage: Stage) -> None:
    stage.world.delay = PATIENCE + 0.5 if stage.dice.random() < LONG else stage.dice.uniform(0.1, 1)
    await stage.trouble(Trouble.LATE, stage.dice.uniform(0, 0.7))


async def gateway_answers_twice(stage: Stage) -> None:
    await stage.trouble(Trouble.TWICE, stage.dice.uniform(0, 0.7))


async def gateway_refuses(stage: Stage) -> None:
    await stage.trouble(Trouble.REFUSES, stage.dice.uniform(0, 0.7))


async def gateway_hangs_up(stage: Stage) -> None:
    """Having taken a message."""
    await stage.trouble(Trouble.DROPS, stage.dice.uniform(0, 0.7))


async def disk_is_full(stage: Stage) -> None:
    await stage.database.disk_is_full([bot.pid for bot in stage.bots if bot.pid], stage.dice.uniform(0.1, 1))


async def database_is_read_only(stage: Stage) -> None:
    await stage.database.is_read_only(stage.dice, stage.dice.uniform(0.1, 1))


async def clock_goes_ahead(stage: Stage) -> None:
    stage.world.leap += stage.dice.choice((1, 30, 300)) * stage.dice.random()


async def clock_goes_back(stage: Stage) -> None:
    """And after a while it is set right."""
    back = stage.dice.choice((1, 30, 600)) * stage.dice.random()
    stage.world.leap -= back
    await asyncio.sleep(stage.dice.uniform(0.1, 1))
    stage.world.leap += back


KINDS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "worker killed": kill_worker,
    "sender killed": kill_sender,
    "database killed, locked": kill_database,
    "database cut off": cut_database,
    "gateway killed": kill_gateway,
    "gateway stalls": gateway_stalls,
    "gateway late": gateway_is_late,
    "gateway answers twice": gateway_answers_twice,
    "gateway refuses": gateway_refuses,
    "gateway takes, hangs up": gateway_hangs_up,
    "disk full": disk_is_full,
    "database read-only": database_is_read_only,
    "clock ahead": clock_goes_ahead,
    "clock back": clock_goes_back,
}
DECK = (*KINDS, "gateway stalls", "gateway late", "gateway refuses", "gateway takes, hangs up", "sender killed")
"""In each round of faults every kind once, and twice what leaves messages in doubt."""
