"""查进度、催办、撤回: what reporters do with a need."""

from datetime import timedelta

from bot.capability import Context, handler
from bot.clock import local
from bot.domain import needs
from bot.domain.needs import Need
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.needs import desk, respond_by, service_group
from handlers.needs.which import NUMBER, by, name_of, reported, reported_open, which
from knowledge.private import mask


@handler(
    "track_need",
    intents=("track_need",),
    commands=(rf"(?:查)?(?:一下)?(?:进度|进展)[:\s]*{NUMBER}", rf"{NUMBER}\s*(?:的)?进度"),
    overhear=True,
    title="查进度",
    slots=(which(reported, "查"),),
    examples=("101号办到哪了", "进度 101"),
)
def track_need(ctx: Context, need: Need) -> str:
    """Where the need stands. Anybody may ask; nothing about the reporter is told."""
    text = f"诉求{need.id}号（{need.category}）：{needs.STATES[need.state]}"
    if need.handler_id:
        text += f"，经办人{name_of(ctx, need.handler_id)}"
    notes = [event for event in needs.events(ctx.conn, need.id) if event.kind in ("progress", "resolved")]
    if notes:
        last = notes[-1]
        text += f"。{local(last.at):%m月%d日%H:%M}：{last.note[:100]}"
    elif need.state in ("dispatched", "reported"):
        text += f"，{respond_by(need)}前响应"
    return text + "。"


@handler(
    "urge_need",
    intents=("urge_need",),
    overhear=True,
    title="催办",
    slots=(which(reported_open, "催办"),),
    examples=("催一下101号",),
)
def urge_need(ctx: Context, need: Need) -> str:
    """Pass the urging on, at most once in four hours."""
    last = needs.last_event(ctx.conn, need.id, "urged")
    if last and ctx.now - last < timedelta(hours=4):
        return f"诉求{need.id}号刚催过，经办人已收到提醒，请稍候。"
    needs.change(ctx.conn, need.id, "urged", by(ctx), mask(ctx.wording))
    text = f"【催办】诉求{need.id}号：{mask(ctx.wording)[:80]}"
    chat = desk(ctx.conn, need)
    if need.handler_id:
        ctx.tell_person(need.handler_id, text)
    elif chat:
        ctx.tell_chat(chat, text)
    who = name_of(ctx, need.handler_id) if need.handler_id else service_group(need)
    return f"已向{who}催办诉求{need.id}号，有进展马上告诉您。"


@handler(
    "withdraw_need",
    intents=("withdraw_need",),
    overhear=True,
    title="撤回诉求",
    slots=(which(reported_open, "撤回"),),
    examples=("101号不用了，撤回吧",),
)
def withdraw_need(ctx: Context, need: Need) -> str:
    """Only the reporter (or staff) takes a need back; who handles it is told."""
    if need.reporter_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"只有诉求{need.id}号的报事人可以撤回。")
    needs.change(ctx.conn, need.id, "withdrawn", by(ctx), mask(ctx.wording))
    if need.handler_id:
        ctx.tell_person(need.handler_id, f"诉求{need.id}号已由报事人撤回，不用再办。")
    elif need.state != "reported" and (chat := desk(ctx.conn, need)) and chat.id != ctx.chat.id:
        ctx.tell_chat(chat, f"诉求{need.id}号已由报事人撤回，不用再接。")
    return f"诉求{need.id}号已撤回。"
