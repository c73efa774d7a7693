"""换个灯泡, 我是第一次来, 我要贷款: no exchange, no registration, no question. What it can be instead has it."""

import re
from collections.abc import Callable, Mapping

from bot.capability import Context, Handler, handler
from bot.domain import needs, points
from bot.domain.activities import lookup, names
from knowledge import slots

_OF_POINTS = re.compile(r"积分|兑|礼[品物]|奖品|领|(?<!\d)分换")
_BEGS = re.compile(r"帮|麻烦|师傅|派人|来人|坏|修")
_MOMENT = re.compile(r"换[一个下到成]*(?:时间|日期|日子|天|时候|话题|地方|说法|名字|方式|思路)")
_WANTS = re.compile(
    r"(?:.{0,12}?[,\s])?.{0,8}?(?:急?需要?|急?缺|想要|还?差|想?招|要招|求)\s*(?P<count>\d+|[一二两三四五六七八九十几]+|些|点)"
    r"\s*(?P<unit>[把张间台套辆箱本块桌份件]?)"
)
_GIVES = re.compile(r"提供|免费|可以?[借用出]|借给|赠|捐|赞助|谁(?:家)?(?:要|需要|缺)|需要的")
_ASKS = re.compile(r"[?？]|[吗呢么]\W*$|怎么|多少|几[天号点个年月]|哪|什么|问一?下|咨询|想问|能不能|来办")
DOUBTFUL = 0.75
_OF_RULES = re.compile(r"(?:谁赔|怎么赔|归谁管|归哪\S{0,4}管|算谁的|谁的责任|咋办|怎么办|合法吗|违法吗)\W*$")
_TROUBLE = re.compile(r"(?:坏|漏|堵|渗|裂|[断停没]水|[断停没]电|不亮|冒).{0,6}(?:归谁管|咋办|怎么办)")
"""What somebody has to come for, however it is asked."""
_OF_BLAME = re.compile(r"(?<!正在)(?:谁赔|怎么赔|合法吗|违法吗)\W*$")
_OF_LAW = re.compile(
    r"党费|养老金|退休|社保|医保|公积金|失业金|生育|产假|工伤|工资|档案|组织关系|户口|居住证|身份证|消防|营业执照|执照|许可|备案|税"
)
_SHORT_OF = re.compile(r"[招雇找]不(?:到|着)(?:\S{0,3}工|\S{0,3}人)|(?:缺|少)(?:人手|工人)|用工荒")
_NEEDS_MONEY = re.compile(
    r"(?:我|我们|咱们?|公司|店里|小店|这边)*(?:急?需要?|想要?|要)(?:申请|办|借|找)?(?:一?[笔点些]|\d+万?)?(?:贷款|借款|融资|资金)(?!合同|政策)"
)
_SAYS_WHO = re.compile(r"(?:^|[是叫姓的,:\s])$")
"""What stands before a name that somebody gives."""


def _no_exchange(ctx: Context) -> str | None:
    goods = "".join(one.name for one in points.all_goods(ctx.conn))
    if _OF_POINTS.search(ctx.text) or set(str(ctx.slots.get("goods", ""))) & set(goods):
        return None
    if wish := _no_question(ctx):
        return wish
    if ctx.reading.runner_up in ("ask_human", "book_venue", "report_need"):
        return ctx.reading.runner_up
    return "report_need" if _BEGS.search(ctx.text) and not _MOMENT.search(ctx.text) else "none"


def _no_registration(ctx: Context) -> str | None:
    if lacks := _no_offer(ctx):
        return lacks
    if ctx.slots.get("company") or slots.phone(ctx.text) or "登记" in ctx.text:
        return None
    name = str(ctx.slots.get("name", ""))
    if not name or "我叫" in ctx.text:
        return None
    if slots.is_name(name) and _SAYS_WHO.search(ctx.text.partition(name)[0]):
        return None
    return "ask_policy" if _ASKS.search(ctx.text) else "help"


def _no_offer(ctx: Context) -> str | None:
    wants = _WANTS.match(ctx.text)
    if wants is None or _GIVES.search(ctx.text):
        return None
    return "seek_resource" if wants["unit"] else "report_need"


def _no_report(ctx: Context) -> str | None:
    """谁赔, 归谁管: what is asked in doubt is a question; where something is broken at a place it is a need."""
    if ctx.slots.get("phone") or _TROUBLE.search(ctx.text) or _BEGS.search(ctx.text) or not _OF_RULES.search(ctx.text):
        return None
    if _OF_BLAME.search(ctx.text):
        return "ask_policy"
    doubtful = ctx.reading.confidence < DOUBTFUL and ctx.reading.runner_up == "ask_policy"
    return "ask_policy" if doubtful and not ctx.slots.get("place") else None


def _no_tracking(ctx: Context) -> str | None:
    """养老金什么时候领: nothing that the sender ever reported."""
    if ctx.slots.get("need_no") or not (_OF_LAW.search(ctx.text) and _ASKS.search(ctx.text)):
        return None
    mine = needs.of_reporter(ctx.conn, ctx.person.id, list(needs.STATES))
    said = {one for need in mine for one in _OF_LAW.findall(need.text)}
    return None if said & set(_OF_LAW.findall(ctx.text)) else "ask_policy"


def _no_sign_up(ctx: Context) -> str | None:
    """消防怎么报: no activity of that name is in reach."""
    if wish := _no_question(ctx):
        return wish
    called = str(ctx.slots.get("activity") or "")
    if "报名" in ctx.text or not (_OF_LAW.search(ctx.text) and re.search(r"怎么|咋|如何", ctx.text)):
        return None
    known = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now)
    return None if names.named(ctx.text, known, called) else "ask_policy"


def _no_question(ctx: Context) -> str | None:
    """我要贷款, 招不到人: a wish, and nothing asked of rules."""
    if re.search(r"补贴|政策|怎么|咋|如何|条件|材料|利率|贴息|多少", ctx.text):
        return None
    lacks = _SHORT_OF.search(ctx.text) or (_NEEDS_MONEY.match(ctx.text) and not _ASKS.search(ctx.text))
    return "report_need" if lacks else None


_INSTEAD: Mapping[str, Callable[[Context], str | None]] = {
    "redeem_points": _no_exchange,
    "register": _no_registration,
    "offer_resource": _no_offer,
    "report_need": _no_report,
    "track_need": _no_tracking,
    "sign_up": _no_sign_up,
    "ask_policy": _no_question,
    "none": _no_question,
}


def instead(ctx: Context) -> str | None:
    """What the message is, where it cannot be what it was read as; overheard, three readings are put right."""
    if not ctx.addressed and ctx.reading.intent not in ("redeem_points", "register", "offer_resource"):
        return None
    check = _INSTEAD.get(ctx.reading.intent)
    return check(ctx) if check else None


@handler("read_again", when=lambda ctx: instead(ctx) is not None, overhear=True)
def read_again(ctx: Context) -> None:
    """Carry it out as that; overheard, it was plain enough only as what it is not."""
    intent = instead(ctx)
    assert intent is not None
    if ctx.addressed or slots.phone(ctx.text):
        ctx.again(ctx.message, intent)


HANDLERS: tuple[Handler, ...] = (read_again,)
