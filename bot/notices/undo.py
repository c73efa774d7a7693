"""Undoing what a message set going, as long as it stands; whom it concerns is told once."""

from sqlalchemy.engine import Connection

from bot import questions
from bot.domain import needs
from bot.domain.activities import plan, sign_ups
from bot.domain.needs import By
from bot.domain.talk import BOOKING, NEED, Item
from bot.domain.venues import bookings
from bot.errors import Refusal
from bot.notices import venues
from bot.notices.activities import tell_promoted
from bot.notices.needs import channel_of, desk, tell_reporters
from bot.voice import Voice


def undo(conn: Connection, voice: Voice, item: Item, by: By, why: str, *, here: int) -> str:
    """Take something back; what was done, for the chat `here`. Raises Refusal where it can no longer be undone."""
    if item.kind == NEED:
        return _need(conn, voice, item.id, by, why, here)
    if item.kind == BOOKING:
        held = bookings.get(conn, item.id)
        bookings.cancel(conn, held, by.at)
        return f"已取消预约{venues.booked(conn, held)}"
    entry = sign_ups.get(conn, item.id)
    what = plan.get(conn, entry.activity_id)
    _, promoted = sign_ups.leave(conn, entry, by.at, why)
    tell_promoted(conn, voice, what, promoted)
    return f"已取消{'' if entry.person_id else entry.name + '的'}「{what.title}」报名"


def _need(conn: Connection, voice: Voice, number: int, by: By, why: str, here: int) -> str:
    before = needs.get(conn, number)
    others = [one for one in needs.reporters(conn, before) if one.person_id != before.reporter_id]
    if others and by.actor_id == before.reporter_id:
        raise Refusal(f"诉求{number}号还有{len(others)}家也报了，不能撤回；已经解决的话，请经办人办结。")
    need = needs.change(conn, number, "withdrawn", by, why, remind_at=None, step_at=None)
    for question in questions.open_for(conn, need.chat_id, need.reporter_id, by.at):
        if question.args.get("need") == str(number):
            questions.close(conn, question.id)
    text = f"诉求{number}号已撤回（{why}），不用再办。"
    chat = desk(conn, need)
    if need.handler_id:
        voice.to_person(need.handler_id, text, channel=channel_of(conn, need))
    elif before.state != "reported" and chat and chat.id != here:
        voice.to_chat(chat, text)
    tell_reporters(conn, voice, need, f"诉求{number}号已撤回（{why}）。", here=here)
    return f"诉求{number}号已撤回" + ("" if need.chat_id == here else "，已告知报事人")
