"""群发: how far it has come, holding it back, taking back what is not yet out, and what to do about doubts."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast, deliveries
from bot.domain.broadcasts.deliveries import Progress
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import report, shown, titles

NUMBER = r"[#＃第]?(?P<number>\d{1,9})\s*号?"
SENDERS = (SECRETARY, STAFF)
PAUSE = timedelta(minutes=15)
"""A wait that is worth a word; shorter ones are pacing, or a send that is tried again."""


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
    why = "照原来定的" if begins == item.wanted_at else "现在是休息时间，将在"
    when = "接着发" if begins <= ctx.now else f"{why}{shown(begins)}接着发"
    return f"群发{item.id}号{when}，发完告诉您结果。"


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
    settle_broadcast,
    settle_by_number,
)
