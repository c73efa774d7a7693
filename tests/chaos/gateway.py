"""The gateway as a process of its own: the platform of WeCom's robot. What it took, it has written down for good."""

import asyncio
import json
import os
import random
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from aiohttp import ClientError, web

from tests.channels.platform import Platform, serving
from tests.chaos.texts import ROBOT, text_of
from tests.chaos.world import Trouble, World

TAKEN = "taken.jsonl"
AGAIN = 0.05
"""The part of the messages that it hands over twice."""


def run(folder: Path, port: int) -> None:
    """Serve until killed."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    with (folder / TAKEN).open("a", encoding="utf-8") as record:
        asyncio.run(_serve(Gateway(world=World(folder / "world"), record=record), tls, port))


async def _serve(gateway: "Gateway", tls: ssl.SSLContext, port: int) -> None:
    async with serving(gateway, tls, port):
        await gateway.talk()


@dataclass(slots=True)
class Gateway(Platform):
    """The platform with the troubles that the harness makes."""

    world: World = field(kw_only=True)
    record: IO[str] = field(kw_only=True)

    async def _answer(self, line: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        if frame["cmd"] != "aibot_send_msg":
            await Platform._answer(self, line, frame)
            return
        world, answer = self.world, {"headers": frame["headers"], "errcode": 0, "errmsg": "ok"}
        trouble = Trouble(int(world.trouble))
        world.met += trouble != Trouble.NONE
        if trouble == Trouble.REFUSES:
            await line.send_json({**answer, "errcode": -1, "errmsg": "no"})
            return
        if trouble == Trouble.STALLS:
            await self._hold()
        self._take(frame["body"])
        if trouble == Trouble.DROPS:
            raise ConnectionAbortedError("the harness wants it")
        if trouble == Trouble.LATE:
            await asyncio.sleep(world.delay)
        for _ in range(2 if trouble == Trouble.TWICE else 1):
            await line.send_json(answer)

    async def _hold(self) -> None:
        while self.world.trouble == Trouble.STALLS:  # noqa: ASYNC110 - the harness is another process
            await asyncio.sleep(0.01)

    def _take(self, body: dict[str, Any]) -> None:
        taken = {"chat": body["chatid"], "text": body["markdown"]["content"]}
        self.record.write(json.dumps(taken, ensure_ascii=False) + "\n")
        self.record.flush()
        os.fsync(self.record.fileno())

    async def talk(self) -> None:
        """People talk in groups where the robot is."""
        dice = random.Random()
        while True:
            await asyncio.sleep(dice.expovariate(self.world.pace or 1.0))
            if not self.world.pace or self._line is None or self._line.closed:
                continue
            self.world.said += 1
            number = ROBOT + int(self.world.said)
            with suppress(ConnectionError, ClientError):
                for _ in range(2 if dice.random() < AGAIN else 1):
                    # A group for each, so that every answer is one of its kind.
                    await self.says(
                        text_of(number), message_id=f"r{number}", chat=f"g{number}", sender=f"u{number % 50}"
                    )


def taken(folder: Path) -> list[tuple[str, str]]:
    """Chat and text of every message that the gateway ever took."""
    with suppress(FileNotFoundError):
        lines = (folder / TAKEN).read_text("utf-8").split("\n")[:-1]
        return [(one["chat"], one["text"]) for one in map(json.loads, lines)]
    return []
