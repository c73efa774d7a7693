"""群发: how far it has come, holding it back, taking back what is not yet out, and what to do about doubts."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import broadcasts, talk
from bot.domain.broadcasts import Broadcast, deliveries
from bot.domain.broadcasts.deliveries import Progress
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import correction, offer_correction, report, send, shown, titles
from knowledge.wording import readable

NUMBER = r"[#＃第]?(?P<number>\d{1,9})\s*号?"
SENDERS = (SECRETARY, STAFF)
PAUSE = timedelta(minutes=15)
"""A wait that is worth a word; shorter ones are pacing, or a send that is tried again."""
JUST_SENT = timedelta(minutes=30)
_RECALL = re.compile(r"(?:快|赶紧|马上|请|帮我)*(?:撤回|撤了|撤掉)(?:一下|来|刚才的?|那条|通知|吧|了|啊|[,，。!！\s])*")


def meant(ctx: Context) -> Broadcast:
    """The broadcast that the command names, else the sender's last; only its drafter and the staff may ask."""
    number = ctx.command.groupdict().get("number") if ctx.command else None
    item = broadcasts.get(ctx.conn, int(number)) if number else broadcasts.latest(ctx.conn, ctx.person.id)
    if item is None:
        raise Refusal("没有找到您发起的群发，请写上编号。")
    if item.drafter_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"群发{item.id}号由别人发起，只有发起人和工作人员可以操作。")
    return item


def read_draft(ctx: Context, text: str) -> Broadcast:
    """The broadcast that was asked about."""
    return broadcasts.get(ctx.conn, int(text))


@handler(
    "broadcast_progress",
    commands=(
        rf"(?:查看?|看看|查一下)?群发\s*(?:的)?(?:进度|情况|状态|结果)\s*(?:{NUMBER})?",
        rf"(?:查看?|看看|查一下)?群发\s*{NUMBER}\s*(?:的)?(?:进度|情况|状态|结果|发完了?[吗没]?|发到哪了?)[?]?",
    ),
    roles=SENDERS,
    title="群发进度",
    examples=("群发进度 3",),
)
def broadcast_progress(ctx: Context) -> str:
    """Which groups have it, and what is doubtful."""
    item = meant(ctx)
    if item.state in (broadcasts.DRAFT, broadcasts.PENDING, broadcasts.DROPPED):
        return f"群发{item.id}号{broadcasts.STATES[item.state]}，没有发送。"
    done = deliveries.progress(ctx.conn, item.id)
    if item.state == broadcasts.RECALLING:
        return f"群发{item.id}号正在撤回，{len(done.recalled)}/{done.total}个群已撤回，撤完告诉您结果。"
    text = report(item.id, done)
    if item.state == broadcasts.PAUSED:
        return f"{text}现在暂停着，接着发请回复「继续群发{item.id}」。"
    waits = _waits(ctx, done)
    return f"{text}{waits}。" if waits else text


def _waits(ctx: Context, done: Progress) -> str:
    """Until when what is not out yet waits; empty where it is going out."""
    if done.next_at is None or done.next_at <= ctx.now + PAUSE:
        return ""
    return f"其余要到{shown(done.next_at)}接着发" if done.sent else f"定于{shown(done.next_at)}发出"


@handler(
    "pause_broadcast",
    commands=(rf"(?:请|先)?暂停\s*群发\s*(?:{NUMBER})?", rf"群发\s*{NUMBER}\s*(?:先)?暂停(?:一下)?[吧]?"),
    roles=SENDERS,
    title="暂停群发",
    examples=("暂停群发 3",),
)
def pause_broadcast(ctx: Context) -> str:
    """Hold back what is not out yet."""
    item = meant(ctx)
    if item.state != broadcasts.CONFIRMED:
        raise Refusal(f"群发{item.id}号{broadcasts.STATES[item.state]}，没有可以暂停的。")
    held = deliveries.pause(ctx.conn, item)
    if not held:
        raise Refusal(f"群发{item.id}号的消息都已经发出，没有可以暂停的。")
    done = deliveries.progress(ctx.conn, item.id)
    return (
        f"群发{item.id}号已暂停，还有{len(done.waiting)}个群没发：{titles(done.waiting)}。"
        f"接着发请回复「继续群发{item.id}」，不发了请回复「撤回群发{item.id}」。"
    )


@handler(
    "resume_broadcast",
    commands=(
        rf"(?:请|可以)?(?:继续|恢复|接着)(?:发送?)?\s*群发\s*(?:{NUMBER})?",
        rf"群发\s*{NUMBER}\s*(?:继续|恢复|接着发)(?:发送?)?[吧]?",
    ),
    roles=SENDERS,
    title="继续群发",
    examples=("继续群发 3",),
)
def resume_broadcast(ctx: Context) -> str:
    """Let go what was held back."""
    item = meant(ctx)
    if item.state != broadcasts.PAUSED:
        waits = _waits(ctx, deliveries.progress(ctx.conn, item.id)) if item.state == broadcasts.CONFIRMED else ""
        raise Refusal(f"群发{item.id}号没有暂停，{waits or broadcasts.STATES[item.state]}。")
    begins = deliveries.resume(ctx.conn, item, ctx.now)
    when = "接着发" if begins <= ctx.now else f"现在是休息时间，将在{shown(begins)}接着发"
    return f"群发{item.id}号{when}，发完告诉您结果。"


def recalls_last(ctx: Context) -> bool:
    """撤回, said in private right after one's broadcast went out."""
    if not ctx.chat.private or ctx.reading.quote or not _RECALL.fullmatch(ctx.text):
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


def read_correction(_ctx: Context, text: str) -> str | None:
    """1, 2, or the correction itself."""
    return text if text in ("1", "2") or CORRECTED.fullmatch(text) else None


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


AGAIN = re.compile(r"1|(?:请|再)?(?:重发|重新发|再发|补发)(?:一[次遍下])?[吧]?")
AS_SENT = re.compile(
    r"2|(?:就)?算(?:是|作)?已?发(?:了|过|出)?(?:的)?[吧]?|(?:都|已经?)(?:收到|到|有|发)了?|不(?:用)?(?:重|再)?发了?"
)


def read_settlement(_ctx: Context, text: str) -> str | None:
    """again or sent."""
    return "again" if AGAIN.fullmatch(text) else "sent" if AS_SENT.fullmatch(text) else None


@handler(
    "settle_broadcast",
    roles=SENDERS,
    slots=(Slot("decision", read_settlement), Slot("draft", read_draft)),
)
def settle_broadcast(ctx: Context, decision: str, draft: Broadcast) -> str:
    """The drafter's word on groups of which nobody knows whether they got it, and on those that did not."""
    return _settle(ctx, draft, again=decision == "again")


@handler(
    "settle_by_number",
    commands=(
        rf"(?P<again>重发|再发|补发)\s*群发\s*{NUMBER}",
        rf"群发\s*{NUMBER}\s*(?:(?P<again>重发|再发|补发)|算(?:是|作)?已?发(?:了|过)?)[吧]?",
    ),
    roles=SENDERS,
    title="重发没到的",
    examples=("重发群发3", "群发3算已发"),
)
def settle_by_number(ctx: Context) -> str:
    """The same, by its number."""
    assert ctx.command is not None
    return _settle(ctx, meant(ctx), again=bool(ctx.command["again"]))


def _settle(ctx: Context, item: Broadcast, *, again: bool) -> str:
    done = deliveries.progress(ctx.conn, item.id)
    if not done.unknown and not done.failed:
        raise Refusal(f"群发{item.id}号没有待确认的群。")
    if not again:
        deliveries.presume_sent(ctx.conn, item, ctx.now)
        return f"好的，群发{item.id}号按已发处理，不再重发。"
    begins = deliveries.repeat(ctx.conn, item, ctx.now)
    when = "" if begins <= ctx.now else f"现在是休息时间，{shown(begins)}"
    return f"群发{item.id}号{when}在{len(done.unknown) + len(done.failed)}个群再发一次，发完告诉您结果。"


HANDLERS: tuple[Handler, ...] = (
    broadcast_progress,
    pause_broadcast,
    resume_broadcast,
    recall_broadcast,
    correct_broadcast,
    settle_broadcast,
    settle_by_number,
)
