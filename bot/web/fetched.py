"""Files that are fetched by a link which was made for one person."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.db import Db
from bot.web.rendered import OPEN, VISITOR
from bot.web.sheet import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GONE = "链接无效或已过期，请重新向小红要一次。"

Read = Callable[[Connection, str, int | None, datetime], tuple[str, list[Sheet]] | None]
"""The file's name and content behind a token; None where it opens nothing to whoever asks (None: nobody was asked)."""


def fetched(path: str, read: Read, db: Db, clock: Clock) -> web.RouteDef:
    """The page `<path>/<token>`: an XLSX file, made when it is fetched."""

    async def fetch(request: web.Request) -> web.Response:
        asks = None if request.app.get(OPEN, False) else request[VISITOR].person_id
        found = await db.run(read, request.match_info["token"], asks, clock.now())
        if found is None:
            raise web.HTTPNotFound(text=GONE)
        name, sheets = found
        from bot.web.workbook import workbook  # openpyxl takes a tenth of the time of a start

        body = await asyncio.to_thread(workbook, sheets)
        headers = {
            "Content-Disposition": f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        }
        return web.Response(body=body, content_type=XLSX, headers=headers)

    return web.get(f"{path}/{{token}}", fetch, allow_head=False)
