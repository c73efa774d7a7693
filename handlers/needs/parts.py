"""几句话一件事: one need that is told in several short messages."""

import re

from bot.capability import Context, handler
from bot.domain import talk
from handlers.needs import topic
from handlers.needs.report import report_need
from handlers.needs.where import DETAIL, names_need, only_where, overheard, place_in
from knowledge.normalize import clean
from knowledge.reading import SILENT, Reading

LONGEST = 60
"""Characters of a message that may be a part of something."""
HINTED = 0.2
"""How likely a need each part must be: measured, none of 1,142 pairs of talk passes, place and all."""
TALKS = re.compile(
    r"[?？@]|[吗呢么吧]\W*$|\d.{0,3}还是.{0,3}\d|^我有|谁|怎么|什么时候|哈哈|听说"
    r"|^\W*(?:谢|感谢|多谢|辛苦|麻烦你?了|好的?|嗯|收到|明白|知道|行|可以|ok|哦|拜托|等)",
    re.IGNORECASE,
)
"""What is said to people: questions, thanks, calls, gossip."""


def told_in_parts(ctx: Context) -> bool:
    """Whether the message completes a need that the sender began to tell just before."""
    return _together(ctx) is not None


def _together(ctx: Context) -> Reading | None:
    """The reading of the message with the sender's words before it, where they make it a need, and say where it is."""
    reading = ctx.reading
    if reading.quote or ctx.log or len(ctx.text) > LONGEST:
        return None
    alone = reading.intent == "report_need" and (ctx.addressed or reading.speak)
    if alone:
        if reading.slots.get("place"):
            return None
    elif TALKS.search(ctx.text) or not (chance(reading) >= HINTED or _mere_place(ctx)):
        return None
    said = [clean(row.text).text for row in talk.unused(ctx.conn, talk.before(ctx.conn, ctx.message))]
    parts = [text for text in said if not TALKS.search(text) and _is_part(ctx, text, mere_place=alone)]
    if not parts:
        return None
    whole = ctx.reread(overheard(ctx, "，".join((*parts, ctx.text))), ctx.role, "report_need")
    return whole if whole.slots.get("place") else None


def _mere_place(ctx: Context) -> bool:
    """Nothing but where, and no answer to somebody else who asks."""
    last = talk.before(ctx.conn, ctx.message)[-1:] if only_where(ctx) else []
    return bool(last) and topic.follows(ctx, last[0].id)


def _is_part(ctx: Context, text: str, *, mere_place: bool) -> bool:
    """Whether words may be a part of a need: something is wrong there, or, before a complaint, a place.

    What is asked or done of another need is none.
    """
    alone = None if names_need(text) else ctx.reread(overheard(ctx, text), ctx.role, "")
    if alone is None or alone.intent not in (*SILENT, "report_need"):
        return False
    return chance(alone) >= HINTED or (mere_place and len(text) <= DETAIL and place_in(ctx, text) != "")


def chance(reading: Reading) -> float:
    """How likely an overheard message is a need."""
    if reading.intent == "report_need":
        return reading.confidence
    return 1 - reading.confidence if reading.intent == "none" and reading.runner_up == "report_need" else 0.0


@handler("report_in_parts", when=told_in_parts, overhear=True)
def report_in_parts(ctx: Context) -> str | None:
    """Report what was said in several messages as one need."""
    whole = _together(ctx)
    assert whole is not None
    ctx.args |= {"said": whole.text, "slots": dict(whole.slots)}
    return report_need.run(ctx)
