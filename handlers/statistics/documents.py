"""What quotes people: the ledger of needs, what is not done, the lists of a quarter; each with its file."""

import re

from bot.capability import Context
from bot.clock import local
from bot.domain import resources
from bot.domain.needs import STATES
from bot.domain.statistics import Export, Period, Scope, activity_list, cases, exports, figures
from bot.domain.statistics.cases import Case
from bot.notices.needs import shortened
from bot.notices.resources import line as resource_line
from knowledge.private import mask

SHOWN = 8
RATINGS = {"satisfied": "满意", "neutral": "一般", "dissatisfied": "不满意"}
LATE = re.compile(r"超期|逾期|超时")


def days(period: Period) -> str:
    """2025-07-01 至 2025-09-30."""
    return f"{period.first} 至 {period.last}"


def ledger(ctx: Context, period: Period, scope: Scope, category: str | None) -> str:
    """The newest needs, and the link to all of them."""
    found = cases.of_period(ctx.conn, period, scope, category)
    head = f"{category or ''}诉求台账（{days(period)}）：收到{len(found)}件，办结{figures.resolved(found)}件。"
    return with_link(ctx, head, found, Export(ctx.person.id, exports.LEDGER, period, category, scope))


def open_needs(ctx: Context, period: Period, scope: Scope, category: str | None) -> str:
    """What is not done yet, however old, and the link to all of it."""
    found = cases.left_open(ctx.conn, period, scope, category)
    late = [case for case in found if case.resolve_by and case.resolve_by < ctx.now]
    head = f"{category or ''}未办结诉求（{period.last}及以前收到的）：{len(found)}件，其中超期{len(late)}件。"
    found = late if LATE.search(ctx.said) else found
    return with_link(ctx, head, found, Export(ctx.person.id, exports.OPEN, period, category, scope))


def with_link(ctx: Context, head: str, found: list[Case], wanted: Export) -> str:
    """A head, the newest needs in short, and the address of the file with all."""
    if len(found) > SHOWN:
        head += f"最近{SHOWN}件："
    return "\n".join((head, *(case_line(case) for case in found[::-1][:SHOWN]), link(ctx, wanted)))


def case_line(case: Case) -> str:
    """101号 7月22日 物业服务 已评价，办结（满意）：3号楼货梯坏…."""
    day = local(case.reported_at)
    rated = f"（{RATINGS[case.rating]}）" if case.rating else ""
    text = shortened(mask(case.text), 16)
    return f"{case.id}号 {day.month}月{day.day}日 {case.category} {STATES[case.state]}{rated}：{text}"


def lists(ctx: Context, period: Period, scope: Scope) -> str:
    """The lists of a quarter in short, and the link to them in full."""
    found, older = cases.of_period(ctx.conn, period, scope), cases.carried_over(ctx.conn, period, scope)
    activities = activity_list.of_period(ctx.conn, period, scope)
    offered = resources.offered_between(ctx.conn, period.begins, period.over)
    lines = [
        f"清单（{days(period)}）",
        f"资源清单：{len(offered)}项",
        *(f"· {resource_line(one)}" for one in offered[:4]),
        f"需求清单：{len(found) + len(older)}项（本期新增{len(found)}项，上期结转{len(older)}项），"
        f"办结{figures.resolved(found)}项",
        *(f"· {case_line(case)}" for case in [case for case in found[::-1] if case.open][:4]),
        f"活动清单：{len(activities)}项",
        *(
            f"· {local(one.start).month}月{local(one.start).day}日 {shortened(one.title, 16)}"
            f"{'（已取消）' if one.cancelled else ''}"
            for one in activities[:4]
        ),
    ]
    return "\n".join((*lines, link(ctx, Export(ctx.person.id, exports.LISTS, period, None, scope))))


def link(ctx: Context, wanted: Export) -> str:
    """A line with the address of a file."""
    token = exports.create(ctx.conn, wanted, ctx.now)
    return f"Excel下载（24小时内有效，请勿转发）：{ctx.link(f'downloads/{token}')}"
