"""The smart robot (智能机器人) as a channel: messages that mention it in groups, and private ones.

The protocol knows no acknowledgement of what was heard: what the platform handed over while this process died is
lost to it, so whatever arrived is kept in memory and handed in until the inbox has it, also when this process is to
listen no more.
"""

import asyncio
import logging
import random
from collections import deque
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bot.channels.wecom.connection import Connection, CredentialsRefused, Frame, Refused, Replaced, fetch, trust
from bot.channels.wecom.frames import Remote, files_of, heard
from bot.clock import Clock, SystemClock
from bot.errors import StartupError
from bot.files import MAX_FILE, FileStore, NotKept
from bot.messages import Accept, Incoming, Outgoing, SendRefused, SendUnknown, private_chat

log = logging.getLogger(__name__)

URL = "wss://openws.work.weixin.qq.com"
MAX_WAITING = 10_000
"""Events that wait for the inbox while the database is away."""
BATCH = 64
FIRST_PAUSE = 0.5
"""Seconds before what could not be stored is handed in again; then longer, up to MAX_BACKOFF."""
LAST_WORDS = 1.0
"""Seconds for what was heard last, when receiving ends."""
BACKOFF, MAX_BACKOFF = 1.0, 60.0  # seconds between attempts to connect
DISPLACED_PAUSE = 60.0
"""Seconds to leave the line to the other program: two that displace each other hear nothing."""
OFFLINE_PAUSE = 5.0
BUSY_PAUSE = 60.0
MAX_BYTES = 20_480
"""Of one markdown message."""
_BUSY = frozenset({45009, 45033, 846607})
"""Too many messages or calls at a time."""


class RobotChannel:
    """One robot of an enterprise."""

    dedupes = False

    def __init__(
        self,
        name: str,
        bot_id: str,
        secret: str,
        *,
        url: str = URL,
        ca_file: Path | None = None,
        clock: Clock | None = None,
        files: FileStore | None = None,
    ) -> None:
        """`url` begins with wss://. StartupError when the file of authorities cannot be read."""
        self.name = name
        self._sign_in = (bot_id, secret, url)
        self._clock = clock or SystemClock()
        self._connection: Connection | None = None
        self._files = files
        self._heard: deque[tuple[Incoming, list[Remote]]] = deque()
        self._come = asyncio.Event()
        if ca_file:
            try:
                trust(ca_file)
            except OSError as error:
                raise StartupError(f"企业微信的证书文件 {ca_file} 不能读取。") from error

    @property
    def connected(self) -> bool:
        """Whether the robot is signed in now."""
        return self._connection is not None

    async def run(self, accept: Accept) -> None:
        """Receive until cancelled. StartupError when the credentials are refused at the first sign-in."""
        try:
            async with asyncio.TaskGroup() as tasks:
                handing_in = tasks.create_task(self._hand_in(accept))
                try:
                    await self._stay_connected()
                finally:
                    handing_in.cancel()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    while self._heard and await self._hand_in_some(accept):
                        pass

    async def send(self, message: Outgoing) -> str | None:
        """Deliver a text as markdown, the one kind of text that the robot may push."""
        if self._connection is None:
            raise SendRefused("企业微信没有连接。", retry_after=OFFLINE_PAUSE)
        text = readable(message.text)
        if len(text.encode()) > MAX_BYTES:
            raise SendRefused(f"超过企业微信一条消息的上限{MAX_BYTES}字节。", fatal=True)
        chat = message.chat.removeprefix(private_chat("")) if message.private else message.chat
        try:
            return await self._connection.send(chat, {"msgtype": "markdown", "markdown": {"content": text}})
        except ConnectionError as error:
            raise SendRefused("企业微信没有连接。", retry_after=OFFLINE_PAUSE) from error
        except Refused as error:
            raise SendRefused(str(error), retry_after=BUSY_PAUSE if error.code in _BUSY else None) from error
        except TimeoutError as error:
            raise SendUnknown(str(error)) from error

    async def _stay_connected(self) -> None:
        """Open one connection after the other, sooner after one that worked."""
        failures, before = 0, False
        while True:
            try:
                await self._connect_once()
                before, failures = True, 0
            except CredentialsRefused as error:
                if not before:
                    raise StartupError(
                        "企业微信不认这个机器人：请检查 CHUISHAO_WECOM_BOT_ID 和 CHUISHAO_WECOM_SECRET。"
                    ) from error
                failures += 1
            except Replaced:
                before, failures = True, 0
                log.error("another program signed in as this robot", extra={"channel": self.name})
                await asyncio.sleep(DISPLACED_PAUSE)
            except (OSError, TimeoutError) as error:
                failures += 1
                log.warning("not connected", extra={"channel": self.name, "error": type(error).__name__})
            # Jitter: after an outage of the platform not every robot comes back in the same second.
            await asyncio.sleep(min(BACKOFF * 2**failures, MAX_BACKOFF) * random.uniform(0.5, 1))

    async def _connect_once(self) -> None:
        connection = Connection(*self._sign_in, self._hear)
        try:
            await connection.open()
            log.info("connected", extra={"channel": self.name})
            self._connection = connection
            await connection.ended()
        finally:
            self._connection = None
            connection.close()

    def _hear(self, frame: Frame) -> None:
        """Called for each frame in the order of the platform, so it must not wait."""
        body = frame.get("body") or {}
        event = heard(self.name, body, self._clock.now())
        if event is None:
            return
        if len(self._heard) >= MAX_WAITING:
            log.error("message lost: the database is away for too long", extra={"channel": self.name})
            return
        self._heard.append((event, files_of(body)))
        self._come.set()

    async def _hand_in(self, accept: Accept) -> None:
        """Store what was heard, in its order; while the database is away it waits here."""
        pause = FIRST_PAUSE
        while True:
            self._come.clear()
            while self._heard:
                if await self._hand_in_some(accept):
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, MAX_BACKOFF)
            await self._come.wait()

    async def _hand_in_some(self, accept: Accept) -> bool:
        """Store the next of what was heard; False when that failed for now, and what was not stored still waits."""
        batch = list(islice(self._heard, BATCH))
        for index, (event, remote) in enumerate(batch):
            if remote:
                batch[index] = self._heard[index] = (await self._with_files(event, remote), [])
        stored = await _store(accept, [event for event, _ in batch])
        for _ in range(stored):
            self._heard.popleft()
        return stored == len(batch)

    async def _with_files(self, event: Incoming, remote: list[Remote]) -> Incoming:
        """The event with its files, kept; one that cannot be fetched or is not kept is left out."""
        kept = []
        for one in remote if self._files else ():
            content = await fetch(one.url, one.key, MAX_FILE)
            with suppress(NotKept):
                if content is not None and self._files is not None:
                    kept.append(await asyncio.to_thread(self._files.keep, content, one.name))
        return replace(event, files=tuple(kept)) if kept else event


async def _store(accept: Accept, events: list[Incoming]) -> int:
    """Hand events in side by side, so that they share a commit; how many there were before the first that failed."""
    results = await asyncio.gather(*(accept(event) for event in events), return_exceptions=True)
    for index, result in enumerate(results):
        if isinstance(result, ValueError):  # never to be stored; the others are
            log.warning("event cannot be stored", extra={"error": str(result)})
        elif isinstance(result, BaseException):
            return index  # those behind it that were stored are known when they come again
    return len(events)


def readable(text: str) -> str:
    """The text so that markdown leaves it as it is: a masked phone number has asterisks in it."""
    return text.replace("*", "＊").replace("`", "'")
