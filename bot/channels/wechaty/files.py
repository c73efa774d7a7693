"""Fetching the bytes of a file that somebody sent, never more of them than asked for; sending one."""

import base64
import json
import logging
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp
from grpclib.client import Channel
from grpclib.const import Cardinality

from bot.channels.wechaty.compat import PuppetStub
from bot.channels.wechaty.wire import (
    GATEWAY_ERRORS,
    DownloadRequest,
    DownloadResponse,
    UploadRequest,
    UploadResponse,
)

log = logging.getLogger(__name__)

_TIMEOUT = 120.0
_SENT_ALONG = 2 * 1024 * 1024  # bytes that fit in the message itself; more are streamed
_PART = 64 * 1024
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


async def as_box(channel: Channel, credentials: dict[str, str], name: str, content: bytes) -> str:
    """A file as the gateway takes it: with its bytes, or with the id of those that were streamed before."""
    box: dict[str, Any] = {"name": name, "metadata": {}, "size": len(content)}
    if len(content) <= _SENT_ALONG:
        return json.dumps(box | {"type": _BASE64, "boxType": _BASE64, "base64": base64.b64encode(content).decode()})
    route = channel.request(
        "/wechaty.Puppet/Upload",
        Cardinality.STREAM_UNARY,
        UploadRequest,
        UploadResponse,
        timeout=_TIMEOUT,
        metadata=credentials,
    )
    async with route as stream:
        for start in range(0, len(content), _PART):
            await stream.send_message(UploadRequest(chunk=content[start : start + _PART]))
        await stream.end()
        kept = await stream.recv_message()
    assert kept is not None  # a stream without an answer raises
    return json.dumps(box | {"type": _STORED, "boxType": _STORED, "uuid": kept.id})
