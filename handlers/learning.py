"""为什么、更正: staff ask why a message was read so, and say what it was; the bot sets it right and learns from it."""

import re

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import learning, needs, talk
from bot.domain.needs import By
from bot.domain.people import STAFF
from bot.domain.talk import NEED, Said
from bot.errors import Refusal
from bot.inbox import Row
from bot.notices.needs import dispatch, quoted, service_group, tell_moved
from bot.notices.undo import undo
from knowledge import lessons
from knowledge.lessons import Correction
from knowledge.normalize import clean
from knowledge.private import mask
from knowledge.reading import SILENT
from knowledge.slots.spans import INTENTS
from knowledge.wording import readable

WHY = re.compile(
    r"(?:小红|你|请问)*[,，\s]*(?:为什么|为啥|为何|怎么|咋)(?:收件?\s*|#|第|\s)*(?P<number>\d{1,9})?\s*[号条]?(?:你|这条|这句|这)?"
    r"(?:不|没|没有|要|会|这么|这样|那样)*(?:回答?|答复?|说|理|读|认|登记|反应|动静|派单?|动)?(?:他|她|我|人)?(?:了|的|呢|啊|呀)?[?？!！。\s]*"
)
LASTING = ("report_need", "sign_up", "book_venue")
"""Intents that set something going, which may have been taken back since."""
READ = {
    **{
        slot: intents - {"publish_activity", "book_venue"} for slot, intents in INTENTS.items()
    },  # these have an 更正 of their own
    "phone": {"report_need"},
}
"""Slots that can be put right, and what a message must have been taken for."""
DID = {
    "overheard": "没有叫我，也不像有明确要办的事，所以没插话",
    "cancelled": "当作取消，把问着的事放下了",
    "refused": "办不了，说明了原因",
    "too_long": "太长，没有读",
    "small_talk": "当作招呼，随口应了一句",
    "ignored": "不是文字，没有读",
    "call": "当作先打招呼，等下一句",
    "called": "接着前面的招呼，当作对我说的",
    "report_in_parts": "和前面几句并作一件诉求",
    "need_more": "补充进刚报的诉求",
    "need_contact": "当作诉求的联系电话",
    "about_quoted_need": "当作对所引用诉求说的",
    "amend_need": "更正或撤回了刚报的诉求",
    "amend_sign_up": "更正或撤回了刚报的名",
    "amend_booking": "更正或退了刚订的场地",
}


def means(ctx: Context) -> Said | None:
    """The message that the sender points at: by its number, by quoting it, or the bot's last words here."""
    asked = WHY.fullmatch(ctx.text)
    if asked and asked["number"]:
        row = talk.numbered(ctx.conn, int(asked["number"]))
        return Said(row.text, own=False, message=row) if row else None
    if ctx.reading.quote:
        return talk.quoted(ctx.conn, ctx.chat, ctx.reading.quote)
    return talk.last_words(ctx.conn, ctx.chat, ctx.message)


def asks_why(ctx: Context) -> bool:
    """为什么, by staff: of the bot's words, or of a message when the bot itself is asked."""
    if ctx.role != STAFF or not WHY.fullmatch(ctx.text):
        return False
    if ctx.addressed:
        return True
    said = means(ctx) if ctx.reading.quote else None
    return said is not None and said.own


@handler(
    "why", when=asks_why, roles=(STAFF,), overhear=True, title="问为什么", examples=("为什么 收件123",), audited=True
)
def why(ctx: Context) -> str:
    """What the message was read as and by which words, how sure, what else it may have been, and what came of it."""
    said = means(ctx)
    if said is None:
        raise Refusal("没有找到这条消息，请引用它再问，或者写上收件编号，如「为什么 收件123」。")
    if said.message is None:
        return "这是到点自动发的，不是对哪条消息的回复。"
    return _explained(ctx, said.message)


def _explained(ctx: Context, row: Row) -> str:
    outcome, intent, confidence = talk.became(ctx.conn, row.id)
    reading = ctx.reread(row, talk.role_of(ctx.conn, row), "")
    words = mask(readable(clean(row.text).text))[:30]
    head = f"收件{row.id}号，{row.sender_name or '有人'}{local(row.at):%m-%d %H:%M}：{words}"
    lines = [head, f"{reading.why}。"]
    if intent and intent != reading.intent:
        lines.append(f"当时读作{lessons.name_of(intent)}（{confidence:.2f}）。")
    lines.append(f"结果：{_did(ctx, outcome or '')}。")
    return "\n".join(lines)


def _did(ctx: Context, outcome: str) -> str:
    if outcome.startswith("forbidden:"):
        return "发送人的身份不能用这项功能"
    if outcome in DID:
        return DID[outcome]
    if outcome in lessons.NAMES:
        return f"按{lessons.name_of(outcome)}办了"
    title = ctx.titles.get(outcome)
    return f"按「{title}」办了" if title else "接着前面的问答办了"


def corrects(ctx: Context) -> bool:
    """不是诉求, 这是报名, 应该归物业: in reply to a message, or to what the bot said to it."""
    said_to_be = lessons.correction(ctx.text)
    if ctx.role not in learning.CORRECTORS or ctx.reading.quote is None or said_to_be is None:
        return False
    said = means(ctx)
    if said is None or said.message is None:
        return False
    return said_to_be.slot is None or _stated_wrongly(ctx, said, said_to_be.slot)


def _stated_wrongly(ctx: Context, said: Said, slot: str) -> bool:
    """Whether a slot was read there, and the bot is told so: 地点是二楼 may be meant for whoever asks."""
    assert said.message is not None
    outcome, _, _ = talk.became(ctx.conn, said.message.id)
    return outcome in READ[slot] and (ctx.addressed or said.own)


@handler(
    "correct_reading",
    when=corrects,
    roles=learning.CORRECTORS,
    overhear=True,
    title="更正理解：引用一条消息，说「不是诉求」「这是报名」「应该归物业」「地点应是3号楼」",
    audited=True,
)
def correct_reading(ctx: Context) -> str:
    """Keep the lesson, undo what was wrong, do what is right for its sender."""
    said, said_to_be = means(ctx), lessons.correction(ctx.text)
    assert said is not None and said.message is not None and said_to_be is not None
    row = said.message
    if said_to_be.slot:
        return _to_words(ctx, row, said_to_be.slot, said_to_be.words)
    if said_to_be.category:
        return _to_group(ctx, row, said_to_be.category)
    return _to_intent(ctx, row, said_to_be)


def _by(ctx: Context) -> By:
    return By(ctx.person.id, ctx.now, ctx.message.id, ctx.role)


def _learn(ctx: Context, row: Row, kind: str, value: str) -> None:
    learning.record(ctx.conn, person_id=ctx.person.id, inbox_id=row.id, kind=kind, value=value, now=ctx.now)


def _to_intent(ctx: Context, row: Row, was: Correction) -> str:
    assert was.intent is not None
    name = lessons.name_of(was.intent)
    _learn(ctx, row, learning.INTENT, was.intent)
    outcome, _, _ = talk.became(ctx.conn, row.id)
    standing = talk.set_going(ctx.conn, row)
    if (outcome == was.intent and (standing or was.intent not in LASTING)) or (
        was.intent in SILENT and outcome in ("overheard", "small_talk")
    ):
        return f"已记下：这是{name}。"
    why = f"更正：这是{name}"
    undone = [undo(ctx.conn, ctx.voice, item, _by(ctx), why, here=ctx.chat.id) for item in standing]
    if was.intent not in SILENT:
        ctx.again(row, was.intent)
    return "，".join((f"已更正：这是{name}", *undone)) + "。"


def _to_group(ctx: Context, row: Row, category: str) -> str:
    """Another service group's: an open need moves there, whichever card is quoted; what was none becomes one."""
    need = quoted(ctx.conn, ctx.chat, ctx.reading.quote)
    reported = needs.events(ctx.conn, need.id)[0].inbox_id if need else None
    row = (talk.numbered(ctx.conn, reported) if reported else None) or row
    _learn(ctx, row, learning.CATEGORY, category)
    numbers = [item.id for item in talk.set_going(ctx.conn, row) if item.kind == NEED]
    if not numbers:
        outcome, _, _ = talk.became(ctx.conn, row.id)
        if outcome != "overheard":
            return f"已记下：这归{category}组。"
        _learn(ctx, row, learning.INTENT, "report_need")
        ctx.again(row, "report_need")
        numbers = talk.needs_of(ctx.conn, row.id)
    return "\n".join(_move(ctx, number, category) for number in numbers) or f"已记下：这归{category}组。"


def _move(ctx: Context, number: int, category: str) -> str:
    need = needs.get(ctx.conn, number)
    if need.category == category:
        return f"诉求{number}号已在{service_group(need)}。"
    note = f"更正：归{category}组"
    if need.state == "reported":
        needs.change(ctx.conn, number, "amended", _by(ctx), note, category=category)
        return f"诉求{number}号已改归{category}组。"
    moved = dispatch(ctx.conn, ctx.voice, needs.give_back(ctx.conn, number, _by(ctx), category, note), _by(ctx))
    tell_moved(ctx.conn, ctx.voice, need, moved, _by(ctx), here=ctx.chat.id)
    return f"诉求{number}号已改派{category}组。"


def _to_words(ctx: Context, row: Row, slot: str, words: str) -> str:
    """Other words fill a slot of what was no need, or is none any more: a lesson, where the message has them."""
    name, value = lessons.slot_name(slot), mask(words) or "没有写"
    if slot == "phone" or words not in clean(row.text).text:
        raise Refusal(f"原话里没有「{value}」，学不了，请照原话写。")
    _learn(ctx, row, learning.SLOT, f"{slot}={words}")
    return f"已记下：{name}{'是' if words else ''}{value}，下次训练时学。"


HANDLERS: tuple[Handler, ...] = (why, correct_reading)
