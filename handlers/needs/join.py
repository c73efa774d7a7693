"""我们也是: another reporter of a problem that was just reported here."""

import re
from datetime import timedelta

from bot.capability import Context, handler
from bot.domain import needs
from bot.domain.needs import Need
from bot.notices.needs import dispatch, service_group
from handlers.needs.which import by, title

TALKED_OF = timedelta(hours=2)
ALSO = re.compile(
    r"也(?:是|有|漏|坏|停|堵|没|不|在|一样|出现|报|断|跳|冒|响|滴)|一并报|一起报|同样(?:的|是)|一样(?:的)?(?:问题|情况)"
)


def just_reported(ctx: Context) -> Need | None:
    """The need that the chat talks of, when somebody else reported it."""
    need = needs.latest_in_chat(ctx.conn, ctx.chat.id, ctx.now - TALKED_OF)
    return need if need and need.reporter_id != ctx.person.id else None


def says_also(ctx: Context) -> bool:
    """对，11楼走廊也漏，一并报上: said to the bot, after somebody's need in this chat."""
    return not ctx.chat.private and bool(ALSO.search(ctx.text)) and just_reported(ctx) is not None


@handler("join_need", when=says_also, title="同样的诉求")
def join_need(ctx: Context) -> str:
    """A need of its own that names the other, so that one visit can settle both and each reporter is answered."""
    first = just_reported(ctx)
    assert first is not None
    need = needs.report(
        ctx.conn,
        by(ctx),
        category=first.category,
        text=ctx.wording,
        chat_id=ctx.chat.id,
        place=ctx.slots.get("place"),
        company=ctx.person.company,
        phone=ctx.slots.get("phone") or ctx.person.phone,
        urgent=first.urgent,
        same_as_id=first.id,
    )
    need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    contact = ""
    if not need.phone:
        ctx.ask("need_contact", "phone", {"need": str(need.id)}, within=timedelta(days=1))
        contact = "请留个联系电话，也可以私聊发我。"
    return f"已登记{title(need)}，与诉求{first.id}号同类，一并转{service_group(need)}。{contact}"
