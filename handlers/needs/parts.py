"""几句话一件事: one need that is told in several short messages, and what is added to one just reported."""

import re

from bot.capability import Context, Slot, handler
from bot.domain import needs, talk
from bot.domain.needs import Need
from bot.domain.talk import NEED, Item
from bot.notices.needs import channel_of, desk
from bot.notices.undo import undo
from handlers.needs import topic
from handlers.needs.report import need_contact, report_need
from handlers.needs.where import (
    DETAIL,
    INDOORS,
    in_a_building,
    in_a_room,
    is_mere,
    names_need,
    only_where,
    overheard,
    place_in,
)
from handlers.needs.which import ask_sure, by, quoted_need, read_need, title
from knowledge import slips, slots
from knowledge.normalize import clean
from knowledge.private import mask
from knowledge.reading import SILENT, Reading
from knowledge.wording import readable

_CONTACT = re.compile(r"电话|手机号?|联系方式|联系|找|我们?|叫|姓|是|就?在|那边|这边|的|[\d\W_]")
NAME = 4
"""Characters of whom to call, beside a place and a phone."""
LONGEST = 60
"""Characters of a message that may be a part of something."""
HINTED = 0.2
"""How likely a need each part must be: measured, none of 1,142 pairs of talk passes, place and all."""
_GOES_ON = re.compile(
    r"开始|一直|到现在|还在|越来越|连续|好[几多]天|^\*|[几\d一二两三四五六七八九十]+(?:多)?个?(?:天|小时|钟头|分钟|周|星期|月)|[又就都]是?.{0,4}(?:这样|开始|坏|停|漏)"
)
_WHOLE = re.compile(
    r"(?:而且|现在|不止|不光|其实|[,，])*(?:整|全)[个栋座幢层条片]?(?:[楼层园街]|小区|公司|园区|大厦|单元)?里?(?:面|的)?(?:全|都|也)\S{1,8}"
)
"""How far it reaches, and not a word of what."""
_TALKS = re.compile(
    r"[?？@]|[吗呢么吧]\W*$|\d.{0,3}还是.{0,3}\d|^我有|谁|怎么|什么时候|哈哈|听说"
    r"|^\W*(?:谢|感谢|多谢|辛苦|麻烦你?了|好的?|嗯|收到|明白|知道|行|可以|ok|哦|拜托|等)",
    re.IGNORECASE,
)
"""What is said to people: questions, thanks, calls, gossip."""


# before: the parts that were passed over


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
    elif _TALKS.search(ctx.text) or not (_chance(reading) >= HINTED or _mere_place(ctx)):
        return None
    said = [clean(row.text).text for row in talk.unused(ctx.conn, talk.before(ctx.conn, ctx.message))]
    parts = [text for text in said if not _TALKS.search(text) and _is_part(ctx, text, mere_place=alone)]
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
    return _chance(alone) >= HINTED or (mere_place and len(text) <= DETAIL and place_in(ctx, text) != "")


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
    if reading.quote or ctx.log or len(text) > LONGEST or _TALKS.search(text):
        return None
    told = str(ctx.args.get("text", ""))
    if readable(text) in told or slips.slip(text) or slips.promises(text) or names_need(text):
        return None
    place = str(ctx.reread(ctx.message, ctx.role, "report_need").slots.get("place") or "")
    if _is_over(ctx) or _is_danger_of_its_own(ctx, text, place):
        return None
    if slots.phone(text):  # with a phone on both, or a complaint of its own, it is another need
        rest = _CONTACT.sub("", text.replace(place, "", 1))
        return text if place and not slots.phone(told) and len(rest) <= NAME else None
    if is_mere(text, place) or in_a_room(text):  # 在会议室 may be the answer to somebody who asks 你在哪
        return text if in_a_building(text) or topic.follows(ctx, int(ctx.args.get("after", 0))) else None
    alone = ctx.reread(overheard(ctx, text), ctx.role, "")
    if alone.intent == "report_need":
        elsewhere = bool(ctx.args.get("place")) and str(alone.slots.get("place") or "") not in told
        more = not elsewhere and (topic.shares_topic(text, told) or _WHOLE.fullmatch(text))
        return text if more or needs.deadlines.dangers_in(text) else None  # danger of its own was seen above
    if reading.speak and reading.intent not in ("none", "report_need", "track_need", "urge_need"):
        return None
    detail = len(text) <= DETAIL and (place or _GOES_ON.search(text))
    return text if detail or topic.shares_topic(text, told) or _chance(alone) >= HINTED else None


def _is_over(ctx: Context) -> bool:
    """Whether the need to which words might be added is withdrawn or done."""
    need = read_need(ctx, str(ctx.args["need"]))
    return need is None or need.state not in needs.OPEN


def _is_danger_of_its_own(ctx: Context, text: str, place: str) -> bool:
    """着火了 is an errand of its own after what was no danger, or another one; so is fire at another place."""
    dangers = needs.deadlines.dangers_in(text)
    told, there = str(ctx.args.get("text", "")), str(ctx.args.get("place") or "")
    if not set(dangers) <= set(needs.deadlines.dangers_in(told)):
        return True
    known = not (place and there) or place in told or there in place or INDOORS.fullmatch(place) is not None
    return bool(dangers) and not known


def never_mind(ctx: Context) -> str | None:
    """算了, right after the report: the need is withdrawn; asked about where it was overheard, unless others spoke."""
    need = read_need(ctx, str(ctx.args["need"]))
    replied = need is not None and quoted_need(ctx) == need
    if not (replied or topic.follows(ctx, int(ctx.args.get("after", 0)))):
        return None
    if need is None or need.state not in needs.OPEN:
        return "好的，已取消。"
    if need.urgent:  # 取消 may be of something else, and people may be in danger
        return f"诉求{need.id}号是紧急的，没有撤。确实不用办了请回复「撤回{need.id}号」。"
    if not (ctx.addressed or replied):
        return ask_sure(ctx, need, "withdraw", f"要撤回{title(need)}吗？")
    return undo(ctx.conn, ctx.voice, Item(NEED, need.id, ctx.now), by(ctx), "报事人说不用了", here=ctx.chat.id) + "。"


@handler(
    "need_more", slots=(Slot("words", read_words, hears_danger=True, on_cancel=never_mind), Slot("need", read_need))
)
def need_more(ctx: Context, words: str, need: Need) -> str | None:
    """Add to the need; those who have it already are told. In a group nobody else is, unless it was asked for."""
    return add(ctx, need, words)


def add(ctx: Context, need: Need, words: str) -> str | None:
    """Words that are part of a need which was reported."""
    said, asked = readable(words), need.urgent and not need.place
    place = in_a_room(words) or place_in(ctx, words)
    found = {"place": place[:64]} if place and not need.place else {}
    need = needs.change(ctx.conn, need.id, "added", by(ctx), mask(said), text=f"{need.text}；{said}", **found)
    listen_on(ctx, need)
    pass_on(ctx, need, f"诉求{need.id}号补充：{mask(said)}")
    phone = slots.phone(words)
    if phone and not need.phone:
        return need_contact.run(ctx, phone, need)
    return f"已补充到诉求{need.id}号。" if ctx.addressed or (asked and need.place) else None


# a place alone


def names_place_alone(ctx: Context) -> bool:
    """Whether a message that would be a need says no more than a place, or says that of a need which lacks one."""
    if ctx.reading.quote or ctx.log or not (ctx.addressed or ctx.reading.intent == "report_need"):
        return False
    if only_where(ctx) and ctx.reading.intent == "report_need":
        return True
    return (only_where(ctx) or in_a_room(ctx.text) != "") and _placeless(ctx) is not None


def _placeless(ctx: Context) -> Need | None:
    """What the sender reported here last, if it is lately and says no place."""
    item = talk.last_item(ctx.conn, ctx.person.id, ctx.chat.id, ctx.now - talk.LATELY, ctx.now)
    need = needs.find(ctx.conn, item.id) if item and item.kind == NEED else None
    return need if need and not need.place else None


@handler("place_alone", when=names_place_alone, overhear=True)
def place_alone(ctx: Context) -> str | None:
    """Where a need is that was told without; by itself it is none, and what is wrong there is asked for."""
    need = _placeless(ctx)
    if need:
        return add(ctx, need, ctx.text)
    place = place_in(ctx, ctx.text)
    return f"{place}有什么事？请说一下，比如「{place}水管漏水」。" if ctx.addressed else None


def listen_on(ctx: Context, need: Need) -> None:
    """Hear what the reporter says next as part of the need."""
    known = {"need": str(need.id), "text": need.text, "place": need.place, "after": ctx.message.id}
    ctx.ask("need_more", "words", known, within=talk.BREATH)


def pass_on(ctx: Context, need: Need, text: str) -> None:
    """Tell those who work on a need, or are to; nobody yet where it is not dispatched."""
    chat = desk(ctx.conn, need)
    if need.handler_id:
        ctx.voice.to_person(need.handler_id, text, channel=channel_of(ctx.conn, need))
    elif need.state != "reported" and chat:
        ctx.tell_chat(chat, text)
