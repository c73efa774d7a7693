"""A group robot's webhook (群机器人) as a channel: it only pushes, to the one group it was made in.

Source: developer.work.weixin.qq.com, 消息推送 (91770): text of at most 2,048 bytes, 20 messages a minute.
"""

import asyncio
import json

import aiohttp

from bot.messages import Accept, Outgoing, SendRefused, SendUnknown

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
MAX_BYTES = 2048
TIMEOUT = 15.0
BUSY_PAUSE = 60.0
_BUSY = frozenset({45009, 45033})
_FOR_GOOD = frozenset({93000, 93008, 93017, 40058, 44004, 41044})
"""Answers that trying again does not change: a key that is not known, a robot that was removed, a bad message."""


class WebhookChannel:
    """One group: an account with one chat, whose id is the account's name."""

    dedupes = False

    def __init__(self, group: str, key: str, *, url: str = URL) -> None:
        self.name = f"webhook:{group}"
        self.group = group
        self._url = url
        self._key = key

    async def run(self, accept: Accept) -> None:
        """A webhook hears nothing."""
        await asyncio.Event().wait()

    async def send(self, message: Outgoing) -> str | None:
        """Deliver a text to the group."""
        if len(message.text.encode()) > MAX_BYTES:
            raise SendRefused(f"超过群机器人一条消息的上限{MAX_BYTES}字节。", fatal=True)
        await self._post({"msgtype": "text", "text": {"content": message.text}})
        return None

    async def _post(self, body: dict[str, object]) -> None:
        """Raises SendRefused for a no, SendUnknown where nobody knows."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self._url, params={"key": self._key}, json=body) as response,
            ):
                _check(response.status, await response.text())
        except aiohttp.ClientConnectorError as error:  # nothing was sent
            raise SendRefused("群机器人的地址连不上。", retry_after=5) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendUnknown(type(error).__name__) from error


def _check(status: int, text: str) -> None:
    if status != 200:
        raise SendUnknown(f"HTTP {status}") if status >= 500 else SendRefused(f"HTTP {status}")
    try:
        answer = json.loads(text)
        code = int(answer["errcode"])
    except (ValueError, KeyError, TypeError) as error:
        raise SendUnknown("an answer that is none") from error
    if code:
        reason = f"{code} {answer.get('errmsg', '')}"[:200]
        raise SendRefused(reason, retry_after=BUSY_PAUSE if code in _BUSY else None, fatal=code in _FOR_GOOD)
