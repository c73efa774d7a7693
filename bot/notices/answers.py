"""政策问题: an answer with what it rests on, the card that handlers read, and a person's answer to the asker."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import answers, people
from bot.domain.answers import Question, Stale
from bot.domain.needs import FALLBACK
from bot.domain.people import Chat
from bot.notices.broadcasts import title
from bot.voice import Voice
from knowledge.faq import Entry, cite
from knowledge.private import mask

LONGEST = 300
"""Characters of an answer in a chat; what follows is left to the source."""
LISTED = 10
"""Entries that one message names."""


def in_full(entry: Entry, now: datetime) -> str:
    """The answer with its citation; what is not in force says so first."""
    warning = out_of_force(entry, now)
    return f"注意：以下{warning}。\n{told(entry, now)}" if warning else told(entry, now)


def told(entry: Entry, now: datetime) -> str:
    """The answer with its citation: source, number, validity, last check, cautions."""
    answer = entry.answer if len(entry.answer) <= LONGEST else entry.answer[: LONGEST - 1] + "…"
    return f"{answer}\n{cite(entry, now)}"


def out_of_force(entry: Entry, now: datetime) -> str:
    """规定已于 2026-12-31 到期 and the like; empty for an entry in force."""
    today = local(now).date()
    if entry.effective_to and entry.effective_to < today:
        return f"规定已于 {entry.effective_to} 到期"
    if entry.effective_from and entry.effective_from > today:
        return f"规定自 {entry.effective_from} 起才施行"
    return ""


def hand_over(conn: Connection, voice: Voice, question: Question, now: datetime) -> None:
    """Put a queued question before the person on duty, in private, and before the handlers of its service group."""
    channel = people.get_chat(conn, question.chat_id).channel
    text = card(conn, question)
    for person_id in answers.on_duty(conn, question.category, now):
        voice.to_person(person_id, text, channel=channel)
    if chat := desk(conn, question):
        voice.to_chat(chat, text)


def desk(conn: Connection, question: Question) -> Chat | None:
    """The chat of the handlers of its service group (the fallback group's, where it has none)."""
    return people.handlers_chat(conn, question.category, question.chat_id, FALLBACK)


def card(conn: Connection, question: Question) -> str:
    """What the handlers read."""
    asked_in = people.get_chat(conn, question.chat_id)
    where = "私聊" if asked_in.private else f"「{title(asked_in)}」"
    return (
        f"政策问题{question.id}号 {question.category}\n"
        f"{called(conn, question.asker_id, asked_in.channel)}在{where}问：{words(question, 200)}\n"
        f"知道答案请回复「回复{question.id}：答案」，我转告提问人。"
    )


def called(conn: Connection, person_id: int, channel: str) -> str:
    """How somebody is called; one whose name was never learnt, as the platform calls them."""
    someone = people.get_person(conn, person_id)
    return someone.name or people.external_id(conn, person_id, channel) or people.display_name(someone)


def words(question: Question, limit: int) -> str:
    """What was asked, without private numbers."""
    text = re.sub(r",(?!\d)", "，", mask(question.text).replace("?", "？"))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def by_person(conn: Connection, question: Question) -> str:
    """A person's answer, for the asker: who asked what, who answers, and the answer."""
    channel = people.get_chat(conn, question.chat_id).channel
    asker = called(conn, question.asker_id, channel)
    return f"{asker}，您问的「{words(question, 40)}」，{answerer(conn, question)}答复：\n{question.answer}"


def answerer(conn: Connection, question: Question) -> str:
    """Who answered: 林晓（党建指导组）."""
    assert question.answered_by is not None
    someone = people.get_person(conn, question.answered_by)
    channel = people.get_chat(conn, question.chat_id).channel
    unit = someone.company or people.organisation_name(conn, someone.organisation_id) or f"{question.category}组"
    return f"{called(conn, someone.id, channel)}（{unit}）"


def proposal(conn: Connection, question: Question) -> str:
    """What the staff read of an answer that may be kept as knowledge."""
    return (
        f"问题{question.id}号的答复已作草稿，请审核：\n问：{words(question, 200)}\n"
        f"答：{question.answer}\n答复人：{answerer(conn, question)}\n"
        f"同意请回复「入库{question.id}」（有效期一年；可写「入库{question.id} 依据：文件名，有效期至2026-12-31」），"
        f"不用请回复「不入库{question.id}」。"
    )


def stale_list(found: Sequence[Stale]) -> str:
    """Entries to be checked again: how many, and the first of them."""
    lines = [f"{one.entry.id} {one.entry.question[:24]}（{one.why}）" for one in found[:LISTED]]
    more = f"\n……还有{len(found) - LISTED}条。" if len(found) > LISTED else ""
    return (
        f"待核对的知识{len(found)}条（核对后回复「已核对 编号」，要改发「改答 编号：新答案」）：\n"
        + "\n".join(lines)
        + more
    )


def overdue(question: Question) -> str:
    """What is said of a question that nobody answered in time."""
    return f"政策问题{question.id}号还没有人答复：{words(question, 60)}\n知道答案请回复「回复{question.id}：答案」。"
