"""群发: how far it has come, and taking back what is not yet out."""

from bot.capability import Context, Handler, handler
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import progress, recall, report

NUMBER = r"[#＃第]?(?P<number>\d{1,9})\s*号?"


def meant(ctx: Context) -> Broadcast:
    """The broadcast that the command names, else the sender's last; only its drafter and the staff may ask."""
    assert ctx.command is not None
    number = ctx.command.groupdict().get("number")
    item = broadcasts.get(ctx.conn, int(number)) if number else broadcasts.latest(ctx.conn, ctx.person.id)
    if item is None:
        raise Refusal("没有找到您发起的群发，请写上编号。")
    if item.drafter_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"群发{item.id}号由别人发起，只有发起人和工作人员可以操作。")
    return item


@handler(
    "broadcast_progress",
    commands=(
        rf"(?:查看?|看看|查一下)?群发\s*(?:的)?(?:进度|情况|状态|结果)\s*(?:{NUMBER})?",
        rf"(?:查看?|看看|查一下)?群发\s*{NUMBER}\s*(?:的)?(?:进度|情况|状态|结果|发完了?[吗没]?|发到哪了?)[?]?",
    ),
    roles=(SECRETARY, STAFF),
    title="群发进度",
    examples=("群发进度 3",),
)
def broadcast_progress(ctx: Context) -> str:
    """Which groups have it, and what is doubtful."""
    item = meant(ctx)
    if item.state in ("draft", "dropped"):
        return f"群发{item.id}号{broadcasts.STATES[item.state]}，没有发送。"
    return report(item.id, progress(ctx.conn, item.id))


@handler(
    "recall_broadcast",
    commands=(
        rf"(?:请|把)?(?:撤回|撤销|取消|停发|停止)\s*群发\s*(?:{NUMBER})?",
        rf"(?:请|把)?群发\s*{NUMBER}\s*(?:撤回|撤销|撤了|取消|停发|别发了|不发了)[吧了]?",
    ),
    roles=(SECRETARY, STAFF),
    title="撤回群发",
    examples=("撤回群发 3",),
)
def recall_broadcast(ctx: Context) -> str:
    """Stop what is not out yet, and say what is."""
    item = meant(ctx)
    if item.state == "draft":
        broadcasts.drop(ctx.conn, item.id)
        return f"群发{item.id}号还是草稿，已取消，没有发出。"
    if item.state != "confirmed":
        raise Refusal(f"群发{item.id}号{broadcasts.STATES[item.state]}，没有可以撤回的了。")
    recall(ctx.conn, item.id)
    done = progress(ctx.conn, item.id)
    if not done.recalled:
        raise Refusal(f"群发{item.id}号的消息都已经发出，撤不回了，需要更正请再发一条。")
    broadcasts.finish(ctx.conn, item.id, ctx.now, "recalled")
    out = [*done.sent, *done.unknown, *done.waiting]
    already = f"已经发出的撤不回：{'、'.join(out)}。" if out else "一个群都没有发出。"
    return f"群发{item.id}号已撤回，{len(done.recalled)}个群不再发。{already}"


HANDLERS: tuple[Handler, ...] = (broadcast_progress, recall_broadcast)
