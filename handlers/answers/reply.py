"""答复: a person answers a queued question, and may keep the answer as knowledge."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import answers, people
from bot.domain.answers import Question
from bot.domain.people import HANDLER, STAFF
from bot.errors import Refusal
from bot.notices.answers import by_person, called, proposal, words
from knowledge import slots

REPLY = (
    r"(?:回复|答复|回答)\s*(?:政策)?(?:问题)?\s*[Qq#＃第]?\s*(?P<number>[0-9０-９]{1,9})\s*[号题]?(?:问题)?"
    r"\s*[:：,，;；\s]\s*"
)
ANSWERERS = (HANDLER, STAFF)


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
    question = answers.answer(ctx.conn, number, own_words(ctx), ctx.person.id, ctx.now)
    text = by_person(ctx.conn, question)
    if question.chat_id == ctx.chat.id:
        return text
    asker = people.external_id(ctx.conn, question.asker_id, ctx.channel)
    ctx.tell_chat(people.get_chat(ctx.conn, question.chat_id), text, to=asker)
    ctx.ask("keep_answer", "decision", {"question": str(number)}, within=timedelta(days=1))
    who = called(ctx.conn, question.asker_id, ctx.channel)
    return f"问题{number}号的答复已转给{who}，谢谢。要存为知识供以后查询，请回复「入库」。"


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


@handler(
    "keep_by_number",
    commands=(r"(?:同意)?入库\s*(?:问题)?[#第]?(?P<number>\d{1,9})号?",),
    roles=ANSWERERS,
    title="答复入库",
    examples=("入库12",),
)
def keep_by_number(ctx: Context) -> str:
    """The same by number: how the staff agree to what a handler proposed."""
    assert ctx.command is not None
    return keep(ctx, answers.get(ctx.conn, int(ctx.command["number"])))


def keep(ctx: Context, question: Question) -> str:
    """Staff make an answer an entry at once; a handler proposes it to them."""
    if question.answer is None or question.answered_by is None:
        raise Refusal(f"问题{question.id}号还没有答复，不能入库。")
    if question.stored_as not in (None, answers.PROPOSED):
        raise Refusal(f"问题{question.id}号的答复已经入库（{question.stored_as}）。")
    if ctx.role != STAFF:
        answers.store(ctx.conn, question.id, answers.PROPOSED)
        for person_id in people.holders(ctx.conn, STAFF):
            ctx.tell_person(person_id, proposal(ctx.conn, question))
        return f"问题{question.id}号的答复已提交工作人员审核，同意后入库。"
    entry = answers.new_entry(
        ctx.conn,
        question=words(question, 200),
        answer=question.answer,
        category=question.category,
        author=people.get_person(ctx.conn, question.answered_by),
        today=local(ctx.now).date(),
    )
    answers.teach(ctx.conn, entry, question.answered_by, ctx.now)
    answers.store(ctx.conn, question.id, entry.id)
    return f"问题{question.id}号的答复已入库（{entry.id}），即刻可查。"


HANDLERS: tuple[Handler, ...] = (answer_question, keep_answer, keep_by_number)
