"""Files behind the links that the bot sends: made from the database when they are fetched."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock, local
from bot.db import Db
from bot.domain import access, resources
from bot.domain.needs import STATES
from bot.domain.resources import Resource
from bot.domain.statistics import activity_list, cases, exports
from bot.domain.statistics.activity_list import Item
from bot.domain.statistics.cases import Case
from bot.domain.statistics.exports import LISTS, OPEN, Export
from bot.web.fetched import fetched
from bot.web.sheet import Sheet, Value
from knowledge.private import mask

RATINGS = {"satisfied": "满意", "neutral": "一般", "dissatisfied": "不满意"}
NEEDS = ("编号", "时间", "来源群", "类别", "地点", "内容", "报事人单位", "状态", "经办人", "办结时间", "评价")
ACTIVITIES = ("编号", "名称", "时间", "地点", "组织", "状态", "报名人数", "签到人数")
RESOURCES = ("编号", "名称", "类别", "可容纳人数", "可用时间", "费用", "提供单位", "登记时间", "内容")


def routes(db: Db, clock: Clock) -> list[web.RouteDef]:
    """The files, under `/downloads/<token>`: for whom the link was made, until it expires."""
    return [fetched("/downloads", _read, db, clock)]


def _read(conn: Connection, token: str, asks: int | None, now: datetime) -> tuple[str, list[Sheet]] | None:
    """The file's name and content; the fetch is recorded. None where the token opens nothing to whoever asks."""
    wanted = exports.find(conn, token, now)
    if wanted is None or asks not in (None, wanted.person_id):
        return None
    access.record(conn, wanted.person_id, f"download:{wanted.kind}", now, granted=True)
    title = {LISTS: "清单", OPEN: "未办结诉求"}.get(wanted.kind, "诉求台账")
    sheets = _lists(conn, wanted) if wanted.kind == LISTS else [_ledger(conn, wanted)]
    return f"{title}-{wanted.period.first}-{wanted.period.last}.xlsx", sheets


def _ledger(conn: Connection, wanted: Export) -> Sheet:
    read = cases.left_open if wanted.kind == OPEN else cases.of_period
    found = read(conn, wanted.period, wanted.scope, wanted.category)
    return Sheet("诉求台账", NEEDS, [_need_row(case) for case in found])


def _lists(conn: Connection, wanted: Export) -> list[Sheet]:
    older = cases.carried_over(conn, wanted.period, wanted.scope)
    found = cases.of_period(conn, wanted.period, wanted.scope)
    marked = [(*_need_row(case), note) for part, note in ((older, "上期结转"), (found, "")) for case in part]
    held = activity_list.of_period(conn, wanted.period, wanted.scope)
    offered = resources.offered_between(conn, wanted.period.begins, wanted.period.over)
    return [
        Sheet("需求清单", (*NEEDS, "备注"), marked),
        Sheet("活动清单", ACTIVITIES, [_activity_row(item) for item in held]),
        Sheet("资源清单", RESOURCES, [_resource_row(one) for one in offered]),
    ]


def _need_row(case: Case) -> tuple[Value, ...]:
    return (
        case.id,
        _moment(case.reported_at),
        case.chat,
        case.category,
        case.place,
        case.text,
        case.unit,
        STATES.get(case.state, case.state),
        case.handler,
        _moment(case.resolved_at),
        RATINGS.get(case.rating or "", ""),
    )


def _activity_row(item: Item) -> tuple[Value, ...]:
    state = "已取消" if item.cancelled else "已发布"
    return item.id, item.title, _moment(item.start), item.place, item.organisation, state, item.people, item.came


def _resource_row(one: Resource) -> tuple[Value, ...]:
    terms = (one.kind, one.seats or "", one.available, one.price)
    return one.id, one.name, *terms, one.company, _moment(one.offered_at), mask(one.text)


def _moment(at: datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}" if at else ""
