"""答复: a person answers a queued question, and may keep the answer as knowledge."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import answers, people
from bot.domain.answers import Question
from bot.domain.people import HANDLER, STAFF
from bot.errors import Refusal
from bot.notices.answers import by_person, called, proposal, words
from handlers.answers.teach import TERMS, doubts, stated_day
from knowledge import slots
from knowledge.private import mask

REPLY = (
    r"(?:回复|答复|回答)\s*(?:政策)?(?:问题)?\s*[Qq#＃第]?\s*(?P<number>[0-9０-９]{1,9})\s*[号题]?(?:问题)?"
    r"\s*[:：,，;；\s]\s*"
)
ANSWERERS = (HANDLER, STAFF)
CORRECTED = "更正："
ANEW = re.compile(r"\d\s*[号题]?\s*[:：,，;；\s]\s*")
"""Where a corrected answer begins."""


@handler(
    "answer_question",
    commands=(REPLY + r"(?P<answer>.+)",),
    roles=ANSWERERS,
    overhear=True,
    title="答复政策问题",
    examples=("回复12：由组织关系所在支部补收，写一份情况说明",),
)
def answer_question(ctx: Context) -> str | None:
    """Send the answer to the asker, once, and offer to keep it."""
    assert ctx.command is not None
    number = int(ctx.command["number"])
    if not ctx.addressed and among_colleagues(ctx, number):
        return None
    answered = answers.answer(ctx.conn, number, own_words(ctx), ctx.person.id, ctx.now)
    here = pass_back(ctx, answered)
    kept = draft(ctx, answered[0])
    if here:
        return "\n".join(by_person(ctx.conn, question) for question in here)
    return f"问题{_numbers(answered)}的答复已转给{_askers(ctx, answered)}，谢谢。{kept}"


def pass_back(ctx: Context, answered: Sequence[Question], head: str = "") -> list[Question]:
    """Send an answer to those who asked elsewhere; the questions that were asked here."""
    here = [question for question in answered if question.chat_id == ctx.chat.id]
    elsewhere = [question for question in answered if question.chat_id != ctx.chat.id]
    for question in elsewhere:
        asker = people.external_id(ctx.conn, question.asker_id, ctx.channel)
        chat = people.get_chat(ctx.conn, question.chat_id)
        ctx.tell_chat(chat, head + by_person(ctx.conn, question), to=asker)
    for question in answered:
        if mask(question.answer or "") != question.answer and not people.get_chat(ctx.conn, question.chat_id).private:
            # The numbers, which groups do not show.
            ctx.tell_person(question.asker_id, head + by_person(ctx.conn, question))
    return here


def _numbers(answered: Sequence[Question]) -> str:
    return "、".join(f"{one.id}号" for one in answered)


def _askers(ctx: Context, answered: Sequence[Question]) -> str:
    return "、".join(called(ctx.conn, one.asker_id, ctx.channel) for one in answered)


@handler(
    "correct_reply",
    commands=(
        r"(?:改答|更正(?:回复|答复))\s*(?:问题)?\s*[#第]?\s*(?P<number>\d{1,9})\s*[号题]?\s*[:,;\s]\s*(?P<answer>.+)",
    ),
    roles=ANSWERERS,
    overhear=True,
    title="更正答复",
    examples=("改答 12：每月200元",),
)
def correct_reply(ctx: Context) -> str | None:
    """Send another answer to those who got the wrong one; what was kept of it is put right by its own command."""
    assert ctx.command is not None
    number = int(ctx.command["number"])
    if not ctx.addressed and among_colleagues(ctx, number):
        return None
    typed = ANEW.search(ctx.message.text) if ctx.reading.quote is None else None
    text = (ctx.message.text[typed.end() :] if typed else ctx.command["answer"]).strip()
    answered = answers.answer_anew(ctx.conn, number, text, ctx.person.id, ctx.now)
    here = pass_back(ctx, answered, CORRECTED)
    if here:
        return "\n".join(CORRECTED + by_person(ctx.conn, question) for question in here)
    kept = answered[0].stored_as if answers.is_settled(answered[0]) else None
    also = f"知识库里的还没有改，要改请发「改答 {kept}：新答案」。" if kept else ""
    return f"问题{_numbers(answered)}的更正已转给{_askers(ctx, answered)}。{also}"


def draft(ctx: Context, question: Question) -> str:
    """A handler's answer is a draft that staff agree to; staff are asked about their own."""
    ctx.ask("keep_answer", "decision", {"question": str(question.id)}, within=timedelta(days=1))
    if ctx.role != STAFF:
        propose(ctx, question)
        return "已作草稿，交工作人员审核入库。"
    return "要存为知识供以后查询，请回复「入库」。"


def among_colleagues(ctx: Context, number: int) -> bool:
    """回复1：参加，回复2：不参加 and the like: said to the group, not to an asker."""
    assert ctx.command is not None
    question = answers.find(ctx.conn, number)
    here = question is not None and (ctx.chat.service_group is not None or question.chat_id == ctx.chat.id)
    return not here or bool(re.search(REPLY, ctx.command["answer"]))


def own_words(ctx: Context) -> str:
    """The answer as it was typed, with its punctuation."""
    assert ctx.command is not None
    typed = re.search(REPLY, ctx.message.text) if ctx.reading.quote is None else None
    return (ctx.message.text[typed.end() :] if typed else ctx.command["answer"]).strip()


KEEP = re.compile(r"(?:同意|请|可以)?(?:入库|存入知识库|存(?:为|成)知识|存起来|存一下)[吧了。!]*")


def read_keep(ctx: Context, text: str) -> bool | None:
    """入库, or a plain yes or no where nobody else talks."""
    if KEEP.fullmatch(text):
        return True
    return slots.yes_no(text) if ctx.chat.private else None


def read_question(ctx: Context, text: str) -> Question:
    """A question by its number."""
    return answers.get(ctx.conn, int(text))


@handler("keep_answer", slots=(Slot("decision", read_keep), Slot("question", read_question)))
def keep_answer(ctx: Context, decision: bool, question: Question) -> str:
    """The answerer's word on whether the answer becomes knowledge."""
    return keep(ctx, question) if decision else "好的，不入库。"


VALID = timedelta(days=365)
"""How long an answer that became an entry holds, where nothing else is said."""


@handler(
    "keep_by_number",
    commands=(r"(?:同意)?入库\s*(?:问题)?[#第]?(?P<number>\d{1,9})号?(?P<terms>[\s,;].{1,160})?",),
    roles=ANSWERERS,
    title="答复入库",
    examples=("入库12",),
)
def keep_by_number(ctx: Context) -> str:
    """The same by number, with the source and the end of validity where they are stated."""
    assert ctx.command is not None
    terms = TERMS.fullmatch(ctx.command["terms"] or "")
    if terms is None:
        raise Refusal("请这样写：「入库12」，或「入库12 依据：文件名，有效期至2026-12-31」。")
    question = answers.get(ctx.conn, int(ctx.command["number"]))
    return keep(ctx, question, terms["source"] or "", until=stated_day(terms["until"]))


@handler(
    "decline_draft",
    commands=(r"(?:不入库|不用入库|驳回|不同意入库)\s*(?:问题)?[#第]?(?P<number>\d{1,9})号?",),
    roles=(STAFF,),
    title="不入库",
    examples=("不入库12",),
)
def decline_draft(ctx: Context) -> str:
    """Staff do not want an answer kept as knowledge."""
    assert ctx.command is not None
    question = answers.get(ctx.conn, int(ctx.command["number"]))
    if question.stored_as != answers.PROPOSED:
        raise Refusal(f"问题{question.id}号没有待审核的答复。")
    answers.store(ctx.conn, question.id, answers.DECLINED)
    return f"好的，问题{question.id}号的答复不入库。"


@handler(
    "open_drafts",
    commands=(r"(?:查看|看看)?(?:待审核?|知识草稿)的?(?:知识|答复|问答|入库|草稿)?(?:清单|列表)?",),
    roles=(STAFF,),
    title="待审核的答复",
    examples=("待审核",),
)
def open_drafts(ctx: Context) -> str:
    """The answers that wait for the staff's word."""
    drafts = answers.drafts(ctx.conn)
    if not drafts:
        return "没有待审核的答复。"
    lines = [f"{one.id}号 问：{words(one, 40)} 答：{(one.answer or '')[:60]}" for one in drafts[:10]]
    more = f"\n还有{len(drafts) - 10}条。" if len(drafts) > 10 else ""
    return "待审核的答复（回复「入库编号」或「不入库编号」）：\n" + mask("\n".join(lines)) + more


def propose(ctx: Context, question: Question) -> None:
    """Put an answer before the staff, once."""
    if question.stored_as is None:
        answers.store(ctx.conn, question.id, answers.PROPOSED)
        for person_id in people.holders(ctx.conn, STAFF):
            ctx.tell_person(person_id, proposal(ctx.conn, question))


def keep(ctx: Context, question: Question, source: str = "", until: date | None = None) -> str:
    """Staff make an answer an entry at once; a handler proposes it to them."""
    if question.answer is None or question.answered_by is None:
        raise Refusal(f"问题{question.id}号还没有答复，不能入库。")
    if answers.is_settled(question):
        raise Refusal(
            f"问题{question.id}号的答复已经入库（{question.stored_as}）。"
            f"要改请发「改答 {question.stored_as}：新答案（依据：文件名，有效期至2026-12-31）」。"
        )
    if ctx.role != STAFF:
        propose(ctx, question)
        return f"问题{question.id}号的答复已提交工作人员审核，同意后入库。"
    today = local(ctx.now).date()
    until = today + VALID if until is None else until
    if until < today:
        raise Refusal(f"有效期至 {until}，已经过了，请核对。")
    entry = answers.new_entry(
        ctx.conn,
        question=words(question, 200),
        answer=question.answer,
        category=question.category,
        author=people.get_person(ctx.conn, question.answered_by),
        today=today,
        until=None if until == date.max else until,
        source=source,
    )
    answers.teach(ctx.conn, entry, question.answered_by, ctx.now)
    answers.store(ctx.conn, question.id, entry.id)
    validity = f"有效期至 {entry.effective_to}" if entry.effective_to else "长期有效"
    return f"问题{question.id}号的答复已入库（{entry.id}，{validity}），即刻可查。{doubts(ctx, entry)}"


HANDLERS: tuple[Handler, ...] = (
    answer_question,
    correct_reply,
    keep_answer,
    keep_by_number,
    decline_draft,
    open_drafts,
)
