"""Pictures and documents of the local groups: taken before the message that they go with, shown beside it."""

import asyncio
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.files import MAX_FILE, REFUSED, FileStore, NotKept, kind_of
from bot.messages import Attached
from bot.web.requests import refusal

MOST = 9
"""Files of one message."""
_HEAD = 1 << 16
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",  # the address says the content
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def routes(files: FileStore) -> list[web.AbstractRouteDef]:
    """Upload at `/api/files`, the bytes at `/files/<digest>`. Whoever knows the digest may fetch the file."""

    async def take(request: web.Request) -> web.Response:
        body = bytearray()
        async for chunk in request.content.iter_chunked(_HEAD):
            body += chunk
            if len(body) > MAX_FILE:
                raise refusal(web.HTTPRequestEntityTooLarge, f"文件超过 20 MB。{REFUSED}")
        try:
            kept = await asyncio.to_thread(files.keep, bytes(body), request.query.get("name", ""))
        except NotKept as error:
            raise refusal(web.HTTPUnsupportedMediaType, str(error)) from error
        return web.json_response(asdict(kept))

    async def show(request: web.Request) -> web.StreamResponse:
        path = files.find(request.match_info["digest"])
        kind = await asyncio.to_thread(lambda: kind_of(path.read_bytes())) if path else None
        if path is None or kind is None:
            return web.Response(status=404, text="没有这个文件，可能已经过期清理。")
        opened = "inline" if kind.startswith(("image/", "video/")) or kind == "application/pdf" else "attachment"
        name = quote(request.query.get("name") or "file")
        headers = _HEADERS | {"Content-Type": kind, "Content-Disposition": f"{opened}; filename*=UTF-8''{name}"}
        return web.FileResponse(path, headers=headers)

    return [web.post("/api/files", take), web.get("/files/{digest}", show)]


async def read_files(value: Any, files: FileStore | None) -> tuple[Attached, ...]:
    """The files that a page's message names, as they were kept. Raises a refusal."""
    if value in (None, []):
        return ()
    if files is None or not isinstance(value, list) or len(value) > MOST:
        raise refusal(web.HTTPBadRequest, f"一条消息最多带 {MOST} 个文件。")
    return tuple([await _kept(one, files) for one in value])


async def _kept(named: Any, files: FileStore) -> Attached:
    digest, name = (str(named.get(key) or "") if isinstance(named, dict) else "" for key in ("digest", "name"))
    path = files.find(digest)
    if path is None:
        raise refusal(web.HTTPBadRequest, "文件没有传好，请重新选择。")
    content = await asyncio.to_thread(path.read_bytes)
    return await asyncio.to_thread(files.keep, content, name)
