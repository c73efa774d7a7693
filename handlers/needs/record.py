"""联系方式、详情: the full record, to those who may read it."""

import re
from typing import Any

from bot.capability import Context, handler
from bot.clock import local
from bot.domain import attachments, needs
from bot.domain.needs import Need
from bot.domain.people import STAFF
from bot.messages import carries_files
from bot.notices.aside import aside
from bot.notices.needs import resolve_by, respond_by
from handlers.needs.take import give_contact
from handlers.needs.which import NUMBER, WORKERS, by, name_of, named_need, quoted_need
from knowledge.private import mask


def asks_phone(ctx: Context) -> bool:
    """电话, in reply to the card."""
    return bool(re.fullmatch(r".{0,6}(?:电话|联系方式|手机号?).{0,8}", ctx.text)) and quoted_need(ctx) is not None


@handler(
    "need_phone",
    commands=(
        rf"(?:麻烦|请|帮忙)?(?:把|给我|查下|查一下|要|问下)?\s*(?:诉求)?(?!\d{{1,9}}号?\s*(?:[楼栋座幢]|单元)){NUMBER}.{{0,12}}(?<!打过)(?<!打了)(?:电话|联系方式|手机号?)(?!了|.{{0,4}}(?:不通|没人|[没不]接|空号|[关停]机|错)).{{0,10}}",
        rf"(?:电话|联系方式)\s*{NUMBER}",
    ),
    when=asks_phone,
    overhear=True,
    title="要联系方式",
    examples=("@小红 把101号的电话发一下",),
)
def need_phone(ctx: Context) -> str | None:
    """The full contact, in private, to the one who handles the need or to staff; to nobody else.

    Where nobody asked the bot, whoever has no right to it is talking to others.
    """
    need = numbered(ctx)
    if ctx.role == STAFF or (ctx.person.id == need.handler_id and ctx.role in WORKERS):
        give_contact(ctx, need)
        return f"诉求{need.id}号的联系方式已私发给您。"
    if not ctx.addressed:
        return None
    return f"诉求{need.id}号：{needs.STATES[need.state]}。报事人信息只提供给接单的经办人。"


@handler(
    "need_detail",
    commands=(rf"(?:查看|看下|看一下)?\s*(?:诉求)?{NUMBER}\s*(?:的)?(?:详情|明细|详细情况)",),
    roles=WORKERS,
    overhear=True,
    title="诉求详情",
    examples=("101号详情",),
)
def need_detail(ctx: Context) -> str:
    """The whole record, in private; the view is logged."""
    need = numbered(ctx)
    needs.note_access(ctx.conn, need.id, by(ctx))
    text = record(ctx, need)
    files = attachments.of_need(ctx.conn, need.id) if entitled(ctx, need) and carries_files(ctx.channel) else []
    if ctx.chat.private and files:
        ctx.tell_chat(ctx.chat, f"诉求{need.id}号的附件：", files=files)
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, f"诉求{need.id}号详情", files=files)


def numbered(ctx: Context) -> Need:
    """The need that the command or the quote names."""
    found = named_need(ctx)
    assert found is not None
    return found


def entitled(ctx: Context, need: Need) -> bool:
    """Whether the sender handles it, or is of the committee."""
    return ctx.role == STAFF or ctx.person.id == need.handler_id


def record(ctx: Context, need: Need) -> str:
    """A need with its history; the full phone only for who handles it and for staff."""
    phone, text = need.phone or "未留电话", need.text[:500]
    files = attachments.of_need(ctx.conn, need.id)
    if not entitled(ctx, need):
        phone, text = mask(phone), mask(text)
    times = f"响应时限{respond_by(need)}，办理时限{resolve_by(need)}"
    came = f"（{need.source} {need.outside_no}）" if need.outside_no else ""
    lines = [
        f"诉求{need.id}号{came} {need.category} · {needs.STATES[need.state]} · {needs.LEVELS[need.level]}",
        f"内容：{text}",
        f"报事人：{name_of(ctx, need.reporter_id)} {need.company or ''} {phone}",
        f"经办人：{name_of(ctx, need.handler_id) if need.handler_id else '未接单'}；{times}",
        *([f"附件{len(files)}个：{'、'.join(file.name for file in files)}"] if files else []),
        *(
            f"协办：{part.unit} {part.what}{'（已完成）' if part.done else ''}"
            for part in needs.parts(ctx.conn, need.id)
        ),
    ]
    return "\n".join(lines + [_event_line(ctx, event) for event in needs.events(ctx.conn, need.id)])


def _event_line(ctx: Context, event: Any) -> str:
    who = name_of(ctx, event.actor_id) if event.actor_id else "系统"
    return f"{local(event.at):%m-%d %H:%M} {needs.NAMES.get(event.kind, event.kind)} {who} {event.note[:60]}".rstrip()
