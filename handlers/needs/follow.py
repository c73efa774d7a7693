"""查进度、催办、撤回: what reporters do with a need."""

import re
from datetime import timedelta

from bot.capability import Context, handler
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.errors import Refusal
from bot.notices.needs import (
    desk,
    line,
    moment,
    resolve_by,
    respond_by,
    service_group,
    tell_reporters,
    unsay_moves,
    where,
)
from handlers.needs import topic
from handlers.needs.which import NUMBER, ask_sure, by, name_of, quoted_need, reported, reported_open, title, which
from knowledge.private import mask

URGE_EVERY = timedelta(hours=4)
SHOWN = 10
_OF_WORK = re.compile(r"催|诉求|[报反]|修|派|办|处理|解决|进[度展]|师傅|来人|人[来呢]|回[复音话]|动静")
_SEVERAL = re.compile(r"[那这](?:几|些)|[几两三][个件条项]|都|全部|所有")
_WITHDRAWS = re.compile(r"撤|取消|作废|不用|不需要|不麻烦|不必|算了|别(?:派|来|修|管)|不(?:修|报|办)了")
_ONLY_URGING = re.compile(
    rf"{NUMBER}|麻烦|请问?|帮忙?|再|给我|能不能|可以|一下|催[催办促]?|督促|快点?|尽快|赶紧|抓紧|加急|办|处理|呢|吗|吧|啊|呀|了|那个|诉求|我们?|报的|还没|怎么|动静|进展"
)
"""What says no more than that somebody waits."""


def asks_about_card(ctx: Context) -> bool:
    """进度, in reply to the bot's words about one need."""
    return bool(re.fullmatch(r"(?:查?一?下?)?(?:进度|进展|办到哪了|怎么样了|到哪一步了)[?？]?", ctx.text)) and (
        quoted_need(ctx) is not None
    )


@handler(
    "track_need",
    intents=("track_need",),
    commands=(
        rf"(?:查)?(?:一下)?(?:进度|进展)[:\s]*{NUMBER}",
        rf"{NUMBER}\s*(?:的)?进度",
        r"(?:查?一?下?)(?:我的)?(?:诉求)?进度",
    ),
    when=asks_about_card,
    overhear=True,
    title="查进度",
    slots=(which(reported, "查"),),
    examples=("101号办到哪了", "进度 101"),
)
def track_need(ctx: Context, need: Need) -> str:
    """Where the need stands: a card. Anybody may ask; nothing about the reporter is told."""
    return standing(ctx, need)


def standing(ctx: Context, need: Need) -> str:
    """State, handler, until when, who helps, the last word; of the one it was merged into, where it was."""
    if need.merged_into_id:
        return f"诉求{need.id}号已并入{need.merged_into_id}号。" + standing(
            ctx, needs.get(ctx.conn, need.merged_into_id)
        )
    text = f"诉求{need.id}号（{need.category}）：{needs.STATES[need.state]}"
    text += f"，经办人{name_of(ctx, need.handler_id)}" if need.handler_id else ""
    text += f"，{needs.LEVELS[need.level]}跟进" if need.level and need.state in needs.OPEN else ""
    text += _until(need)
    together = [f"{part.unit}{part.what}{'（已完成）' if part.done else ''}" for part in needs.parts(ctx.conn, need.id)]
    text += f"；协办：{'、'.join(together)}" if together else ""
    notes = [event for event in needs.events(ctx.conn, need.id) if event.kind in ("progress", "resolved")]
    text += f"。{moment(notes[-1].at)}：{notes[-1].note[:100]}" if notes else ""
    return text + "。"


def _until(need: Need) -> str:
    if need.state in ("dispatched", "reported", "returned"):
        return f"，{respond_by(need)}前响应"
    return f"，{resolve_by(need)}前办结" if need.state in needs.TAKEN else ""


def asks_of_all(ctx: Context) -> bool:
    """我报的那几个怎么样了: of more than one."""
    wants = ctx.reading.intent == "track_need" and (ctx.addressed or ctx.reading.speak)
    return wants and not ctx.slots.get("need_no") and bool(_SEVERAL.search(ctx.text)) and len(reported(ctx)) > 1


@handler(
    "my_needs",
    commands=(
        r"(?:请|帮我|麻烦)?(?:查看?|看看?|列)?(?:一下)?(?:我|我们)(?:们?公司|单位)?(?:报过?|提过?|上报)?的(?:全部|所有)?(?:诉求|单子|工单)(?:有哪些|列表|清单|呢)?[?]?",
    ),
    when=asks_of_all,
    overhear=True,
    title="我的诉求",
    examples=("我的诉求",),
)
def my_needs(ctx: Context) -> str:
    """Where all stand that the sender reported and are not finished; else the last one. In a group those of here."""
    found = reported(ctx)
    if not found:
        elsewhere = "" if ctx.chat.private else "在这个群里"
        return f"您{elsewhere}还没有报过诉求。" + ("" if ctx.chat.private else "在别处报的，请私聊我查看。")
    if len(found) == 1:
        return standing(ctx, found[0])
    return "\n".join(f"{line(need)}（{needs.STATES[need.state]}{_until(need)}）" for need in found[:SHOWN])


@handler(
    "urge_need",
    intents=("urge_need",),
    overhear=True,
    title="催办",
    slots=(which(reported_open, "催办"),),
    examples=("催一下101号",),
)
def urge_need(ctx: Context, need: Need) -> str | None:
    """Pass the urging on, at most once in four hours; only what says more than that is quoted. 快点吧 may be talk."""
    if not (topic.named(ctx) or topic.about(ctx, need) or _OF_WORK.search(ctx.said)):
        return None
    last = needs.last_event(ctx.conn, need.id, "urged")
    if last and ctx.now - last < URGE_EVERY:
        return f"诉求{need.id}号刚催过，经办人已收到提醒，{moment(last + URGE_EVERY)}以后可以再催。"
    needs.change(ctx.conn, need.id, "urged", by(ctx), mask(ctx.wording))
    head = f"【催办】诉求{need.id}号（{where(need)}，{needs.STATES[need.state]}）"
    said = re.sub(r"[\W_]+", "", _ONLY_URGING.sub("", ctx.said))
    words = f"：{mask(ctx.wording)[:80]}。" if len(said) >= 4 else "。"
    chat = desk(ctx.conn, need)
    if need.handler_id:
        ctx.tell_person(need.handler_id, f"{head}报事人在等{words}请回复「{need.id}号进展：…」。")
    elif chat and chat.id != ctx.chat.id:
        ctx.tell_chat(chat, f"{head}还没有人接单{words}请回复「接单 {need.id}」。")
    who = name_of(ctx, need.handler_id) if need.handler_id else service_group(need)
    return f"已向{who}催办诉求{need.id}号，有进展马上告诉您。"


@handler(
    "withdraw_need",
    intents=("withdraw_need",),
    commands=(
        rf"撤[回销单掉](?:诉求)?{NUMBER}(?:吧|了|谢谢|[,。!\s])*",
        rf"(?:麻烦|请|帮我)?(?:把|将)?{NUMBER}(?:给我?)?(?:撤(?:[回销掉]|单)?|作废)(?:了|掉|吧|谢谢|[,。!\s])*",
    ),
    overhear=True,
    title="撤回诉求",
    slots=(which(reported_open, "撤回"),),
    examples=("101号不用了，撤回吧",),
)
def withdraw_need(ctx: Context, need: Need) -> str:
    """Taken back; asked about where it is not plainly said (已经亮了), or overheard without its number or object."""
    said = ctx.command or ctx.slots.get("need_no") or _WITHDRAWS.search(ctx.said)
    if said and (topic.named(ctx) or topic.about(ctx, need)):
        return withdraw(ctx, need)
    return ask_sure(ctx, need, "withdraw", f"要撤回{title(need)}吗？")


def withdraw(ctx: Context, need: Need) -> str:
    """Only the reporter (or staff) takes a need back; who handles it, and who joined it, is told."""
    others = [one for one in needs.reporters(ctx.conn, need) if one.person_id != need.reporter_id]
    if others and ctx.person.id == need.reporter_id:
        raise Refusal(f"诉求{need.id}号还有{len(others)}家也报了，不能撤回；已经解决的话，请经办人办结。")
    needs.change(ctx.conn, need.id, "withdrawn", by(ctx), mask(ctx.wording), remind_at=None, step_at=None)
    if ctx.person.id != need.reporter_id:
        said = f"诉求{need.id}号已由{people.display_name(ctx.person)}撤回，不再办理；有疑问请直接说。"
        tell_reporters(ctx.conn, ctx.voice, need, said, here=ctx.chat.id)
    unsay_moves(ctx.voice, need)
    whose = "报事人" if need.reporter_id == ctx.person.id else people.display_name(ctx.person)
    if need.handler_id and need.handler_id != ctx.person.id:
        ctx.tell_person(need.handler_id, f"诉求{need.id}号已由{whose}撤回，不用再办。")
    elif need.state != "reported" and (chat := desk(ctx.conn, need)) and chat.id != ctx.chat.id:
        ctx.tell_chat(chat, f"诉求{need.id}号已由{whose}撤回，不用再接。")
    return f"诉求{need.id}号已撤回。"
