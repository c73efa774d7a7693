"""接单、进展、办结: what handlers do with a need."""

import re

from bot.capability import Context, handler
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.domain.people import COMPANY
from bot.errors import Refusal
from bot.notices.needs import dispatch, service_group
from handlers.needs.rate import RATE_WITHIN
from handlers.needs.which import NUMBER, WORKERS, by, in_hand, name_of, to_accept, which
from knowledge.private import mask


@handler(
    "accept_need",
    intents=("accept_need",),
    roles=(*WORKERS, COMPANY),
    overhear=True,
    title="接单",
    slots=(which(to_accept, "接单"),),
    examples=("接单 101", "101号我接了，下午过去"),
)
def accept_need(ctx: Context, need: Need) -> str:
    """Take the need; the full contact goes to the handler alone, in private."""
    need = needs.accept(ctx.conn, need.id, by(ctx), mask(ctx.wording))
    me = people.display_name(ctx.person)
    tell_reporter(ctx, need, f"诉求{need.id}号已由{me}接单，正在联系处理。")
    if ctx.role not in WORKERS:  # a company that helps: whose number goes to whom is not its to say
        return f"诉求{need.id}号由{me}接单{_noted(ctx, need)}。请报事人或工作人员与您联系。"
    give_contact(ctx, need)
    return f"诉求{need.id}号由{me}接单{_noted(ctx, need)}。联系方式已私发，办完请回复「{need.id}号办结」。"


def _noted(ctx: Context, need: Need) -> str:
    """In the chat where the need was reported the reply itself tells the reporter."""
    return f"，请{name_of(ctx, need.reporter_id)}知悉" if need.chat_id == ctx.chat.id else ""


def give_contact(ctx: Context, need: Need) -> None:
    """Send the full contact to the sender, privately, and note that they saw it."""
    needs.note_access(ctx.conn, need.id, by(ctx))
    contact = " ".join(part for part in (need.company, need.contact, need.phone) if part)
    ctx.tell_person(ctx.person.id, f"诉求{need.id}号联系方式：{contact or '没有留电话，请在群里联系报事人'}")


def tell_reporter(ctx: Context, need: Need, text: str) -> None:
    """Tell the reporter where they reported, unless that is this very chat: there the reply says it."""
    if need.chat_id == ctx.chat.id:
        return
    reporter = people.external_id(ctx.conn, need.reporter_id, ctx.channel)
    ctx.tell_chat(people.get_chat(ctx.conn, need.chat_id), text, to=reporter)


_ANNOUNCED = re.compile(r"^(?:诉求)?\s*\d+\s*号(?:诉求)?(?:的|有)?(?:进展|进度|最新情况)?[:：，,\s]+(?=\S)")
"""What the messages about progress say themselves: 101号进展：."""


_OTHERS = {category[:2]: category for category in needs.CATEGORIES}


@handler(
    "return_need",
    commands=(
        rf"退单[:：，,\s]*{NUMBER}(?P<rest>.*)",
        rf"{NUMBER}[，,\s]*(?P<rest>.*(?:退单|不归我们|不属于我们|不是我们).*|转.{{2,12}})",
    ),
    roles=WORKERS,
    overhear=True,
    title="退单",
    examples=("退单 101，不归我们管", "101号转法律服务组"),
)
def return_need(ctx: Context) -> str:
    """Not ours: dispatched again, to the group that the message names or to the fallback."""
    assert ctx.command is not None
    need = needs.get(ctx.conn, int(ctx.command["number"]))
    rest = ctx.command["rest"]
    named = [category for word, category in _OTHERS.items() if word in rest and category != need.category]
    category = named[0] if named else needs.FALLBACK
    if category == need.category:
        raise Refusal(f"诉求{need.id}号已在{service_group(need)}，请说明转给哪个组，如「{need.id}号转物业服务组」。")
    need = needs.give_back(ctx.conn, need.id, by(ctx), category, mask(ctx.wording))
    need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    return f"诉求{need.id}号已退单，转{service_group(need)}办理。"


@handler(
    "update_need",
    intents=("update_need",),
    roles=WORKERS,
    overhear=True,
    title="报进展",
    slots=(which(in_hand, "报进展"),),
    examples=("101号进展：配件已下单，周四到货",),
)
def update_need(ctx: Context, need: Need) -> str:
    """Note progress and pass it on to the reporter."""
    note = _ANNOUNCED.sub("", mask(ctx.wording))
    needs.progress(ctx.conn, need.id, by(ctx), note)
    tell_reporter(ctx, need, f"诉求{need.id}号有进展：{note[:120]}")
    return f"诉求{need.id}号进展已记录{_noted(ctx, need) or '，已告知报事人'}。"


@handler(
    "resolve_need",
    intents=("resolve_need",),
    roles=WORKERS,
    overhear=True,
    title="办结",
    slots=(which(in_hand, "办结"),),
    examples=("101号办结，货梯已恢复运行",),
)
def resolve_need(ctx: Context, need: Need) -> str:
    """The handler says it is done; the reporter is asked to rate."""
    needs.resolve(ctx.conn, need.id, by(ctx), mask(ctx.wording))
    where = people.get_chat(ctx.conn, need.chat_id)
    ctx.ask(
        "rate_answer",
        "rating",
        {"need": str(need.id)},
        person_id=need.reporter_id,
        chat=where,
        within=RATE_WITHIN,
    )
    reporter = name_of(ctx, need.reporter_id)
    question = f"诉求{need.id}号已办结，请{reporter}评价：满意 / 一般 / 不满意"
    if where.id == ctx.chat.id:
        return question + "。"
    tell_reporter(ctx, need, question + "，直接回复即可。")
    return f"诉求{need.id}号已记为办结，已请{reporter}评价。"
