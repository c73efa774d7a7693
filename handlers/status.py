"""状态: what the bot can hear in this group, whose group it is, and what waits to be sent."""

from bot import outbox
from bot.capability import Context, Handler, handler
from bot.domain import people
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.messages import ONLY_MENTIONS

ALL = "群里的消息我都能看到；没有@我的，只在有把握时才回应。"
ONLY = "这里我只能看到@我的消息。要让我读其他消息，请把聊天记录复制或转发给我。"
PRIVATE = "私聊里的每条消息我都会看。"


@handler(
    "status",
    commands=(r"(?:机器人|小红|运行)?状态",),
    roles=(STAFF, SECRETARY, HANDLER),
    title="状态",
    examples=("@小红 状态",),
)
def status(ctx: Context) -> str:
    """In three short lines; the last only when something waits."""
    lines = [PRIVATE if ctx.chat.private else _group(ctx), _sending(ctx)]
    return "\n".join(line for line in lines if line)


def _group(ctx: Context) -> str:
    owner = people.organisation_name(ctx.conn, ctx.chat.organisation_id)
    hears = ONLY if ctx.channel in ONLY_MENTIONS else ALL
    return f"本群属于{owner}。\n{hears}"


def _sending(ctx: Context) -> str:
    counts = outbox.count(ctx.conn)
    parts = [
        ("排队待发", counts.get("queued", 0)),
        ("结果不明", counts.get("unknown", 0)),
        ("没发出去（对方收不到）", counts.get("dead", 0)),
    ]
    waits = "，".join(f"{name}{number}条" for name, number in parts if number)
    return f"消息：{waits}。" if waits else ""


HANDLERS: tuple[Handler, ...] = (status,)
