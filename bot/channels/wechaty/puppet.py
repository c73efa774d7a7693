"""Our end of the gateway connection: the SDK's PuppetService, kept alive and corrected."""

import asyncio
import logging
import random
import ssl
from contextlib import aclosing
from typing import Any

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from bot.channels.wechaty.compat import PuppetOptions, PuppetService, PuppetStub, extract_host_and_port
from bot.channels.wechaty.files import File, as_box, fetch
from bot.channels.wechaty.wire import (
    GATEWAY_ERRORS,
    MESSAGE_TYPES,
    Failed,
    LoggedIn,
    LoggedOut,
    read_event,
)
from bot.errors import StartupError

log = logging.getLogger(__name__)


class SafePuppetService(PuppetService):
    """Reconnects for ever, survives whatever the gateway sends, and never logs the account out.

    It emits one event, "event", with a value of wire.Event. These inherited calls do not work with a
    gateway 1.x and are not corrected, because nothing uses them: contact_alias, room_topic and room_announce
    (setting does nothing), room_qr_code, friendship_search, message_image, message_send_file.
    """

    def __init__(
        self,
        endpoint: str,
        token: str,
        *,
        tls: ssl.SSLContext | None = None,
        tls_name: str | None = None,
        timeout: float = 15.0,
        backoff: tuple[float, float] = (0.5, 30.0),
    ) -> None:
        """`timeout` of a call and first and longest `backoff` between connections in seconds."""
        super().__init__(PuppetOptions(token=token, end_point=endpoint))
        self.online = asyncio.Event()
        """The event stream is open."""
        self.logged_in = False
        """The account is logged in, as far as the open stream has told; False without one."""
        self._address = extract_host_and_port(endpoint)
        self._credentials = {"authorization": f"Wechaty {token}"}
        self._tls, self._tls_name = tls, tls_name
        self._timeout = timeout
        self._backoff = backoff

    async def start(self) -> None:
        """Stay connected until cancelled. Raises StartupError when the gateway does not accept the token."""
        delay, longest = self._backoff
        while True:
            try:
                await self._session()
                reason = "the gateway ended the stream"
            except GRPCError as error:
                if error.status in (Status.UNAUTHENTICATED, Status.PERMISSION_DENIED):
                    raise StartupError("微信网关不接受这个令牌（token），请核对网关和机器人两边的设置。") from error
                reason = f"{error.status.name}: {error.message}"
            except GATEWAY_ERRORS as error:
                reason = f"{type(error).__name__}: {error}"
            delay = self._backoff[0] if self.online.is_set() else delay
            self._disconnect()
            log.warning("gateway connection lost", extra={"reason": reason[:200], "retry_in": round(delay, 1)})
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))
            delay = min(delay * 2, longest)

    async def stop(self) -> None:
        """Close the connection. The inherited Stop would log the account out of WeChat."""
        self._disconnect()

    async def _session(self) -> None:
        """One connection, from opening to its end."""
        events_stub = self._connect()
        await self.puppet_stub.start()
        async with aclosing(events_stub.event()) as events:
            async for event in events:
                self.online.set()
                self._take(event.type, event.payload)

    def _connect(self) -> PuppetStub:
        """Open a channel; the stub for its event stream, which must have no deadline."""
        # Without pings a frozen gateway would never be noticed.
        pings = Configuration(
            _keepalive_time=10,
            _keepalive_timeout=10,
            _keepalive_permit_without_calls=True,
            _http2_max_pings_without_data=0,
            _http2_min_sent_ping_interval_without_data=5,
            ssl_target_name_override=self._tls_name,
        )
        self.channel = Channel(*self._address, ssl=self._tls, config=pings)
        self._puppet_stub = PuppetStub(self.channel, timeout=self._timeout, metadata=self._credentials)
        return PuppetStub(self.channel, metadata=self._credentials)

    def _disconnect(self) -> None:
        self.online.clear()
        self.logged_in = False
        self._puppet_stub = None  # grpclib would silently reopen a closed channel
        if self.channel is not None:
            self.channel.close()
            self.channel = None

    def _take(self, kind: int, payload: str) -> None:
        try:
            event = read_event(kind, payload)
        except ValueError:
            log.exception("gateway event cannot be read", extra={"kind": int(kind)})
            return
        match event:
            case LoggedIn(account):
                self.login_user_id = account
                self.logged_in = True
            case LoggedOut():
                self.logged_in = False
                log.warning("account logged out")
            case Failed(reason):
                log.warning("gateway reports an error", extra={"reason": reason[:200]})
        if event is not None:
            self._event_stream.emit("event", event)

    async def message_payload(self, message_id: str) -> Any:
        """The message, with its type in the SDK's numbering."""
        payload = await self.puppet_stub.message_payload(id=message_id)
        number = int(payload.type)
        payload.type = MESSAGE_TYPES[number if number < len(MESSAGE_TYPES) else 0]
        return payload

    async def fetch_file(self, message_id: str, limit: int) -> File:
        """The file of a message; see files.fetch."""
        return await fetch(self.puppet_stub, message_id, limit)

    async def send_file(self, conversation: str, name: str, content: bytes) -> str:
        """Send a file; the platform's id of the message, if any. Raises GATEWAY_ERRORS."""
        stub, channel = self.puppet_stub, self.channel  # raises where there is no connection
        assert channel is not None
        box = await as_box(channel, self._credentials, name, content)
        return str((await stub.message_send_file(conversation_id=conversation, filebox=box)).id)
