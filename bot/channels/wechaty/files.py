"""Fetching the bytes of a file that somebody sent, never more of them than asked for."""

import base64
import json
import logging
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.wechaty.compat import PuppetStub
from bot.channels.wechaty.wire import GATEWAY_ERRORS, DownloadRequest, DownloadResponse

log = logging.getLogger(__name__)

_TIMEOUT = 120.0
_BASE64, _URL, _STORED = 1, 2, 7  # how a file box holds its bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody sent. `content` is None when it is larger than the limit or cannot be had."""

    name: str
    size: int | None
    content: bytes | None


async def fetch(stub: PuppetStub, message_id: str, limit: int) -> File:
    """The file of a message, with its bytes when there are at most `limit`. Raises GATEWAY_ERRORS."""
    box = json.loads((await stub.message_file(id=message_id)).filebox)
    size = box.get("size")
    known = size if isinstance(size, int) and size >= 0 else None
    content = None
    if known is None or known <= limit:
        try:
            content = await _content(stub, box, limit)
        except (*GATEWAY_ERRORS, aiohttp.ClientError, KeyError, ValueError):
            log.exception("file cannot be fetched", extra={"message_id": message_id})
    return File(box.get("name") or "", known if content is None else len(content), content)


async def _content(stub: PuppetStub, box: dict[str, Any], limit: int) -> bytes | None:
    kind = box.get("type", box.get("boxType"))
    content: bytes | None = None
    if kind == _BASE64:
        content = base64.b64decode(box["base64"])
    elif kind == _URL:
        content = await _get(box.get("url") or box["remoteUrl"], box.get("headers") or {}, limit)
    elif kind == _STORED:
        content = await _download(stub, box["uuid"], limit)
    return content if content is not None and len(content) <= limit else None


async def _download(stub: PuppetStub, file_id: str, limit: int) -> bytes:
    """The bytes that the gateway stores; stops soon after `limit`."""
    content = bytearray()
    route, request = "/wechaty.Puppet/Download", DownloadRequest(id=file_id)
    async with aclosing(stub._unary_stream(route, request, DownloadResponse, timeout=_TIMEOUT)) as parts:
        async for part in parts:
            content += part.chunk
            if len(content) > limit:
                break
    return bytes(content)


async def _get(url: str, headers: dict[str, str], limit: int) -> bytes:
    """The bytes at an address; stops soon after `limit`."""
    content = bytearray()
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
        session.get(url, headers=headers) as response,
    ):
        async for part in response.content.iter_chunked(65_536):
            content += part
            if len(content) > limit:
                break
    return bytes(content)
