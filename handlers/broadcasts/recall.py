"""撤回群发, 说错了: what is not out yet stops, what is out is taken back where the channel can, or corrected."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import broadcasts, talk
from bot.domain.broadcasts import Broadcast, deliveries
from bot.errors import Refusal
from bot.notices.broadcasts import correction, offer_correction, send, shown
from handlers.broadcasts.edits import SLIP
from handlers.broadcasts.follow import NUMBER, SENDERS, meant, read_draft
from knowledge.wording import readable

JUST_SENT = timedelta(minutes=30)
_RECALL = re.compile(
    r"(?:快|赶紧|马上|请|帮我|先|把)*(?:撤回|撤了|撤掉|[不别]要?发了)(?:一下|来|刚才|那[条个]|通知|群发|消息|的|吧|了|啊|[,，。!！\s])*"
)


def recalls_last(ctx: Context) -> bool:
    """撤回, said in private right after one's broadcast went out."""
    return _about_last(ctx, _RECALL)


def _about_last(ctx: Context, words: re.Pattern[str]) -> bool:
    if not ctx.chat.private or ctx.reading.quote or not words.fullmatch(ctx.text):
        return False
    last = broadcasts.latest(ctx.conn, ctx.person.id)
    if last is None or last.due_at is None or not ctx.now - JUST_SENT <= last.due_at <= ctx.now:
        return False
    return talk.last_item(ctx.conn, ctx.person.id, ctx.chat.id, last.due_at, ctx.now) is None


@handler(
    "recall_broadcast",
    commands=(
        rf"(?:请|把)?(?:撤回|撤销|取消|停发|停止)\s*群发\s*(?:{NUMBER})?",
        rf"(?:请|把)?群发\s*{NUMBER}\s*(?:撤回|撤销|撤了|取消|停发|别发了|不发了)[吧了]?",
    ),
    when=recalls_last,
    roles=SENDERS,
    title="撤回群发",
    examples=("撤回群发 3",),
)
def recall_broadcast(ctx: Context) -> str:
    """Stop what is not out yet; for what is out, offer a correction."""
    item = meant(ctx)
    if item.state in (broadcasts.DRAFT, broadcasts.PENDING):
        broadcasts.drop(ctx.conn, item.id)
        return f"群发{item.id}号{broadcasts.STATES[item.state]}，已取消，没有发出。"
    if item.state in (broadcasts.RECALLING, broadcasts.RECALLED, broadcasts.DROPPED):
        raise Refusal(f"群发{item.id}号{broadcasts.STATES[item.state]}，没有可以撤回的了。")
    taken_back = deliveries.recall(ctx.conn, item, ctx.now)
    done = deliveries.progress(ctx.conn, item.id)
    stopped = f"，{len(done.recalled)}个群不再发" if done.recalled else ""
    if taken_back:
        return f"群发{item.id}号正在撤回{stopped}，{len(taken_back)}个群里已发出的正在撤下来，结果马上告诉您。"
    if done.recalled:
        broadcasts.finish(ctx.conn, item.id, ctx.now, broadcasts.RECALLED)
    out = [*done.sent, *done.unknown, *done.waiting]
    if not out:
        return f"群发{item.id}号已撤回{stopped}。一个群都没有发出。"
    ctx.ask("correct_broadcast", "decision", {"draft": str(item.id)})
    head = f"群发{item.id}号已撤回{stopped}。" if stopped else f"群发{item.id}号的消息都已经发出。"
    return head + offer_correction(item, out)


CORRECTED = re.compile(r"更正\s*[:：]\s*\S.*", re.DOTALL)


def read_correction(ctx: Context, text: str) -> str | None:
    """1 where a correction was shown that is ready to go, 2, or the correction itself."""
    if re.fullmatch(r"不(?:用|要|必)?(?:发|更正|改)?了?[吧。!\s]*", text):
        return "2"
    digits = ("2",) if ctx.args.get("in_own_words") else ("1", "2")
    return text if text in digits or CORRECTED.fullmatch(text) else None


@handler(
    "correct_broadcast",
    roles=SENDERS,
    slots=(Slot("decision", read_correction), Slot("draft", read_draft)),
)
def correct_broadcast(ctx: Context, decision: str, draft: Broadcast) -> str:
    """Say in the groups that got it that it does not hold."""
    if decision == "2":
        return "好的，不发更正。"
    done = deliveries.progress(ctx.conn, draft.id)
    groups = [*done.sent, *done.unknown]
    text = correction(draft) if decision == "1" else readable(ctx.message.text)
    urgent = draft.urgent or not broadcasts.at_night(ctx.now)  # whoever was told wrongly today is told so today
    item = broadcasts.draft(ctx.conn, ctx.person, text, groups, channel=ctx.channel, urgent=urgent, now=ctx.now)
    item = broadcasts.confirm(ctx.conn, item.id, ctx.now)
    send(ctx.conn, ctx.voice, item)
    assert item.due_at is not None
    when = "开始发送" if item.due_at <= ctx.now else f"将在{shown(item.due_at)}发出"
    return f"群发{item.id}号（更正）{when}，共{len(groups)}个群。"


@handler("amend_sent", when=lambda ctx: _about_last(ctx, SLIP), roles=SENDERS)
def amend_sent(ctx: Context) -> str:
    """说错了，是后天, right after one's broadcast went out: what it takes to say so in the groups."""
    item = meant(ctx)
    done = deliveries.progress(ctx.conn, item.id)
    ctx.ask("correct_broadcast", "decision", {"draft": str(item.id), "in_own_words": True})
    return (
        f"群发{item.id}号已经发出。要在这{done.total}个群更正，请回复「更正：…」，把对的话写全；"
        f"要撤回请说「撤回群发{item.id}」；不用了回复 2。"
    )


HANDLERS: tuple[Handler, ...] = (recall_broadcast, amend_sent, correct_broadcast)
