"""诉求: the card that handlers read, and the dispatch to their chat."""

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import needs, people
from bot.domain.needs import By, Need
from bot.domain.people import Chat
from bot.voice import Voice
from knowledge.private import mask


def dispatch(conn: Connection, voice: Voice, need: Need, by: By) -> Need:
    """Send a need to the chat of its service group (the fallback group's, where it has none)."""
    need = needs.change(conn, need.id, "dispatched", by)
    chat = desk(conn, need)
    if chat:
        voice.to_chat(chat, card(need))
    return need


def desk(conn: Connection, need: Need) -> Chat | None:
    """The chat of those who handle a need, where there is one."""
    channel = people.get_chat(conn, need.chat_id).channel
    return people.handlers_chat(conn, need.category, channel) or people.handlers_chat(conn, needs.FALLBACK, channel)


def card(need: Need) -> str:
    """What the handlers read. The phone is not in it: the one who accepts gets it in private."""
    urgent = "【紧急】" if need.urgent else ""
    place = f"·{need.place}" if need.place else ""
    who = f"{need.company}：" if need.company else ""
    return (
        f"{urgent}新诉求{need.id}号 {need.category}{place}\n"
        f"{who}{mask(need.text)[:200]}\n"
        f"请{respond_by(need)}前响应，回复「接单 {need.id}」。"
    )


def respond_by(need: Need) -> str:
    """When the first answer is due: 7月22日11:10."""
    assert need.respond_by is not None
    moment = local(need.respond_by)
    return f"{moment.month}月{moment.day}日{moment:%H:%M}"


def service_group(need: Need) -> str:
    """物业服务 → 物业服务组."""
    return f"{need.category}组"
