"""The embedded channel: the district's local groups on the bot's own page, no outside platform needed.

It knows nothing of HTTP. Pages `post` what a visitor says and `listen` to what is said; what was said is kept
in the inbox and the outbox, so a listener that loses its place reads the stored lines and goes on.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.messages import Accept, Incoming, Outgoing

Said = Incoming | Outgoing
QUEUED = 256
"""Events a listener may lag behind before it is dropped; it comes back and reads the stored lines."""
LISTENERS = 64


class WebChannel:
    """The account `web`: groups that exist only on this server."""

    name = "web"
    dedupes = True  # listeners know a line by the message's id, so a second send shows nothing new

    def __init__(self, nickname: str = "小红") -> None:
        self.nickname = nickname
        self._accept: Accept | None = None
        self._listeners: set[asyncio.Queue[Said | None]] = set()

    async def run(self, accept: Accept) -> None:
        """Take posts until cancelled; then every listener is told that it is over."""
        self._accept = accept
        try:
            await asyncio.Event().wait()
        finally:
            self._accept = None
            self.close()

    async def post(self, message: Incoming) -> bool:
        """Accept what a visitor said; returns after the commit. False: known already.

        Raises ConnectionRefusedError while the channel is not running.
        """
        if self._accept is None:
            raise ConnectionRefusedError("the web channel is not running")
        new = await self._accept(message)
        if new:
            self._publish(message)
        return new

    async def send(self, message: Outgoing) -> str | None:
        """Show a message of the bot's to whoever listens now; the others read it from the outbox."""
        self._publish(message)
        return None

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Said | None]]:
        """Everything said from now on; None: no more comes. Raises ConnectionRefusedError when full."""
        if len(self._listeners) >= LISTENERS:
            raise ConnectionRefusedError("too many pages listen already")
        heard: asyncio.Queue[Said | None] = asyncio.Queue(QUEUED)
        self._listeners.add(heard)
        try:
            yield heard
        finally:
            self._listeners.discard(heard)

    def close(self) -> None:
        """End every live listener, so that their connections do not hold up a shutdown."""
        for heard in list(self._listeners):
            self._drop(heard)

    def _publish(self, said: Said) -> None:
        for heard in list(self._listeners):
            try:
                heard.put_nowait(said)
            except asyncio.QueueFull:
                self._drop(heard)

    def _drop(self, heard: asyncio.Queue[Said | None]) -> None:
        self._listeners.discard(heard)
        while not heard.empty():
            heard.get_nowait()
        heard.put_nowait(None)
