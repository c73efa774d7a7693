"""What is added to a need that was just reported, and where it is, told afterwards."""

import re

from bot.capability import Context, Slot, handler
from bot.domain import needs, talk
from bot.domain.needs import Need
from bot.domain.talk import NEED, Item
from bot.notices.needs import channel_of, desk
from bot.notices.undo import undo
from handlers.needs import topic
from handlers.needs.parts import HINTED, LONGEST, TALKS, chance
from handlers.needs.report import need_contact, plainly_needed
from handlers.needs.where import (
    DETAIL,
    INDOORS,
    in_a_building,
    in_a_room,
    in_digits,
    is_mere,
    names_need,
    only_where,
    other_building,
    overheard,
    place_in,
    room_in,
)
from handlers.needs.which import ask_sure, by, quoted_need, read_need, title
from knowledge import slips, slots
from knowledge.private import mask
from knowledge.wording import readable

_CONTACT = re.compile(r"电话|手机号?|联系方式|联系|找|我们?|叫|姓|是|就?在|那边|这边|的|[\d\W_]")
NAME = 4
"""Characters of whom to call, beside a place and a phone."""
_GOES_ON = re.compile(
    r"开始|一直|到现在|还在|越来越|连续|好[几多]天|^\*|[几\d一二两三四五六七八九十]+(?:多)?个?(?:天|小时|钟头|分钟|周|星期|月)|[又就都]是?.{0,4}(?:这样|开始|坏|停|漏)"
)
_BESIDES = re.compile(r"还有|而且|并且|现在还")
_WHOLE = re.compile(
    r"(?:而且|现在|不止|不光|其实|[,，])*(?:整|全)[个栋座幢层条片]?(?:[楼层园街]|小区|公司|园区|大厦|单元)?里?(?:面|的)?(?:全|都|也)\S{1,8}"
)
"""How far it reaches, and not a word of what."""


def read_words(ctx: Context, text: str) -> str | None:
    """Words that belong to the need just reported; None for talk, questions, thanks and other wishes."""
    if ctx.reading.quote or ctx.log or len(text) > LONGEST or TALKS.search(text):
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
    return text if not _is_of_its_own(ctx, text, place or room_in(text)) and _adds(ctx, text, place) else None


def _adds(ctx: Context, text: str, place: str) -> bool:
    """Whether words that are no mere place go on with what was told."""
    reading, told = ctx.reading, str(ctx.args.get("text", ""))
    alone = ctx.reread(overheard(ctx, text), ctx.role, "")
    if alone.intent == "report_need":
        there, found = str(ctx.args.get("place") or ""), str(alone.slots.get("place") or "")
        inside = bool(there) and in_digits(found).startswith(in_digits(there)) and topic.same_trouble(text, told)
        elsewhere = bool(there) and found not in told
        more = inside or (not elsewhere and (topic.shares_topic(text, told) or _WHOLE.fullmatch(text)))
        return bool(more or needs.deadlines.dangers_in(text))  # danger of its own was seen before
    wrong = topic.another_trouble(text, "")
    likely = chance(alone) >= HINTED or (wrong and _BESIDES.match(text) is not None)
    other = reading.speak and reading.intent not in ("none", "report_need", "track_need", "urge_need")
    if other and not (likely and wrong):  # 还有异响 looks like anything, said to the bot
        return False
    detail = len(text) <= DETAIL and (place or _GOES_ON.search(text))
    return bool(detail or topic.shares_topic(text, told) or likely)


def _is_of_its_own(ctx: Context, text: str, place: str) -> bool:
    """A report of another building, or of another thing at another place; what would not be one is added."""
    told, there = str(ctx.args.get("text", "")), str(ctx.args.get("place") or "")
    if in_digits(place) in in_digits(told):
        return False
    apart = other_building(place, there) or topic.another_thing(text.replace(place, ""), told)
    if not (apart or (room_in(text) and topic.another_trouble(text, told))):
        return False
    is_report = ctx.reading.intent == "report_need" and (ctx.addressed or ctx.reading.speak)
    return is_report or plainly_needed(ctx)


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
