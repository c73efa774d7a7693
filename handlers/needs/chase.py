"""？、人呢: whoever waits and says no more is told where the need stands."""

import re

from bot.capability import Context, handler
from handlers.needs.follow import standing
from handlers.needs.which import reported_open

_CHASES = re.compile(
    r"\W*[?？]\W*|\W*(?:人呢|有人(?:来|管|在|理)?(?:吗|没|么)|(?:怎么)?(?:还)?没(?:有)?(?:人|动静|消息|下文)(?:来|管|理)?|"
    r"(?:现在)?(?:怎么样|咋样|啥情况|什么情况)了?|有(?:消息|结果|进展|动静)(?:了)?(?:吗|没|么))[了啊呢吗\W]*"
)


def chases(ctx: Context) -> bool:
    """Whether somebody who waits for a need says no more than that, to the bot."""
    if not ctx.addressed or ctx.reading.quote or not ctx.text or not _CHASES.fullmatch(ctx.text):
        return False
    return bool(reported_open(ctx))


@handler("chase_need", when=chases)
def chase_need(ctx: Context) -> str:
    """Where the needs stand that the sender waits for."""
    return "\n".join(standing(ctx, need) for need in reported_open(ctx)[:3])
