"""One connection of the smart robot: the official SDK's client, tamed.

The SDK reconnects by itself only after an unclean end, gives up after ten attempts, writes messages to its log and
trusts certifi's authorities alone. Here it never reconnects: each connection is a client of its own, and whoever
opened it sees it end. Measured with wecom-aibot-python-sdk 1.0.2.
"""

import asyncio
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

with warnings.catch_warnings():  # it imports a name that websockets deprecates
    warnings.simplefilter("ignore", DeprecationWarning)
    import aibot.ws
    from aibot import WSClient, WSClientOptions
    from aibot.crypto_utils import decrypt_file

Frame = dict[str, Any]

FETCH_WITHIN = 30.0
"""Seconds for one file."""
SIGN_IN_WITHIN = 15.0
"""Seconds from the call to the platform's yes."""
LOOK_EVERY = 0.5
"""Seconds between two looks at the connection: after a clean close the SDK tells nobody."""
_NOT_ACKNOWLEDGED = re.compile(r"Reply ack error: errcode=(\d+), errmsg=(.*)")


class CredentialsRefused(Exception):
    """The platform does not know the robot, or not with this secret."""


class Replaced(Exception):
    """Another program signed in as the same robot: the platform keeps only the newest connection."""


class Refused(Exception):
    """The platform did not take a message."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class _Silence:
    """A log for the SDK: what it writes holds messages and names."""

    def debug(self, *_: object) -> None: ...
    def info(self, *_: object) -> None: ...
    def warn(self, *_: object) -> None: ...
    def error(self, *_: object) -> None: ...


class Connection:
    """Signed in, until it ends."""

    def __init__(self, bot_id: str, secret: str, url: str, hear: Callable[[Frame], None]) -> None:
        options = WSClientOptions(bot_id, secret, max_reconnect_attempts=0, ws_url=url, logger=_Silence())
        self._client = WSClient(options)
        self._signed_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._replaced = False
        self._client.on("message", hear)
        self._client.on("authenticated", self._welcomed)
        self._client.on("error", self._failed)
        self._client.on("event.disconnected_event", self._displaced)

    @property
    def alive(self) -> bool:
        """Signed in, and the line is open."""
        done = self._signed_in.done() and self._signed_in.exception() is None
        return done and bool(self._client.is_connected)

    async def open(self) -> None:
        """Connect and sign in. Raises CredentialsRefused, ConnectionError or TimeoutError."""
        async with asyncio.timeout(SIGN_IN_WITHIN):
            await self._client.connect()
            await self._signed_in

    async def ended(self) -> None:
        """Return when the connection has ended, however quietly. Raises Replaced."""
        while self.alive and not self._replaced:  # noqa: ASYNC110 - a clean close rings no bell
            await asyncio.sleep(LOOK_EVERY)
        if self._replaced:
            raise Replaced

    async def send(self, chat: str, body: Frame) -> str:
        """Send a message to a group or a person; the id of the request.

        Raises Refused when the platform says no, ConnectionError before and TimeoutError after it went out.
        """
        if not self.alive:
            raise ConnectionError("not connected")
        try:
            answer = await self._client.send_message(chat, body)
        except RuntimeError as error:
            if found := _NOT_ACKNOWLEDGED.match(str(error)):
                raise Refused(int(found[1]), found[2]) from error
            raise TimeoutError(str(error)) from error  # the line broke while the answer was awaited
        return str((answer.get("headers") or {}).get("req_id") or "")

    def close(self) -> None:
        """Let go of the line."""
        self._client.disconnect()

    def _welcomed(self) -> None:
        if not self._signed_in.done():
            self._signed_in.set_result(None)

    def _failed(self, error: Exception) -> None:
        if self._signed_in.done():
            return
        refused = "Authentication failed" in str(error)
        self._signed_in.set_exception(
            CredentialsRefused(str(error)) if refused else ConnectionError(type(error).__name__)
        )

    def _displaced(self, _: Frame) -> None:
        self._replaced = True


async def fetch(url: str, key: str, most: int) -> bytes | None:
    """A file that somebody sent, deciphered; None where it is gone, larger than `most` bytes, or not to be read."""
    timeout = aiohttp.ClientTimeout(total=FETCH_WITHIN)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, ssl=aibot.ws._SSL_CONTEXT) as response,
        ):
            if response.status != 200 or (response.content_length or 0) > most:
                return None
            content = bytearray()
            async for chunk in response.content.iter_chunked(65_536):
                content += chunk
                if len(content) > most + 32:  # the cipher pads
                    return None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    try:
        return decrypt_file(bytes(content), key) if key else bytes(content)
    except (RuntimeError, ValueError):
        return None


def trust(authorities: Path) -> None:
    """Let the SDK trust a certificate authority of one's own: a proxy's, or a test server's. Raises OSError."""
    aibot.ws._SSL_CONTEXT.load_verify_locations(authorities)
