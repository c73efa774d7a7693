"""几句话一件事: one need that is told in several short messages, and what is added to one just reported."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.capability import Context, Slot, handler
from bot.domain import needs, talk
from bot.domain.needs import Need
from bot.inbox import Row
from bot.notices.needs import channel_of, desk
from handlers.needs.report import report_need
from handlers.needs.which import by, read_need
from knowledge import slips, slots
from knowledge.normalize import clean
from knowledge.private import mask
from knowledge.reading import Reading
from knowledge.times import when
from knowledge.wording import readable

LONGEST = 60
"""Characters of a message that may be a part of something."""
LIKELY = 0.5
"""How likely the parts together must be a need; with a place, for a place after a complaint is no talk."""
HINTED = 0.2
"""How likely a need what follows one must be, to belong to it."""
_ASKS = re.compile(r"[?？]|[吗呢么]\W*$|谁|怎么|什么时候")
_GOES_ON = re.compile(r"开始|一直|已经|到现在|还在|越来越|每天|天天|连续|好[几多]|[又就都]")
_POLITE = re.compile(r"\W*(?:谢|感谢|多谢|辛苦|麻烦你?了|好的?|嗯|收到|明白|知道|行|可以|ok|哦|拜托|等)", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fa5]+")
_COMMON = frozenset(
    re.findall(
        "..",
        "我们咱们你们他们公司这里这边这个那个麻烦安排一下派人来修处理解决帮忙看看坏了不了没有什么怎么"
        "今天昨天明天现在已经号楼几天两天好几又坏谢谢联系电话",
    )
)
"""Pairs of signs that complaints of all kinds share."""


# before: the parts that were passed over


def told_in_parts(ctx: Context) -> bool:
    """Whether the message completes a need that the sender began to tell just before."""
    return _together(ctx) is not None


def _together(ctx: Context) -> Reading | None:
    """The reading of the message with the sender's words before it, where only they make it a need, or place it."""
    reading = ctx.reading
    alone = reading.intent == "report_need" and (ctx.addressed or reading.speak)
    if reading.quote or len(ctx.text) > LONGEST or ctx.log:
        return None
    if not (alone and not reading.slots.get("place")) and _chance(reading) < HINTED:
        return None
    earlier = talk.unused(ctx.conn, talk.before(ctx.conn, ctx.message))
    for first in range(len(earlier)):
        whole = _read_together(ctx, earlier[first:])
        placed = bool(whole.slots.get("place"))
        if placed and (alone or _chance(whole) >= LIKELY):
            return whole
    return None


def _read_together(ctx: Context, earlier: Sequence[Row]) -> Reading:
    text = "，".join(clean(row.text).text for row in (*earlier, ctx.message))
    row = replace(ctx.message, text=text, mentioned=False, private=False)
    heard = ctx.reread(row, ctx.role, "")
    return (
        heard
        if heard.intent == "report_need"
        else replace(
            ctx.reread(row, ctx.role, "report_need"),
            intent=heard.intent,
            confidence=heard.confidence,
            runner_up=heard.runner_up,
        )
    )


def _chance(reading: Reading) -> float:
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


# after: what is added


def read_words(ctx: Context, text: str) -> str | None:
    """Words that belong to the need just reported; None for talk, questions, thanks and other wishes."""
    reading = ctx.reading
    if reading.quote or ctx.log or len(text) > LONGEST or _ASKS.search(text) or _POLITE.match(text):
        return None
    told = str(ctx.args.get("text", ""))
    if readable(text) in told or slips.slip(text) or slips.promises(text) or slots.need_no(text):
        return None
    alone = ctx.reread(replace(ctx.message, text=text, mentioned=False, private=False), ctx.role, "")
    if alone.intent == "report_need":
        elsewhere = bool(ctx.args.get("place")) and str(alone.slots.get("place") or "") not in told
        return text if not elsewhere and _shares_topic(text, told) else None
    if reading.speak and reading.intent not in ("none", "report_need", "track_need", "urge_need"):
        return None
    as_need = ctx.reread(ctx.message, ctx.role, "report_need")
    placed = bool(as_need.slots.get("place"))
    if slots.phone(text):
        return text if placed else None
    goes_on = bool(_GOES_ON.search(text)) and when(text, ctx.now) is not None
    return text if placed or goes_on or _chance(alone) >= HINTED else None


def _shares_topic(text: str, other: str) -> bool:
    """Whether two texts have a word of content in common."""
    return bool((_pairs(text) & _pairs(other)) - _COMMON)


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1)}


@handler("need_more", slots=(Slot("words", read_words), Slot("need", read_need)))
def need_more(ctx: Context, words: str, need: Need) -> str | None:
    """Add to the need; those who have it already are told. In a group nobody else is."""
    if need.state not in needs.OPEN:
        return None
    said = readable(words)
    place = ctx.reread(ctx.message, ctx.role, "report_need").slots.get("place")
    found = {"place": str(place)[:64]} if place and not need.place else {}
    need = needs.change(ctx.conn, need.id, "added", by(ctx), mask(said), text=f"{need.text}；{said}", **found)
    listen_on(ctx, need)
    pass_on(ctx, need, f"诉求{need.id}号补充：{mask(said)}")
    return f"已补充到诉求{need.id}号。" if ctx.addressed else None


def listen_on(ctx: Context, need: Need) -> None:
    """Hear what the reporter says next as part of the need."""
    ctx.ask("need_more", "words", {"need": str(need.id), "text": need.text, "place": need.place}, within=talk.BREATH)


def pass_on(ctx: Context, need: Need, text: str) -> None:
    """Tell those who work on a need, or are to; nobody yet where it is not dispatched."""
    chat = desk(ctx.conn, need)
    if need.handler_id:
        ctx.voice.to_person(need.handler_id, text, channel=channel_of(ctx.conn, need))
    elif need.state != "reported" and chat:
        ctx.tell_chat(chat, text)
