"""马上到, 已关总闸, 好了: what a service group says right after a card; and 101号联系不上人, in words of any kind."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.capability import Context, handler
from bot.domain import needs
from bot.domain.needs import Need
from handlers.needs import topic
from handlers.needs.route import just_sent
from handlers.needs.take import take
from handlers.needs.which import WORKERS, ask_sure, title
from knowledge.reading import SILENT

LONGEST = 60
AT_ONCE = timedelta(minutes=30)
"""So long after a card, or after taking it, short words without a number are of it."""
_NUMBERED = re.compile(
    r"(?:诉求)?#?(?P<number>\d{3,9})(?:号(?![楼室房院门线厅店铺柜办])|(?![\d号楼室房院元块人个米度层栋座年月日天份分次.:-]))[,:\s]*(?P<rest>.{2,})"
)
_TALK = re.compile(
    r"[?？]|[吗呢么没]\W*$|谁|多少|哪|怎么|什么|咋|[你您]|@|哈|谢|辛苦|^(?:好的?|收到|知道了|嗯+|ok|行|明白|稍等)[\W了]*$",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"(?:(?:好[的嘞]?|收到|ok|行|嗯)[,\s]*)?(?:我们?|师傅|电工|水工|这边)?(?:这就|马上|立刻|立马|现在|已经?|正?在|先|就)*"
    r"(?:派人|派师傅|安排人?)?(?:过去|去|到|来|赶到|赶去|赶过去|出发|上去|下去|路上)(?:现场)?(?:看看|看一?下|处理|维修)?[了啦吧。!,\s]*",
    re.IGNORECASE,
)
_DID = re.compile(
    r"已经?(?:关|断|修|换|通知|联系|安排|派|到现场|到位|处理|清|抽|封|隔|疏|恢复|更换|报修|下单|买|订)(?!.*[?？吗]).*"
)
_DONE = re.compile(r"(?:好|行|完|搞定|弄好|修好|处理好|解决|完事)(?:了|啦)+[。!\s]*|搞定[。!]*")


def named(ctx: Context) -> Need | None:
    """The open need that a message of those who have it begins with, where its reading is nothing."""
    if ctx.role not in WORKERS or ctx.reading.intent not in SILENT:
        return None
    said = _NUMBERED.fullmatch(ctx.text) if len(ctx.text) <= LONGEST else None
    if said is None or _TALK.search(said["rest"]):
        return None
    need = needs.find(ctx.conn, int(said["number"]))
    if need is None or need.state not in needs.OPEN:
        return None
    own = need.handler_id == ctx.person.id if ctx.chat.private else topic.at_own_desk(ctx, need)
    return need if own else None


@handler("named_at_desk", when=lambda ctx: named(ctx) is not None, overhear=True)
def named_at_desk(ctx: Context) -> None:
    """Whatever a service group says of its need, by its number, is word on the way."""
    need = named(ctx)
    said = _NUMBERED.fullmatch(ctx.text)
    assert need is not None and said is not None
    ctx.again(replace(ctx.message, text=f"{need.id}号进展：{said['rest']}"), "update_need")


def just_taken(ctx: Context) -> Need | None:
    """The only need that the sender has in hand here, where nobody else has spoken since it was taken or told of."""
    mine = [need for need in needs.of_handler(ctx.conn, ctx.person.id, needs.TAKEN) if topic.at_own_desk(ctx, need)]
    if len(mine) != 1:
        return None
    last = [event for event in needs.events(ctx.conn, mine[0].id) if event.actor_id == ctx.person.id][-1]
    fresh = last.inbox_id and ctx.now - last.at <= AT_ONCE and topic.follows(ctx, last.inbox_id)
    return mine[0] if fresh else None


def meant(ctx: Context) -> tuple[Need, str] | None:
    """The need that short words follow upon, and what they say of it: that somebody goes, did something, is done."""
    if not ctx.chat.service_group or ctx.role not in WORKERS or ctx.reading.intent not in SILENT:
        return None
    if ctx.reading.quote or len(ctx.text) > LONGEST // 2:
        return None
    if _GOES.fullmatch(ctx.text):
        need = just_sent(ctx)
        return (need, "go") if need and ctx.now - needs.events(ctx.conn, need.id)[-1].at <= AT_ONCE else None
    kind = "did" if _DID.fullmatch(ctx.text) else "done" if _DONE.fullmatch(ctx.text) else None
    taken = just_taken(ctx) if kind else None
    return (taken, kind) if taken and kind else None


@handler("right_away", when=lambda ctx: meant(ctx) is not None, overhear=True, title="紧跟着卡片说的话")
def right_away(ctx: Context) -> str | None:
    """马上到 takes the need, 已关总闸 is word on the way; whether 好了 ends it is asked."""
    found = meant(ctx)
    assert found is not None
    need, kind = found
    if kind == "go":
        return take(ctx, need)
    if kind == "done":
        return ask_sure(ctx, need, "resolve", f"是{title(need)}办结了吗？")
    ctx.again(replace(ctx.message, text=f"{need.id}号进展：{ctx.text}"), "update_need")
    return None
