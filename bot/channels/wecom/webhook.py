"""A group robot's webhook (群机器人) as a channel: it only pushes, to the one group it was made in.

Source: developer.work.weixin.qq.com, 消息推送 (91770): text of at most 2,048 bytes, pictures of 2 MB, files of 20 MB,
20 messages a minute.
"""

import asyncio
import base64
import hashlib
import json
from typing import Any

import aiohttp

from bot.files import FileStore
from bot.messages import Accept, Attached, Outgoing, SendRefused, SendUnknown

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
MAX_BYTES = 2048
MAX_PICTURE = 2 * 1024 * 1024
PICTURES = ("image/png", "image/jpeg")
TIMEOUT = 15.0
BUSY_PAUSE = 60.0
_BUSY = frozenset({45009, 45033})
_FOR_GOOD = frozenset({93000, 93008, 93017, 40058, 44004, 41044})
"""Answers that trying again does not change: a key that is not known, a robot that was removed, a bad message."""


class WebhookChannel:
    """One group: an account with one chat, whose id is the account's name."""

    dedupes = False

    def __init__(self, group: str, key: str, *, url: str = URL, files: FileStore | None = None) -> None:
        self.name = f"webhook:{group}"
        self.group = group
        self._files = files
        self._url = url
        self._key = key

    async def run(self, accept: Accept) -> None:
        """A webhook hears nothing."""
        await asyncio.Event().wait()

    async def send(self, message: Outgoing) -> str | None:
        """Deliver a text, a picture or a file to the group."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session:
                body = await self._file(session, message.file) if message.file else _text(message.text)
                await self._post(session, self._url, json=body)
        except aiohttp.ClientConnectorError as error:  # nothing was sent
            raise SendRefused("群机器人的地址连不上。", retry_after=5) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendUnknown(type(error).__name__) from error
        return None

    async def _file(self, session: aiohttp.ClientSession, file: Attached) -> dict[str, Any]:
        """A picture goes with its message; everything else is uploaded first."""
        path = self._files.find(file.digest) if self._files else None
        if path is None:
            raise SendRefused("这个附件已经不在了。", fatal=True)
        content = await asyncio.to_thread(path.read_bytes)
        if file.kind in PICTURES and len(content) <= MAX_PICTURE:
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()  # the platform's check sum
            return {"msgtype": "image", "image": {"base64": base64.b64encode(content).decode(), "md5": digest}}
        form = aiohttp.FormData(quote_fields=False)  # the platform shows the name as it stands there
        form.add_field("media", content, filename=file.name.replace('"', "'"), content_type=file.kind)
        url = self._url.removesuffix("send") + "upload_media"
        answer = await self._post(session, url, {"type": "file"}, data=form)
        return {"msgtype": "file", "file": {"media_id": str(answer.get("media_id", ""))}}

    async def _post(
        self, session: aiohttp.ClientSession, url: str, more: dict[str, str] | None = None, **content: Any
    ) -> dict[str, Any]:
        """The platform's answer. Raises SendRefused for a no, SendUnknown where nobody knows."""
        async with session.post(url, params={"key": self._key, **(more or {})}, **content) as response:
            return _checked(response.status, await response.text())


def _text(text: str) -> dict[str, Any]:
    if len(text.encode()) > MAX_BYTES:
        raise SendRefused(f"超过群机器人一条消息的上限{MAX_BYTES}字节。", fatal=True)
    return {"msgtype": "text", "text": {"content": text}}


def _checked(status: int, text: str) -> dict[str, Any]:
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
    return dict(answer)
