"""职责、轮值主席: what organisations owe and what is done of it; who has the chair."""

import re
from datetime import date, timedelta

from bot.capability import Context, Handler, handler
from bot.domain import obligations, people
from bot.domain.obligations import Owed
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.obligations import lines, span

MONTH = r"(?:(?P<next>下个?月)|(?P<month>\d{1,2})月)"


@handler(
    "query_chair",
    commands=(
        r"(?:请问)?(?:现在|这个月|本月|当前|下个?月)?(?:的)?轮值主席(?:单位)?(?:是?谁|是?哪家|是?哪个|轮到谁|有谁|是)?(?:了|呀|啊|呢)?[?？]?",
        r"(?:请问)?(?:现在|这个月|本月|当前|下个?月)(?:的)?轮值(?:主席)?(?:是|轮到)?(?:谁|哪家|哪个片)(?:了|呀|啊|呢)?[?？]?",
        r"(?:请问)?谁是(?:现在|这个月|本月|下个?月)?(?:的)?轮值主席(?:单位)?(?:了|呀|啊|呢)?[?？]?",
        r"(?:这个月|本月|下个?月)?轮到(?:谁|哪家|哪个片)(?:当|做)?轮值主席(?:了)?[?？]?",
    ),
    title="轮值主席",
    examples=("@小红 轮值主席是谁",),
)
def query_chair(ctx: Context) -> str:
    """This month's and the next one's."""
    this = obligations.today(ctx.now).replace(day=1)
    names = [f"{day.month}月轮值主席：{_chair(ctx, day)}" for day in (this, _following(this))]
    return "，".join(names) + "。"


def _following(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _chair(ctx: Context, day: date) -> str:
    return people.organisation_name(ctx.conn, obligations.chair(ctx.conn, day)) or "还没有安排"


@handler(
    "set_chair",
    commands=(
        rf"{MONTH}(?:的)?轮值主席(?:改|定|安排)?(?:为|成|由|是|给)?[:：\s]*(?P<who>[^\s,，。?？]{{2,32}}?)(?:担任|当)?[。\s]*",
    ),
    roles=(STAFF,),
    title="安排轮值主席",
    examples=("12月轮值主席改为云帆园区",),
)
def set_chair(ctx: Context) -> str:
    """For this year's month, or the next year's when that is over."""
    assert ctx.command is not None
    this = obligations.today(ctx.now).replace(day=1)
    day = _following(this) if ctx.command["next"] else _month(this, int(ctx.command["month"]))
    found = people.find_organisation(ctx.conn, ctx.command["who"])
    if found is None or found not in {area.id for area in obligations.areas(ctx.conn)}:
        names = "、".join(area.name for area in obligations.areas(ctx.conn))
        raise Refusal(f"没有「{ctx.command['who']}」这个片区，可以是：{names}。")
    obligations.set_chair(ctx.conn, day, found)
    return f"{day.year}年{day.month}月轮值主席：{_chair(ctx, day)}。"


def _month(this: date, month: int) -> date:
    if not 1 <= month <= 12:
        raise Refusal("月份是1到12。")
    day = this.replace(month=month)
    return day if day >= this else day.replace(year=day.year + 1)


@handler(
    "query_obligations",
    commands=(
        r"(?:我们的?|本片区?|各片区?)?(?:本月|本季度|这个月|今年)?(?:的)?职责(?:清单|完成情况|情况|进度)?[?？]?",
        r"还有哪些职责没(?:有)?完成[?？]?",
    ),
    roles=(STAFF, SECRETARY),
    title="职责清单",
    examples=("职责清单",),
)
def query_obligations(ctx: Context) -> str:
    """Staff see what is yet to be done everywhere; a secretary all of their own organisation."""
    owed = obligations.owed(ctx.conn, obligations.today(ctx.now))
    if ctx.role == STAFF:
        done = [one for one in owed if one.evidence and not one.planned]
        rest = [one for one in owed if not one.evidence or one.planned]
        head = f"本期职责{len(owed)}项，已完成{len(done)}项"
        return f"{head}，未完成：\n{lines(ctx.conn, rest)}" if rest else f"{head}。"
    mine = _mine(ctx, owed)
    return f"{_home(ctx)}本期职责：\n{lines(ctx.conn, mine)}" if mine else "本期没有登记职责。"


def _mine(ctx: Context, owed: list[Owed]) -> list[Owed]:
    return [one for one in owed if one.organisation_id == ctx.chat.organisation_id] or [
        one for one in owed if ctx.person.id in obligations.answerable(ctx.conn, one.organisation_id)
    ]


def _home(ctx: Context) -> str:
    return "" if ctx.chat.private else people.organisation_name(ctx.conn, ctx.chat.organisation_id)


@handler(
    "record_obligation",
    commands=(r"(?:职责完成|完成职责|登记职责)[:：\s]*(?P<name>[^\s,，:：]{2,16})[,，:：\s]*(?P<note>[^\n]{0,200})",),
    roles=(STAFF, SECRETARY),
    title="登记职责",
    examples=("职责完成 书记例会，11月20日在服务中心召开",),
)
def record_obligation(ctx: Context) -> str:
    """What was done other than by an activity here."""
    assert ctx.command is not None
    name = re.sub(r"(?:本月|本季度|今年)", "", ctx.command["name"])
    owed = [one for one in obligations.owed(ctx.conn, obligations.today(ctx.now)) if name in one.obligation.name]
    mine = owed if ctx.role == STAFF and len(owed) == 1 else _mine(ctx, owed)
    if not mine:
        names = "、".join(
            dict.fromkeys(one.obligation.name for one in obligations.owed(ctx.conn, obligations.today(ctx.now)))
        )
        raise Refusal(f"没有找到「{name}」这项职责，可以是：{names}。请在本片区的群里登记。")
    one = min(mine, key=lambda each: (bool(each.evidence), len(each.obligation.name)))
    if not obligations.record(ctx.conn, one, ctx.command["note"] or "已完成", ctx.now, ctx.person.id):
        raise Refusal(f"{span(one.obligation.every, one.period)}{one.obligation.name}已经登记过了。")
    who = people.organisation_name(ctx.conn, one.organisation_id)
    return f"已登记：{who}{span(one.obligation.every, one.period)}{one.obligation.name}。"


HANDLERS: tuple[Handler, ...] = (query_chair, set_chair, record_obligation, query_obligations)
