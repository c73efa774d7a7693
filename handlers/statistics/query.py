"""统计: figures of a period, the ledger, the lists of a quarter; for staff, and for secretaries about their own."""

import re

from bot.capability import Context, handler
from bot.domain import statistics
from bot.domain.activities import attendance
from bot.domain.needs import CATEGORIES
from bot.domain.people import SECRETARY, STAFF
from bot.domain.statistics import EVERYTHING, Period, Scope, cases, figures
from bot.domain.statistics.cases import Case
from bot.errors import Refusal
from bot.notices.aside import aside
from bot.notices.rates import behind, percent, rate_lines, split_lines
from bot.notices.visits import figures as visit_line
from bot.notices.visits import ledger as visit_ledger
from handlers.statistics.documents import days, ledger, lists, open_needs
from knowledge import times

DOCUMENTS = (  # the first that is found counts
    ("visits", re.compile(r"^(?!.*(?:诉求|活动)).*(?:走[访仿]|联系企业)")),
    ("behind", re.compile(r"(?:三率|(?:响应|解决|满意)[率度]).*(?:明细|编号|名单|哪[几些]|是谁)")),
    ("lists", re.compile(r"三[张份个]?清单|(?:资源|需求|活动)清单|三单")),
    ("ledger", re.compile(r"台[账帐]|明细|清单|导出|列表|excel|超期|逾期|[未没](?:有)?办[结完]", re.IGNORECASE)),
)
FIGURES = (  # all that are found count, everything where none is
    ("rates", re.compile(r"三率|(?:响应|解决|办结|满意)[率度]")),
    ("activities", re.compile(r"活动|报名|签到|人次|到场")),
    ("questions", re.compile(r"政策|提问|问答|咨询")),
    ("visits", re.compile(r"走访")),
    ("needs", re.compile(r"诉求|[需素]求|工单|吹哨|[接派退]单|办结|办理|[办干做]得|超期|解决|单子|问题|件")),
)
_SPLITS = {
    "category": ("类别", "类", "服务组", "组"),
    "organisation": ("组织", "单位", "商圈", "园区"),
    "level": ("级别", "层级", "级", "等级"),
    "chat": ("群",),
}
SPLIT = re.compile(r"(?:按|分)(?:各个?)?(?P<what>类别|类|服务组|组织|组|单位|商圈|园区|级别|层级|等级|级|群)")
NOT_DONE = re.compile(r"[未没](?:有)?(?:办|解决|完)|在办|超期|逾期")
_ALL = re.compile(
    r"(?:统计|数据|汇总|一下|情况|个|[上下本这去今前半按分各组群]|[\d一二三四五六七八九十第到至年月周日号季度]|[\W_])+"
)
"""统计 本月: figures of everything."""
_OF_FIGURES = re.compile(r"统计|数据|数字|报表|汇总|指标|情况")
UNCLEAR = "没看懂要看哪些数字。可以说「统计 本月」「三率 上月」「台账」「三张清单」。"
_NO_SUCH_TIME = re.compile(r"\d+\s*(?:月|季度)|第?[一二三四五六七八九十]{1,3}(?:季度|月)")
_GROUPS = "党建|人才|综合|金融|法律|物业|社会"
GROUP = re.compile(
    rf"(?:(?P<full>{_GROUPS})(?:指导|服务)|(?P<part>{_GROUPS})(?=组(?!织)|类|[办干做处完]|方面|的?(?:诉求|问题|工单|单子))"
    rf"|(?<!\S)(?P<bare>{_GROUPS})(?!\S))"
)


_PLAINLY = re.compile(
    r"(?:看看?|查看?|要|给我|发我?|发一?下)?\s*(?:[上本这今去前昨][\d一二三四]{0,2}个?(?:周|星期|月|季度|年|天|日)|[\d一二三四五六七八九十]{1,2}月份?|[一二三四]季度)的?"
    r"(?:数据|数字|报表|汇总)(?:发我|给我|看看)?\W*"
    rf"|(?:{_GROUPS})(?:服务|指导)?组?(?:上个?月|这个?月|本月|最近|今年)?(?:办|干|做|处理|完成)得?(?:怎么样|咋样|如何)[了啊呢]*\W*"
)
"""上周的数据, 物业办得怎么样: of those who may see figures."""


@handler(
    "query_stats",
    intents=("query_stats",),
    commands=(
        r"统计(?![^\n]*(?:谁|接龙|报名情况|[没未]签到|问卷|收到))[^\n]{0,30}",
        r"(?:三率|(?:响应|解决|满意)率(?:明细|编号|哪))[^\n]{0,20}",
        r"(?:(?:导出|导一?[份下]|查看?|看看?|发我?|要|给我)\s*)?[^\n，。,]{0,12}(?:三张清单|(?:诉求|工单)?台[账帐])(?:导出|发我|给我|吧|一[份下])*",
    ),
    when=lambda ctx: ctx.addressed and ctx.role in (STAFF, SECRETARY) and bool(_PLAINLY.fullmatch(ctx.text)),
    roles=(STAFF, SECRETARY),
    overhear=True,
    audited=True,
    title="统计、三率、三张清单、台账",
    examples=(
        "@小红 统计 三季度诉求",
        "@小红 三率 物业组 上月",
        "@小红 三率 上月 按组织",
        "@小红 三率明细 上月",
        "@小红 三张清单",
        "@小红 导出三季度台账",
    ),
)
def query_stats(ctx: Context) -> str | None:
    """Figures where they were asked for; ledgers and lists, which quote what people said, in private."""
    named = any(pattern.search(ctx.said) for _, pattern in (*DOCUMENTS, *FIGURES))
    if not (named or _ALL.fullmatch(ctx.said) or (ctx.addressed and _OF_FIGURES.search(ctx.said))):
        return UNCLEAR if ctx.addressed else None  # 统计本月加班
    document = next((name for name, pattern in DOCUMENTS if pattern.search(ctx.said)), "")
    period = period_of(ctx, document)
    if document == "visits":
        return visits_for_staff(ctx, period)
    scope = EVERYTHING if ctx.role == STAFF else statistics.scope.of_secretary(ctx.conn, ctx.person, ctx.chat)
    category = category_in(ctx.said)
    if document == "ledger":
        document_of = open_needs if NOT_DONE.search(ctx.said) else ledger
        return _aside(ctx, document_of(ctx, period, scope, category), "台账")
    if document == "behind":
        head = "，".join((f"三率明细（{days(period)}", *about(scope, category))) + "）"
        found = cases.of_period(ctx.conn, period, scope, category)
        return _aside(ctx, "\n".join((head, *rate_lines(found, ctx.now), *behind(found, ctx.now))), "明细")
    if document == "lists":
        return _aside(ctx, lists(ctx, period, scope), "清单")
    return summary(ctx, period, scope, category)


def split_by(text: str) -> str | None:
    """By what the rates are to be split: 按组织, 分级别; None where they are not."""
    found = SPLIT.search(text)
    named = found["what"] if found else None
    return next((by for by, words in _SPLITS.items() if named in words), None)


def category_in(text: str) -> str | None:
    """The one service group that a request names: 物业组, 法律类, 金融服务; None for none and for several."""
    named = {found["full"] or found["part"] or found["bare"] for found in GROUP.finditer(text)}
    meant = [name for name in CATEGORIES if name[:2] in named]
    return meant[0] if len(meant) == 1 else None


_RATES = re.compile(r"三率")
"""上周三率 is of last week, not of its Wednesday."""


def period_of(ctx: Context, document: str) -> Period:
    """The days that are named; by default this month, for lists and visits this quarter."""
    named = times.period(_RATES.sub(" ", ctx.said), ctx.now)
    if named:
        return Period(*named)
    if _NO_SUCH_TIME.search(ctx.said):
        raise Refusal("没看懂是哪段时间，请说「本月」「上月」「三季度」「7月」或「7月1日到7月15日」。")
    usual = statistics.scope.quarter_of if document in ("lists", "visits") else statistics.scope.month_of
    return usual(ctx.now)


def _aside(ctx: Context, text: str, what: str) -> str:
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, what)


def visits_for_staff(ctx: Context, period: Period) -> str:
    """The visits of everybody are for staff."""
    if ctx.role != STAFF:
        return "走访台账只提供给工作人员。"
    return _aside(ctx, visit_ledger(ctx.conn, period.first, period.last), "走访台账")


# figures


def summary(ctx: Context, period: Period, scope: Scope, category: str | None) -> str:
    """The figures of the topics that are named, or of everything, with the days that they are about."""
    topics = {name for name, pattern in FIGURES if pattern.search(ctx.said)} or {name for name, _ in FIGURES}
    lines = ["，".join((f"统计（{days(period)}", *about(scope, category))) + "）"]
    if topics & {"needs", "rates"}:
        found = cases.of_period(ctx.conn, period, scope, category)
        lines += need_lines(ctx, found, grouped="needs" in topics and category is None)
        lines += rate_lines(found, ctx.now) if "rates" in topics else []
        lines += split_lines(found, by, ctx.now) if (by := split_by(ctx.said)) else []
    if "activities" in topics:
        lines.append(activity_line(ctx, period, scope))
    if "questions" in topics:
        asked = figures.questions(ctx.conn, period, scope)
        answered = max(0, asked.asked - asked.waiting)
        lines.append(f"政策问答：提问{asked.asked}个，已答{answered}个，待答{asked.waiting}个。")
    if "visits" in topics and scope.organisations is None:
        lines.append(visit_line(ctx.conn, period.first, period.last))
    return "\n".join(lines)


def about(scope: Scope, category: str | None) -> list[str]:
    """What the figures are confined to."""
    return [*([category] if category else []), *([] if scope.organisations is None else ["本组织范围"])]


def need_lines(ctx: Context, found: list[Case], *, grouped: bool) -> list[str]:
    """收到12件，办结9件，办结率75%; then, where wanted, the seven groups, two a line."""
    rates = figures.rates(found, ctx.now)
    overdue = figures.overdue(found, ctx.now)
    head = f"诉求：收到{len(found)}件，办结{figures.resolved(found)}件，办结率{percent(rates.resolution)}"
    notes = [f"撤回{rates.withdrawn}件不计入"] if rates.withdrawn else []
    notes += [f"超期未办结{overdue}件"] if overdue else []
    lines = ["；".join((head, *notes)) + "。"]
    parts = [f"{group.category} {group.reported}件（办结{group.resolved}）" for group in figures.by_group(found)]
    return lines + ["；".join(parts[at : at + 2]) for at in range(0, len(parts) if grouped and found else 0, 2)]


def activity_line(ctx: Context, period: Period, scope: Scope) -> str:
    """Activities held up to now, who signed up, who came."""
    whose = None if scope.organisations is None else set(scope.organisations)
    until = min(period.over, max(ctx.now, period.begins))
    held = attendance.counts(ctx.conn, period.begins, until, whose)
    ahead = attendance.counts(ctx.conn, until, period.over, whose).activities
    later = f"；未开始{ahead}场" if ahead else ""
    cancelled = f"（另取消{held.cancelled}场）" if held.cancelled else ""
    return f"活动：举办{held.activities}场{cancelled}，报名{held.people}人，签到{held.check_ins}人{later}。"
