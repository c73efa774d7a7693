"""要撤回101号吗？ What was overheard and may mean a need is asked about; a digit does it."""

import re

from bot.capability import Context, Slot, handler
from bot.domain.needs import Need
from handlers.needs.follow import withdraw
from handlers.needs.handle import resolve
from handlers.needs.join import joined
from handlers.needs.rate import dissatisfied
from handlers.needs.topic import follows
from handlers.needs.which import SURE, read_need

_YES = re.compile(r"1|(?:是|对|要|好|确认|确定|嗯)(?:的|了|吧)*[。!]*")


def read_yes(ctx: Context, text: str) -> bool | None:
    """1 or yes, as long as nobody else spoke: in a group a bare digit may be anything."""
    return True if _YES.fullmatch(text) and follows(ctx, int(ctx.args.get("after", 0))) else None


def leave(ctx: Context) -> str | None:
    """算了: all stays as it is."""
    number = ctx.args["need"]
    if ctx.args["verb"] == "dissatisfied":
        return f"好的，诉求{number}号等您评价：满意 / 一般 / 不满意。"
    kept = f"好的，诉求{number}号照样办。不用办了请回复「撤回{number}号」。"
    return kept if follows(ctx, int(ctx.args.get("after", 0))) else None


@handler(
    SURE, slots=(Slot("yes", read_yes, on_cancel=leave), Slot("need", read_need), Slot("verb", lambda _, text: text))
)
def sure(ctx: Context, yes: bool, need: Need, verb: str) -> str | None:
    """Do what was asked about."""
    del yes
    steps = {"withdraw": withdraw, "resolve": resolve, "join": joined, "dissatisfied": dissatisfied}
    return steps[verb](ctx, need)
