"""政策问题: an answer with what it rests on, the card that handlers read, and a person's answer to the asker."""

import re
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.answers import Question
from bot.domain.needs import FALLBACK
from bot.notices.broadcasts import title
from bot.voice import Voice
from knowledge.faq import Entry, cite
from knowledge.private import mask

LONGEST = 300
"""Characters of an answer in a chat; what follows is left to the source."""


def in_full(entry: Entry, now: datetime) -> str:
    """The answer with its citation: source, number, validity, last check, cautions."""
    answer = entry.answer if len(entry.answer) <= LONGEST else entry.answer[: LONGEST - 1] + "…"
    return f"{answer}\n{cite(entry, now)}"


def hand_over(conn: Connection, voice: Voice, question: Question) -> None:
    """Put a queued question before the handlers of its service group (the fallback group's, where it has none)."""
    asked_in = people.get_chat(conn, question.chat_id)
    chat = people.handlers_chat(conn, question.category, asked_in.channel)
    chat = chat or people.handlers_chat(conn, FALLBACK, asked_in.channel)
    if chat:
        voice.to_chat(chat, card(conn, question))


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
    """What the staff read when a handler wants an answer kept as knowledge."""
    return (
        f"问题{question.id}号的答复建议存为知识，请审核：\n问：{words(question, 200)}\n"
        f"答：{question.answer}\n答复人：{answerer(conn, question)}\n同意请回复「入库{question.id}」。"
    )
