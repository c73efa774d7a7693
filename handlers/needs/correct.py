"""地点应是3号楼连廊, in reply to the bot's words about a need: that need is put right, whatever it was made of."""

import re

from bot.capability import Context, handler
from bot.domain import learning, needs, talk
from bot.domain.needs import Need
from bot.errors import Refusal
from bot.notices.needs import desk
from handlers.needs.which import by, quoted_need
from knowledge import lessons, slots
from knowledge.lessons import Correction
from knowledge.normalize import clean
from knowledge.private import mask

OF_NEEDS = ("place", "company", "phone")
_OWN_WORDS = re.compile(r"(?:【紧急】)?(?:已登记|新|请协办|收到，)?诉求\s*\d+\s*号")


def meant(ctx: Context) -> tuple[Need, Correction] | None:
    """The need whose receipt, card or report is quoted, and what is said to be wrong of it."""
    said_to_be = lessons.correction(ctx.text) if ctx.reading.quote else None
    if said_to_be is None or said_to_be.slot not in OF_NEEDS:
        return None
    need = quoted_need(ctx)
    return (need, said_to_be) if need else None


def corrects_need(ctx: Context) -> bool:
    """Said to the bot, or of its own words: 地点是二楼 may be meant for whoever asks."""
    found = meant(ctx)
    if found is None:
        return False
    may = ctx.role in learning.CORRECTORS or found[0].reporter_id == ctx.person.id
    return ctx.addressed or (may and ctx.reading.quote is not None and bool(_OWN_WORDS.match(ctx.reading.quote.text)))


@handler("correct_need", when=corrects_need, overhear=True, title="更正诉求的地点、单位、电话", audited=True)
def correct_need(ctx: Context) -> str:
    """Put the need right; whoever works on it is told, and what the words were is kept as a lesson."""
    found = meant(ctx)
    assert found is not None
    need, was = found
    assert was.slot is not None
    if ctx.role not in learning.CORRECTORS and need.reporter_id != ctx.person.id:
        raise Refusal(f"诉求{need.id}号由报事人、经办人或工作人员更正。")
    amend(ctx, need, was.slot, was.words)
    taught = _teach(ctx, need, was.slot, was.words)
    untaught = (
        "" if taught or was.slot == "phone" or ctx.role not in learning.CORRECTORS else "；原话里没有这几个字，不作训练"
    )
    return f"已更正：{stated(was.slot, was.words)}，诉求{need.id}号已改{untaught}。"


def stated(slot: str, words: str) -> str:
    """地点是3号楼连廊, or 没有写地点."""
    name = lessons.slot_name(slot)
    return f"{name}是{mask(words)}" if words else f"没有写{name}"


def amend(ctx: Context, need: Need, slot: str, words: str) -> None:
    """Put a need right, or clear what nobody said; whoever works on it is told."""
    if slot == "phone":
        phone = slots.phone(words)
        if words and phone is None:
            raise Refusal("没看懂这个号码，请写11位手机号或带区号的座机。")
        need = needs.change(ctx.conn, need.id, "contact", by(ctx), phone=phone, contact=None)
    else:
        note = f"更正：{stated(slot, words)}"
        need = needs.change(ctx.conn, need.id, "amended", by(ctx), mask(note), **{slot: words[:64] or None})
    told = f"诉求{need.id}号更正：{stated(slot, words)}。"
    if need.handler_id and need.handler_id != ctx.person.id:
        ctx.tell_person(need.handler_id, told)
    elif need.state != "reported" and (chat := desk(ctx.conn, need)) and chat.id != ctx.chat.id:
        ctx.tell_chat(chat, told)


def _teach(ctx: Context, need: Need, slot: str, words: str) -> bool:
    """Keep the words as a lesson, where the message that reported the need has them."""
    reported = needs.events(ctx.conn, need.id)[0].inbox_id
    row = talk.numbered(ctx.conn, reported) if reported else None
    if row is None or slot == "phone" or ctx.role not in learning.CORRECTORS or words not in clean(row.text).text:
        return False
    value = f"{slot}={words}"
    learning.record(ctx.conn, person_id=ctx.person.id, inbox_id=row.id, kind=learning.SLOT, value=value, now=ctx.now)
    return True
