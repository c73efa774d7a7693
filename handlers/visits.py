"""走访: instructors record visits; what a company raised there is reported as a need when they say so."""

import re
from datetime import date, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import needs, people, visits
from bot.domain.needs import By
from bot.domain.people import INSTRUCTOR, SECRETARY, STAFF
from bot.domain.statistics.scope import Period, quarter_of
from bot.domain.visits import Visit
from bot.notices.aside import aside
from bot.notices.needs import dispatch, respond_by
from bot.notices.visits import ledger
from knowledge import slots, times

DECIDE_WITHIN = timedelta(hours=2)
NAME_WITHIN = timedelta(days=1)
LONGEST_NAME = 16

RAISED = re.compile(
    r"(?:反[映应](?:了|说|称|出)?|(?:企业|公司|单位|店家|商户|老板娘?|负责人|经理|店长)(?:说|讲|抱怨)(?=[^。；;\n]{0,24}(?:难|不便|不方便|不好|没|缺|少|贵|高|慢|吵|漏|坏|堵|停|愁))|提出了?|(?:诉求|需求|困难|问题)(?:有|是|[:：])|存在的?(?=[^，,。]{2,20}问题)"
    r"|希望(?=[^，,。]{0,6}(?:减免|解决|协调|帮|对接|尽快|支持))|(?:企业|公司|单位|店里|厂里|老板娘?)(?:急需|很?缺(?=[^席勤，,。]))|想(?=找|招|贷|申请|借|租)|要求)"
    r"\s*(?P<problem>[^。；;\n]{2,80})"
)
NOTHING = re.compile(r"(?:无|没有?|未|暂无|没啥|没什么)(?:[^，,。；;]{0,5})(?:诉求|需求|困难|问题|反映|意见)")
HANDLED = re.compile(
    r"已(?:经)?(?:当场|现场|当面|帮|代|为其|协助)?[^，,。；;]{0,8}(?:转|报|联系|对接|协调|提交|登记|引导|解决|处理|跟进|答复|整改|记录)|代报|(?:帮着?|都)报"
)
TAIL = re.compile(r"[，,、](?:已|建议|下次|约|我|下一步|回头|后续|会上).*$|[，,。.、；;！!\s]+$")
LEAD = re.compile(r"^(?:了|的|一下|到|说|称|问题|困难|诉求|是|有|[:：，,、\s])+")


ALSO = re.compile(
    r"[，,、；;]\s*(?:还(?:有|想|要|说|反映|希望)|另外|同时|也想|再就是|以及)(?:[，,、]|说|反映|想|希望|有|要)*"
)
PLAIN_YES = re.compile(r"是|[上要]?报|要|确认")
TRADE = re.compile(
    r"(?:公司|集团|支部|厂|店|馆|行|院|所|社|吧|坊|铺|超市|中心|酒店|宾馆|学校|幼儿园|银行|药房|科技|电子|物流|商贸|贸易|实业|教育|传媒|文化|食品|餐饮"
    r"|机械|纺织|服饰|建材|装饰|设计|广告|物业|家政|医药|生物|律所|协会|商会|联盟)$"
)
NO_NAME = re.compile(r"[?？吗呢吧，,。]|收到|谢谢")


def problem_in(text: str) -> str | None:
    """What the company raised, in the record's own words; None where it is not plain or has been taken care of."""
    for found in RAISED.finditer(text):
        if NOTHING.search(text[max(0, found.start() - 6) : found.end()]) or HANDLED.search(text[found.start() :]):
            continue
        problem = LEAD.sub("", TAIL.sub("", found["problem"])).strip()
        if len(problem) >= 3:
            return problem[:60]
    return None


def find_company(ctx: Context) -> str | None:
    """The company that the record names."""
    named = str(ctx.slots.get("company") or "")
    if len(named) > 1:
        return named
    known = visits.organisation_in(ctx.conn, ctx.said)
    return (known.short_name or known.name) if known else None


def read_company(ctx: Context, text: str) -> str | None:
    """A company's name as an answer; in a group, where the words may be for others, one that is known or looks it."""
    name = re.sub(r"^(?:是|去了|去的是?|走访的?(?:是|了)?|叫)\s*|[。.，,！!的\s]+$", "", text)
    if not 2 <= len(name) <= LONGEST_NAME or NO_NAME.search(name) or slots.yes_no(name) is not None:
        return None
    sure = ctx.addressed or TRADE.search(name) or visits.organisation_called(ctx.conn, name)
    return name if sure else None


def read_day(ctx: Context, text: str) -> date | None:
    """The day of the visit: never in the future."""
    today = local(ctx.now).date()
    day = date.fromisoformat(text)
    if day > today:
        named = times.when(ctx.said, ctx.now, past=True)
        day = named.start.date() if named else today
    return min(day, today)


def find_day(ctx: Context) -> date:
    """The day that the record names; today where it names none, or only a stretch of days such as 上半年."""
    today, named = local(ctx.now).date(), str(ctx.slots.get("date") or "")
    stretches = [one for one in times.find(ctx.said, ctx.now) if one.end and one.end.date() > one.start.date()]
    if not named or any(str(one.start.date()) == named for one in stretches):
        return today
    return read_day(ctx, named) or today


@handler(
    "log_visit",
    intents=("log_visit",),
    commands=(r"(?:补[登录]?|登记)?(?:走访|入企|半月联系)(?:记录|登记|日志)\s*[:：\s].+",),
    roles=(INSTRUCTOR, STAFF, SECRETARY),
    overhear=True,
    title="走访记录",
    slots=(
        Slot("company", read_company, lambda _: "走访的是哪家企业或组织？请回复名称。", find_company, NAME_WITHIN),
        Slot("day", read_day, find=find_day),
    ),
    examples=("走访记录：今天到海纳电子，支部学习正常，没有新诉求", "@小红 昨天走访福记面馆，老板反映停车难"),
)
def log_visit(ctx: Context, company: str, day: date) -> str:
    """Record the visit; offer to report what the company raised."""
    visit = visits.record(
        ctx.conn, ctx.person.id, company, day, ctx.wording, ctx.chat.id, ctx.now, inbox_id=ctx.message.id
    )
    others = [
        visits.record(ctx.conn, ctx.person.id, one, day, ctx.wording, ctx.chat.id, ctx.now, inbox_id=ctx.message.id)
        for one in also_visited(ctx, name_of(ctx, visit))
    ]
    year = f"{day.year}年" if day.year != local(ctx.now).year else ""
    named = "、".join(sorted((name_of(ctx, one) for one in (visit, *others)), key=ctx.said.find))
    card = f"已记走访：{named}，{year}{day.month}月{day.day}日。"
    problem = problem_in(ctx.wording)
    if problem is None or visit.need_id is not None:
        return card
    ctx.ask("visit_need", "decision", {"visit": str(visit.id), "problem": problem}, within=DECIDE_WITHIN)
    offered = "」「".join(parts_of(problem))
    return f"{card}\n要把「{offered}」报为诉求吗？请回复「是」。"


def also_visited(ctx: Context, company: str) -> list[str]:
    """走访了博远教育和云帆科技: the others that the record names in one breath with the first."""
    named = [one.short_name or one.name for one in visits.organisations_in(ctx.conn, ctx.said)]
    listed = "|".join(map(re.escape, named))
    together = re.search(rf"(?:{listed})(?:(?:、|,|和|与|跟|以及|还有)(?:{listed}))+", ctx.said) if named else None
    found = re.findall(listed, together[0]) if together else []
    return [one for one in dict.fromkeys(found) if one != company] if company in found else []


def parts_of(problem: str) -> list[str]:
    """停车难，还想办个贷款: two matters."""
    parts = [LEAD.sub("", part).strip() for part in ALSO.split(problem)]
    return [part for part in parts if len(part) >= 3] if min(map(len, parts)) >= 3 else [problem]


def name_of(ctx: Context, visit: Visit) -> str:
    """The company's short name, or what the record calls it."""
    return people.organisation_name(ctx.conn, visit.organisation_id) or visit.company


def read_decision(ctx: Context, text: str) -> bool | None:
    """Whether to report; in a group a mere 好的 may be meant for somebody else."""
    decision = slots.yes_no(text)
    return decision if not decision or ctx.addressed or PLAIN_YES.match(text) else None


@handler(
    "visit_need",
    slots=(
        Slot("decision", read_decision),
        Slot("visit", lambda ctx, text: visits.get(ctx.conn, int(text))),
        Slot("problem", lambda _, text: text),
    ),
)
def visit_need(ctx: Context, decision: bool, visit: Visit, problem: str) -> str:
    """是: report what the company raised, with the instructor as the one who reports."""
    if not decision:
        return "好的，只记走访，不报诉求。"
    return "\n".join(_reported(ctx, visit, part) for part in parts_of(problem))


def _reported(ctx: Context, visit: Visit, problem: str) -> str:
    company, by = name_of(ctx, visit), By(ctx.person.id, ctx.now, ctx.message.id)
    need = needs.report(
        ctx.conn,
        by,
        category=category_of(ctx, problem),
        source="visit",
        text=f"{problem}（走访{company}时企业提出，{visit.day.month}月{visit.day.day}日走访记录）",
        chat_id=ctx.chat.id,
        company=company,
        phone=ctx.person.phone,
        contact=people.display_name(ctx.person),
    )
    visits.led_to(ctx.conn, visit.id, need.id)
    need = dispatch(ctx.conn, ctx.voice, need, by)
    return f"已登记诉求{need.id}号（{need.category}·{company}），已派给{need.category}组，{respond_by(need)}前响应。"


def category_of(ctx: Context, problem: str) -> str:
    """By the problem's words; where they say nothing, that of the nearest entry of the knowledge base."""
    near = ctx.faq.search(problem).candidates
    return visits.category_of(problem) or (ctx.faq.entry(near[0]).category if near else needs.FALLBACK)


@handler(
    "visit_ledger",
    commands=(
        r"(?:(?:导出|查看?|看看?|发我?)\s*)?[^\n，。,]{0,10}走访(?:台[账帐]|汇总表?|统计表?|情况)(?:导出|发我|吧)*",
    ),
    roles=(STAFF,),
    audited=True,
    title="走访台账",
    examples=("@小红 走访台账",),
)
def visit_ledger(ctx: Context) -> str:
    """Who visited how many, and who is unvisited this quarter; in private."""
    named = times.period(ctx.text, ctx.now)
    period = Period(*named) if named else quarter_of(ctx.now)
    text = ledger(ctx.conn, period.first, period.last)
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "走访台账")


HANDLERS: tuple[Handler, ...] = (log_visit, visit_need, visit_ledger)
