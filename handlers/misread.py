"""换个灯泡, 我是第一次来, 我们需要3个保安: no exchange, no registration, no offer. What it can be instead has it."""

import re
from collections.abc import Callable, Mapping

from bot.capability import Context, Handler, handler
from bot.domain import points
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
_SAYS_WHO = re.compile(r"(?:^|[是叫姓的,:\s])$")
"""What stands before a name that somebody gives."""


def _no_exchange(ctx: Context) -> str | None:
    names = "".join(one.name for one in points.all_goods(ctx.conn))
    if _OF_POINTS.search(ctx.text) or set(str(ctx.slots.get("goods", ""))) & set(names):
        return None
    if ctx.reading.runner_up in ("ask_human", "book_venue", "report_need"):
        return ctx.reading.runner_up
    return "report_need" if _BEGS.search(ctx.text) and not _MOMENT.search(ctx.text) else "none"


def _no_registration(ctx: Context) -> str | None:
    if lacks := _no_offer(ctx):
        return lacks
    if ctx.slots.get("company") or slots.phone(ctx.text) or "登记" in ctx.text:
        return None
    name = str(ctx.slots.get("name", ""))
    before = ctx.text.partition(name)[0]
    if not name or "我叫" in ctx.text or (slots.is_name(name) and _SAYS_WHO.search(before)):
        return None
    return "ask_policy" if _ASKS.search(ctx.text) else "help"


def _no_offer(ctx: Context) -> str | None:
    wants = _WANTS.match(ctx.text)
    if wants is None or _GIVES.search(ctx.text):
        return None
    return "seek_resource" if wants["unit"] else "report_need"


_INSTEAD: Mapping[str, Callable[[Context], str | None]] = {
    "redeem_points": _no_exchange,
    "register": _no_registration,
    "offer_resource": _no_offer,
}


def instead(ctx: Context) -> str | None:
    """What the message is, where it cannot be what it was read as."""
    check = _INSTEAD.get(ctx.reading.intent)
    return check(ctx) if check else None


@handler("read_again", when=lambda ctx: instead(ctx) is not None, overhear=True)
def read_again(ctx: Context) -> None:
    """Carry it out as that; overheard, it was plain enough only as what it is not."""
    intent = instead(ctx)
    assert intent is not None
    if ctx.addressed or (intent == "report_need" and slots.phone(ctx.text)):
        ctx.again(ctx.message, intent)


HANDLERS: tuple[Handler, ...] = (read_again,)
