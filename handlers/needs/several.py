"""接单 103、104: one word for several needs; each is answered for itself."""

import re
from collections.abc import Callable

from bot.capability import Context, handler
from bot.domain import needs
from bot.domain.needs import Need
from bot.errors import Refusal
from handlers.needs.handle import resolve
from handlers.needs.take import TAKERS, take
from handlers.needs.which import WORKERS, to_accept

_SEVERAL = r"(?P<numbers>(?:诉求)?#?\d{3,9}号?(?:[\s、,和跟及与]+(?:诉求)?#?\d{3,9}号?)+)"
_END = r"[都也全\s,:]*"


def _each(ctx: Context, step: Callable[[Context, Need], str]) -> str:
    assert ctx.command is not None
    lines = []
    for number in dict.fromkeys(int(digits) for digits in re.findall(r"\d+", ctx.command["numbers"])):
        try:
            lines.append(step(ctx, needs.get(ctx.conn, number)))
        except Refusal as refusal:  # of this one: it did nothing, and the others stand
            lines.append(refusal.text)
    return "\n".join(lines)


@handler(
    "accept_needs",
    commands=(
        rf"(?:我们?|我来?)?(?:接单?|抢单)[:\s]*{_SEVERAL}[。!\s]*",
        rf"{_SEVERAL}{_END}(?:我们?来?)?[都也全]?(?:接单?|接了|抢单)[了吧。!\s]*",
    ),
    roles=TAKERS,
    overhear=True,
    title="一次接几单",
    examples=("接单 101、102",),
)
def accept_needs(ctx: Context) -> str:
    """Take each; what cannot be taken says why."""
    return _each(ctx, take)


@handler(
    "accept_all",
    commands=(
        r"(?:我们?|这)?(?:[两二三四五六几\d][件个单])?(?:我们?)?(?:都|全部?|一起)(?:由?我们?)?(?:接单?|抢单)[了吧啦。!\s]*",
    ),
    roles=WORKERS,
    overhear=True,
    title="全部接单",
)
def accept_all(ctx: Context) -> str | None:
    """Take all that wait in this service group; 都接了, said elsewhere, is of calls and children."""
    waiting = to_accept(ctx) if ctx.chat.private or ctx.chat.service_group else []
    return "\n".join(take(ctx, need) for need in reversed(waiting)) or None


@handler(
    "resolve_needs",
    commands=(
        rf"办结[:\s]*{_SEVERAL}(?P<rest>[,。\s].*)?",
        rf"{_SEVERAL}{_END}(?:已经?)?(?:办结|办完|办好)了?(?P<rest>[,。!\s].*)?",
    ),
    roles=WORKERS,
    overhear=True,
    title="一次办结几件",
    examples=("101、102办结，都换了新灯",),
)
def resolve_needs(ctx: Context) -> str:
    """Resolve each; what cannot be resolved says why."""
    return _each(ctx, resolve)
