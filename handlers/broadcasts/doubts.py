"""待确认消息: what the staff see and decide about messages that may not have arrived."""

from datetime import timedelta

from bot.capability import Context, Handler, handler
from bot.domain import doubts, people
from bot.domain.doubts import Doubt
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import title
from knowledge.private import mask

BACK = timedelta(days=14)
LISTED, SHOWN = 10, 30


@handler(
    "doubtful_messages",
    commands=(r"(?:查看?|看看)?(?:待确认|不明|没发成)的?消息[?]?",),
    roles=(STAFF,),
    title="待确认消息",
    examples=("待确认消息",),
)
def doubtful_messages(ctx: Context) -> str:
    """The last ones in doubt, privately."""
    found = doubts.since(ctx.conn, ctx.now - BACK)
    if not ctx.chat.private:
        raise Refusal("请私聊我查。")
    if not found:
        return "没有待确认的消息。"
    lines = [_line(ctx, one) for one in found[-LISTED:]]
    more = f"（共{len(found)}条，只列最近{LISTED}条）" if len(found) > LISTED else ""
    example = found[-1].id
    return "\n".join(
        [
            f"待确认的消息{more}：",
            *lines,
            f"要再发一次，回复「重发消息{example}」；看过已到，回复「消息{example}算已发」。",
        ]
    )


def _line(ctx: Context, one: Doubt) -> str:
    chat = people.find_chat(ctx.conn, one.channel, one.chat)
    where = "私聊" if one.private else title(chat) if chat else one.chat
    text = mask(" ".join(one.text.split()))
    return f"{one.id}. {where}，{doubts.STATES[one.state]}：{text[:SHOWN]}{'…' if len(text) > SHOWN else ''}"


@handler(
    "settle_message",
    commands=(
        r"(?P<again>重发|再发|补发)消息\s*[#第]?(?P<number>\d{1,15})\s*号?",
        r"消息\s*[#第]?(?P<number>\d{1,15})\s*号?\s*(?:(?P<again>重发|再发|补发)|算(?:是|作)?已?发(?:了|过)?)",
    ),
    roles=(STAFF,),
    title="重发消息",
    examples=("重发消息 812", "消息812算已发"),
)
def settle_message(ctx: Context) -> str:
    """Send it again, or count it as sent."""
    assert ctx.command is not None
    number, again = int(ctx.command["number"]), bool(ctx.command["again"])
    doubts.settle(ctx.conn, number, ctx.now, again=again)
    return f"消息{number}再发一次。" if again else f"消息{number}按已发处理。"


HANDLERS: tuple[Handler, ...] = (doubtful_messages, settle_message)
