"""修好了, 还没好呢: what reporters say of a need without wishing for anything; they are asked what follows from it."""

import re
from datetime import timedelta

from bot.capability import Context, handler
from bot.domain import needs
from bot.domain.needs import Need
from handlers.needs import topic
from handlers.needs.which import WORKERS, ask_sure, reported_open, title, to_rate

LONGEST = 20
_SOON = timedelta(hours=1)
"""How long all in a group speak of danger: its reporter may say that it is over, whoever spoke."""
_OVER = re.compile(
    r"(?:修|弄|搞|办|处理|维修)[好完]了|(?:解决|恢复|正常)了|[来通]了?[电水气网]了?|出来了|(?:自己|已经?|都)好了"
    r"|不用(?:再)?(?:修|来|派|办|麻烦)|没事了(?:[,，]?(?:谢|辛苦|麻烦).*)?\W*$|(?:算了|那)[,，]?(?:就)?不用了|不(?:漏|堵|响|吵|停|臭|卡|冒)了|(?:能|可以)用了"
    r"|(?:又|已经?|都|灯|能|好像)(?:亮|通|动|转|凉快|制冷|热)了|好像?(?:已经?)?(?:修|调|弄|换)(?:过|好)?了"
)
_NOT_OVER = re.compile(r"[?？]|[吗呢么吧]\W*$|没(?!事了)|还|又(?!亮|通|动|转)|谁|才|怎么|时候|要|等|如果|就好|撤|取消")
_NOT_YET = re.compile(
    r"(?:可是|但是?|哪有|哪里)?[,，]?(?:还|都|也|根本|并)*(?:没有?|未)(?:修|弄|搞|办|处理|解决|恢复|通|完|好)+[呢啊呀嘛的了]*[。!！~]*"
    r"|(?:不行|不对|唉|哎|师傅|怎么|[啊呀,，\s])*(?:又|还是)(?:停|坏|堵|漏|断|卡|跳闸|不(?:行|亮|动|转|好使|制冷|通|能用)|老样子|一样|那样)[了的呢啊呀嘛]*[。!！~]*"
)


def over(ctx: Context) -> Need | None:
    """The sender's own need that words say is over: the only one, or the one that they are about."""
    text = ctx.text
    if ctx.role in WORKERS or ctx.reading.quote or len(text) > LONGEST:
        return None
    if not _OVER.search(text) or _NOT_OVER.search(text) or ctx.slots.get("need_no"):
        return None
    mine = [need for need in reported_open(ctx) if need.reporter_id == ctx.person.id]
    meant = [need for need in mine if topic.about(ctx, need)] or [need for need in mine if need.urgent] or mine
    if len(meant) != 1:
        return None
    late = ctx.now - meant[0].reported_at
    near = ctx.chat.private or (meant[0].urgent and late <= _SOON) or topic.follows_report(ctx, meant[0])
    return meant[0] if near else None


@handler("says_over", when=lambda ctx: over(ctx) is not None, overhear=True, title="报事人说已经好了")
def says_over(ctx: Context) -> str:
    """Whether to take it back: only its reporter knows that nobody needs to come."""
    need = over(ctx)
    assert need is not None
    return ask_sure(ctx, need, "withdraw", f"要撤回{title(need)}吗？")


def not_yet(ctx: Context) -> Need | None:
    """The need that its reporter was just asked to rate, and says is not done."""
    if ctx.reading.quote or not _NOT_YET.fullmatch(ctx.text):
        return None
    waiting = to_rate(ctx)
    if len(waiting) != 1:
        return None
    done = [event.inbox_id for event in needs.events(ctx.conn, waiting[0].id) if event.kind == "resolved"][-1]
    return waiting[0] if topic.follows(ctx, done or 0) else None


@handler("says_not_yet", when=lambda ctx: not_yet(ctx) is not None, overhear=True, title="报事人说还没好")
def says_not_yet(ctx: Context) -> str:
    """Whether that is a rating: it starts the work again, a level up."""
    need = not_yet(ctx)
    assert need is not None
    return ask_sure(ctx, need, "dissatisfied", f"诉求{need.id}号记为不满意、重新办理吗？")
