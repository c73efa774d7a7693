"""诉求: the card that handlers read, the dispatch to their chat, and what reporters and officers are told."""

import re
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import attachments, needs, people, talk
from bot.domain.needs import By, Need
from bot.domain.people import Chat
from bot.voice import Voice
from knowledge.normalize import Quote
from knowledge.private import mask

_NUMBERED = re.compile(r"诉求\s*(\d{1,9})\s*号")
_REACHED = re.compile(r"[，,。；;\s]*(?:联系)?(?:电话|手机|联系人?)[:：\s]*[\d\s-]{7,}.*", re.DOTALL)
"""How to reach somebody: of no use in a line."""
SETTLES = timedelta(seconds=50)
"""How long the reporters are not told of a move: who is handed a need by mistake hands it on at once."""


def dispatch(conn: Connection, voice: Voice, need: Need, by: By) -> Need:
    """Send a need to the chat of its service group (the fallback group's, where it has none).

    An urgent one goes to the person on duty as well, whatever the hour; one that no chat can take, to the staff.
    """
    need = needs.change(conn, need.id, "dispatched", by)
    chat, files = desk(conn, need), attachments.of_need(conn, need.id)
    text = card(need) + (f"\n附件{len(files)}个。" if files else "")
    if chat:
        voice.to_chat(chat, text, files=files)
    told = [needs.officers.on_duty(conn, need)] if need.urgent or chat is None else []
    if chat is None:
        told += people.holders(conn, people.STAFF)
    for person_id in dict.fromkeys(told):
        if person_id:
            voice.to_person(person_id, text, channel=channel_of(conn, need), files=files)
    return need


def desk(conn: Connection, need: Need) -> Chat | None:
    """The chat of those who handle a need, where there is one."""
    return people.handlers_chat(conn, need.category, need.chat_id, needs.FALLBACK)


def channel_of(conn: Connection, need: Need) -> str:
    """The account through which it was reported."""
    return people.get_chat(conn, need.chat_id).channel


def quoted(conn: Connection, chat: Chat, quote: Quote | None) -> Need | None:
    """The need of the card, of any words about one need, or of the message that reported it, that is replied to."""
    found = _NUMBERED.search(quote.text) if quote else None
    if quote is None or found:
        return needs.find(conn, int(found[1])) if found else None
    said = talk.quoted(conn, chat, quote)
    numbers = talk.needs_of(conn, said.message.id) if said and said.message else []
    return needs.find(conn, numbers[-1]) if numbers else None


def card(need: Need) -> str:
    """What the handlers read. The phone is not in it: the one who accepts gets it in private."""
    urgent = "【紧急】" if need.urgent else ""
    return (
        f"{urgent}新诉求{need.id}号 {where(need)}{f'（转{need.department}）' if need.department else ''}\n"
        f"{said(need)}\n"
        f"请{respond_by(need)}前响应，回复「接单 {need.id}」。"
    )


def help_card(conn: Connection, need: Need) -> str:
    """What a service group reads that is asked to help."""
    lead = people.display_name(people.get_person(conn, need.handler_id)) if need.handler_id else ""
    return (
        f"请协办诉求{need.id}号 {where(need)}（主办：{service_group(need)}{lead}）\n"
        f"{said(need)}\n"
        f"能办哪部分，请回复「认领{need.id}号，我们出…」。"
    )


def said(need: Need) -> str:
    """Who said what, masked."""
    return f"{f'{need.company}：' if need.company else ''}{mask(need.text)[:200]}"


def where(need: Need) -> str:
    """物业服务·3号楼."""
    return "·".join(part for part in (need.category, need.place) if part)


def line(need: Need) -> str:
    """101号 物业服务·3号楼：货梯坏两天了."""
    return f"{need.id}号 {where(need)}：{shortened(mask(_REACHED.sub('', need.text)), 16)}"


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def moment(at: datetime) -> str:
    """7月22日11:10."""
    there = local(at)
    return f"{there.month}月{there.day}日{there:%H:%M}"


def respond_by(need: Need) -> str:
    """When the first answer is due."""
    assert need.respond_by is not None
    return moment(need.respond_by)


def resolve_by(need: Need) -> str:
    """When it is to be done."""
    assert need.resolve_by is not None
    return moment(need.resolve_by)


def service_group(need: Need) -> str:
    """物业服务 → 物业服务组."""
    return f"{need.category}组"


def whose(need: Need) -> str:
    """综合服务组（城管）."""
    return f"{service_group(need)}{f'（{need.department}）' if need.department else ''}"


def tell_reporters(
    conn: Connection, voice: Voice, need: Need, text: str, *, here: int | None = None, moved: bool = False
) -> None:
    """Tell everybody who reported it, where they did; not in the chat `here`, where the reply says it.

    Where it has `moved` they are told a little later, and not at all when there is other word on it by then.
    """
    unsay_moves(voice, need)
    told = {here}
    due_at = voice.now + SETTLES if moved else None
    for one in needs.reporters(conn, need):
        if one.chat_id in told:
            continue
        told.add(one.chat_id)
        chat = people.get_chat(conn, one.chat_id)
        key = f"{_moves(need)}{voice.now.timestamp()}:{chat.id}" if moved else None
        to = people.external_id(conn, one.person_id, chat.channel)
        voice.to_chat(chat, text, to=to, key=key, due_at=due_at)


def unsay_moves(voice: Voice, need: Need) -> None:
    """What the reporters were to be told of its moves does not hold any more."""
    voice.unsay(_moves(need))


def _moves(need: Need) -> str:
    return f"moved:{need.id}:"


def tell_moved(conn: Connection, voice: Voice, before: Need, need: Need, by: By, *, here: int) -> None:
    """Tell the reporters who has their need now, and the group and the handler who had it that they have not."""
    told = f"诉求{need.id}号已转{whose(need)}办理，{respond_by(need)}前会有人联系您。"
    tell_reporters(conn, voice, need, told, here=here, moved=True)
    lost = desk(conn, before)
    if lost and lost != desk(conn, need) and lost.id not in (here, need.chat_id):
        voice.to_chat(lost, f"诉求{need.id}号已转{whose(need)}，不用再接。")
    if before.handler_id and before.handler_id != by.actor_id:
        gone = f"诉求{need.id}号已转{whose(need)}，不用再办。"
        voice.to_person(before.handler_id, gone, channel=channel_of(conn, need))


def tell_officers(conn: Connection, voice: Voice, need: Need, text: str) -> None:
    """Tell those privately whom the last rise of a need was for."""
    for person_id in needs.officers.told_last(conn, need.id):
        voice.to_person(person_id, text, channel=channel_of(conn, need))
