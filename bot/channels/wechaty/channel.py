"""A personal WeChat account as a channel."""

import asyncio
import ssl
from functools import partial
from pathlib import Path

from grpclib.const import Status
from grpclib.exceptions import GRPCError

from bot.channels.wechaty.compat import WechatyPuppetError
from bot.channels.wechaty.listener import Listener
from bot.channels.wechaty.puppet import SafePuppetService
from bot.channels.wechaty.wire import GATEWAY_ERRORS
from bot.clock import Clock, SystemClock
from bot.errors import StartupError
from bot.files import FileStore
from bot.messages import Accept, Attached, Outgoing, SendRefused, SendUnknown, private_chat

MAX_FILE = 20 * 1024 * 1024
"""Bytes of a file that are fetched; of a larger one only name and size are reported."""

AFTER_MENTION = "\u2005"
"""What WeChat puts behind the name in a mention."""

_REFUSALS = {
    Status.INVALID_ARGUMENT,
    Status.NOT_FOUND,
    Status.PERMISSION_DENIED,
    Status.UNAUTHENTICATED,
    Status.RESOURCE_EXHAUSTED,
    Status.FAILED_PRECONDITION,
    Status.UNIMPLEMENTED,
}
"""Answers that rule out a delivery. What the account itself throws comes as UNKNOWN, whatever it means."""

_OFFLINE = "微信网关没有连接。"
_OFFLINE_PAUSE = 5.0
_LOGGED_OUT = "微信账号没有登录。"
_LOGGED_OUT_PAUSE = 60.0


class WechatyChannel:
    """One personal WeChat account behind a gateway."""

    dedupes = False

    def __init__(
        self,
        name: str,
        endpoint: str,
        token: str,
        *,
        nickname: str,
        tls: Path | bool = False,
        tls_name: str | None = None,
        max_file: int = MAX_FILE,
        timeout: float = 15.0,
        clock: Clock | None = None,
        files: FileStore | None = None,
    ) -> None:
        """`endpoint` is host:port; `timeout` of a call in seconds.

        `tls`: PEM file of authorities, True for the system's; `tls_name`: the name in the gateway's
        certificate where that is not the host. StartupError when the file cannot be read.
        """
        self.name = name
        context = _tls_context(tls) if tls else None
        self._puppet = partial(SafePuppetService, endpoint, token, tls=context, tls_name=tls_name, timeout=timeout)
        self._listener = partial(
            Listener, channel=name, nickname=nickname, max_file=max_file, clock=clock or SystemClock()
        )
        self._bot: Listener | None = None
        self._files = files

    async def run(self, accept: Accept) -> None:
        """Receive until cancelled. StartupError when the gateway refuses the token; what `accept` raises."""
        self._bot = self._listener(self._puppet(), accept)
        try:
            await self._bot.start()
        finally:
            self._bot = None

    async def send(self, message: Outgoing) -> str | None:
        """Deliver a file, or a text, in a group with a mention of the person answered."""
        bot = self._ready_bot()
        target = message.chat.removeprefix(private_chat("")) if message.private else message.chat
        try:
            await (bot.puppet.contact_payload(target) if message.private else bot.puppet.room_payload(target))
        except GRPCError as error:
            raise SendRefused("微信网关找不到这个会话。") from error
        except GATEWAY_ERRORS as error:  # nothing was sent yet
            raise SendRefused(_OFFLINE, retry_after=_OFFLINE_PAUSE) from error
        try:
            return await self._deliver(bot, target, message) or None
        except WechatyPuppetError as error:  # the connection was lost before the call
            raise SendRefused(_OFFLINE, retry_after=_OFFLINE_PAUSE) from error
        except GRPCError as error:
            reason = f"{error.status.name}: {error.message}"
            raise (SendRefused(reason) if error.status in _REFUSALS else SendUnknown(reason)) from error
        except GATEWAY_ERRORS as error:
            raise SendUnknown(f"{type(error).__name__}: {error}") from error

    async def _deliver(self, bot: Listener, target: str, message: Outgoing) -> str:
        if message.recalls:
            if not await bot.puppet.message_recall(message.recalls):
                raise SendRefused("微信没有撤回这条消息。", fatal=True)
            return ""
        if message.file:
            sent: str | None = await bot.puppet.send_file(target, message.file.name, await self._content(message.file))
            return sent or ""
        mentions = [message.to] if message.to and not message.private else []
        text = await self._mention(bot, target, mentions) + message.text
        sent = await bot.puppet.message_send_text(target, text, mentions)
        return sent or ""

    async def _content(self, file: Attached) -> bytes:
        path = self._files.find(file.digest) if self._files else None
        if path is None:
            raise SendRefused("这个附件已经不在了。", fatal=True)
        return await asyncio.to_thread(path.read_bytes)

    def _ready_bot(self) -> Listener:
        if self._bot is None or not self._bot.puppet.online.is_set():
            raise SendRefused(_OFFLINE, retry_after=_OFFLINE_PAUSE)
        if not self._bot.puppet.logged_in:
            raise SendRefused(_LOGGED_OUT, retry_after=_LOGGED_OUT_PAUSE)
        return self._bot

    @staticmethod
    async def _mention(bot: Listener, room: str, people: list[str]) -> str:
        names = [await bot.name_of(bot.Contact.load(person), bot.Room.load(room)) for person in people]
        return "".join(f"@{name}{AFTER_MENTION}" for name in names if name)


def _tls_context(authorities: Path | bool) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authorities if isinstance(authorities, Path) else None)
    except OSError as error:  # includes SSLError
        raise StartupError(f"微信网关的证书文件 {authorities} 不能读取。") from error
    context.set_alpn_protocols(["h2"])
    return context
