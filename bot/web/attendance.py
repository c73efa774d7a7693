"""签到表: who came, stayed away, asked leave and waits, as a file for whoever asked the bot for it."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock, local
from bot.db import Db
from bot.domain import access
from bot.domain.activities import attendance, sheets
from bot.web.fetched import fetched
from bot.web.sheet import Sheet

COLUMNS = ("序号", "姓名", "单位", "人数", "状态", "签到时间", "方式", "备注")
STATES = {
    sheets.PRESENT: "到场",
    sheets.WALK_IN: "到场（未报名）",
    sheets.ABSENT: "缺席",
    sheets.ON_LEAVE: "请假",
    sheets.WAITING: "候补",
    sheets.TO_APPROVE: "代签或补签待确认",
    sheets.SIGNED_UP: "已报名",
}
WAYS = {
    attendance.WORDS: "群里签到",
    attendance.CODE: "签到码",
    attendance.PAGE: "扫码",
    attendance.LIST: "接龙",
    attendance.APPROVED: "代签或补签",
}


def routes(db: Db, clock: Clock) -> list[web.RouteDef]:
    """`/attendance/<token>`, for whom the link was made."""
    return [fetched("/attendance", _read, db, clock)]


def _read(conn: Connection, token: str, asks: int | None, now: datetime) -> tuple[str, list[Sheet]] | None:
    """The file's name and content; the fetch is recorded. None where the link is not for whoever asks."""
    found = sheets.behind(conn, token, now)
    if found is None or asks not in (None, found[1]):
        return None
    what, person_id = found
    access.record(conn, person_id, "download:attendance", now, granted=True)
    rows = [
        (
            number,
            row.name,
            row.unit,
            row.people,
            STATES[row.state],
            f"{local(row.at):%Y-%m-%d %H:%M}" if row.at else "",
            WAYS.get(row.via, ""),
            row.note,
        )
        for number, row in enumerate(sheets.rows(conn, what, now), 1)
    ]
    return f"签到表-{what.title}-{local(what.begins):%Y-%m-%d}.xlsx", [Sheet("签到表", COLUMNS, rows)]
