"""？、人呢: whoever waits and says no more is told where the need stands."""

import re
from datetime import timedelta

from bot.capability import Context, handler
from bot.domain.needs import Need
from handlers.needs import topic
from handlers.needs.follow import standing, urge_need
from handlers.needs.which import reported_open

_CHASES = re.compile(
    r"\W*[?？]\W*|\W*(?:人呢|有人(?:来|管|在|理)?(?:吗|没|么)|(?:怎么)?(?:还)?没(?:有)?(?:人|动静|消息|下文)(?:来|管|理)?|"
    r"(?:现在)?(?:怎么样|咋样|啥情况|什么情况)了?|有(?:消息|结果|进展|动静)(?:了)?(?:吗|没|么))[了啊呢吗\W]*"
)


_NOBODY = re.compile(r"人呢|没(?:有)?人")
_SOON = timedelta(hours=2)


def chases(ctx: Context) -> bool:
    """Whether somebody who waits for a need says no more than that: to the bot, or 人呢 soon after the report."""
    if ctx.reading.quote or not ctx.text or not _CHASES.fullmatch(ctx.text):
        return False
    return bool(reported_open(ctx)) if ctx.addressed else _nobody_came(ctx) is not None


def _nobody_came(ctx: Context) -> Need | None:
    """The need that was reported here of late and nobody has come for, where no others are spoken to; urgent ones
    are asked after whoever speaks."""
    mine = reported_open(ctx)[:1] if _NOBODY.search(ctx.text) else []
    late = (need for need in mine if ctx.now - need.reported_at <= _SOON)
    return next((need for need in late if need.urgent or topic.follows_report(ctx, need)), None)


@handler("chase_need", when=chases, overhear=True)
def chase_need(ctx: Context) -> str | None:
    """Where the needs stand that the sender waits for; overheard, whoever has the need is urged."""
    if not ctx.addressed and (need := _nobody_came(ctx)):
        return urge_need.run(ctx, need)
    return "\n".join(standing(ctx, need) for need in reported_open(ctx)[:3])
