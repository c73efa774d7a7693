"""People at the local page: each message is repeated until it is acknowledged, and now and then although it was."""

import asyncio
import json
from collections.abc import Sequence
from random import Random
from uuid import UUID

import aiohttp

from tests.chaos.texts import text_of

SPEAKERS = 4
CHATS = ("haina", "yunfan", "jinhai")
AGAIN = 0.05
PAUSE = 0.1, 0.6
"""Seconds between two messages of a speaker."""
SLOWER = 5
WITHIN = 5.0


class Load:
    """Speaks to whichever process answers."""

    def __init__(self, ports: Sequence[int], dice: Random) -> None:
        self._ports = ports
        self._dice = dice
        self._numbers = 0
        self.acked: set[str] = set()
        self.going = True
        self.resting = False  # the bot is behind

    async def run(self) -> None:
        """Speak until told to stop; ends when the last message is acknowledged."""
        timeout = aiohttp.ClientTimeout(total=WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as speakers:
            for _ in range(SPEAKERS):
                speakers.create_task(self._speak(session))

    async def _speak(self, session: aiohttp.ClientSession) -> None:
        while self.going:
            number, self._numbers = self._numbers, self._numbers + 1
            while self.going and not await self._say(session, number):  # noqa: ASYNC110 - no bell is rung
                await asyncio.sleep(PAUSE[0])
            if not self.going:  # it does not matter whether the bot has the last one
                return
            self.acked.add(id_of(number))
            if self._dice.random() < AGAIN:
                await self._say(session, number)
            await asyncio.sleep(self._dice.uniform(*PAUSE) * (SLOWER if self.resting else 1))

    async def _say(self, session: aiohttp.ClientSession, number: int) -> bool:
        """True once the bot has it for good; False when that is not known."""
        url = f"http://127.0.0.1:{self._dice.choice(self._ports)}/api/messages"
        said = {"id": id_of(number), "persona": "liu", "chat": CHATS[number % len(CHATS)], "text": text_of(number)}
        try:
            async with session.post(url, data=json.dumps(said)) as answer:
                if 400 <= answer.status < 500:
                    raise AssertionError(await answer.text())
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def goes_on(self, within: float) -> bool:
        """Whether something more is acknowledged in time."""
        before = len(self.acked)
        for _ in range(int(within / 0.02)):
            if len(self.acked) > before:
                return True
            await asyncio.sleep(0.02)
        return False


def id_of(number: int) -> str:
    """The page's id of a message."""
    return str(UUID(int=number + 1))
