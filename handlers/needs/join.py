"""我们也是: another reporter of a problem that was just reported here, or of one that the message names."""

import re
from datetime import timedelta

from bot.capability import Context, handler
from bot.domain import attachments, needs
from bot.domain.needs import Need
from bot.notices.needs import dispatch, service_group
from handlers.needs import topic
from handlers.needs.more import pass_on
from handlers.needs.report import SAME_WITHIN
from handlers.needs.which import NUMBER, ask_sure, by, named_need, quoted_need, title
from knowledge.private import mask

TALKED_OF = timedelta(hours=2)
"""How long after a report 我们楼的电梯也是 is about it."""
JUST_NOW = timedelta(minutes=10)
"""How long after a report 我们也是 may be."""
ALSO = re.compile(
    r"也(?:是|有|漏|坏|停|堵|没|不|在|一样|出现|报|断|跳|冒|响|滴)|一并报|一起报|同样(?:的|是)|一样(?:的)?(?:问题|情况)"
)
PLAINLY_ALSO = re.compile(
    r"(?:[+＋➕]\s*1|同上|同问)[,\s]*(?:我们?|咱们?|这边|我司|我店|我家)\S{0,8}(?:也是|也有|也一样|同样|一样)\S{0,12}"
    r"|(?:我们?|咱们?|我司|我店|我家)\S{0,8}(?:也是(?:这样|一样|这个问题|这个情况)?|也(?:有)?(?:同样|一样)(?:的)?(?:问题|情况)?)[,\s]*(?:[+＋➕]\s*1)?[。!]*"
)
"""Said for the need alone: whoever says it needs not call the bot."""
_ON_ITS_WAY = tuple(state for state in needs.OPEN if state != "reported")
"""What has been dispatched: a need that still waits for a phone is not held up for another one's."""
ONLY_ALSO = re.compile(
    r"(?:[+＋➕]\s*1|我们?|咱们?|[这那][边里儿]|家|司|店|公司|单位|也是?|有|这个|同样|一样|的|问题|情况|同上|[,。!\s])+"
)


def just_reported(ctx: Context) -> Need | None:
    """The need that the message replies to, or that the chat talks of, when somebody else reported it."""
    need = quoted_need(ctx) or needs.latest_in_chat(ctx.conn, ctx.chat.id, ctx.now - TALKED_OF)
    return need if need and need.state in needs.OPEN and need.reporter_id != ctx.person.id else None


def says_also(ctx: Context) -> bool:
    """对，11楼走廊也漏，一并报上: said to the bot, or +1 我们也是, after somebody's need in this chat."""
    if ctx.chat.private or not ALSO.search(ctx.text):
        return False
    need = just_reported(ctx) if ctx.addressed or PLAINLY_ALSO.fullmatch(ctx.text) else None
    return need is not None and (topic.named(ctx) or topic.about(ctx, need) or _near(ctx, need))


def _near(ctx: Context, need: Need) -> bool:
    return ctx.now - need.reported_at <= JUST_NOW


@handler(
    "join_need",
    commands=(
        rf"{NUMBER}[,:\s]*(?:[+＋➕]\s*1[,\s]*)?(?:我|咱|俺)\S{{0,10}}也(?:是|有|一样|遇到|在等)\S{{0,12}}",
        rf"{NUMBER}[,:\s]*也(?:是|算上?|有|加上?)(?:我|咱|俺)\S{{0,8}}",
        rf"{NUMBER}[,:\s]*[+＋➕]\s*1(?P<rest>.{{0,20}})",
        rf"[+＋➕]\s*1[,:\s]*{NUMBER}",
    ),
    when=says_also,
    overhear=True,
    title="同样的诉求",
    examples=("101号我们也是",),
)
def join_need(ctx: Context) -> str:
    """Joined to the need; where another place is named, a need of its own beside it, so that neither is lost.

    我们也是 that names nothing, after others spoke of who knows what, is asked about.
    """
    first = named_need(ctx) if ctx.command else just_reported(ctx)
    assert first is not None
    if not (ctx.command or topic.named(ctx) or topic.about(ctx, first) or topic.follows_report(ctx, first)):
        return ask_sure(ctx, first, "join", f"您也要报{title(first)}吗？")
    if ctx.command or ONLY_ALSO.fullmatch(ctx.text):
        return joined(ctx, first)
    return linked(ctx, first)


def joined(ctx: Context, first: Need) -> str:
    """One need more people wait for; the handler learns of it."""
    need = needs.join(ctx.conn, first.id, by(ctx), ctx.chat.id, mask(ctx.wording))
    count = len(needs.reporters(ctx.conn, need))
    if need.handler_id:
        unit = ctx.person.company or ctx.person.name
        ctx.tell_person(need.handler_id, f"诉求{need.id}号又有人报：{unit}，现在共{count}家。")
    return f"已把您加到{title(need)}，共{count}家报了，有结果一起告诉您。"


def tells_joined(ctx: Context) -> bool:
    """Whether what would be a need is one that the sender joined: 我们也是 first, and the whole of it afterwards."""
    reading = ctx.reading
    wanted = reading.intent == "report_need" and (ctx.addressed or reading.speak)
    return wanted and not (reading.quote or ctx.log) and _joined(ctx) is not None


def _joined(ctx: Context) -> Need | None:
    place, dangers = str(ctx.slots.get("place") or ""), set(needs.deadlines.dangers_in(ctx.text))
    known = needs.joined_by(ctx.conn, ctx.person.id, _ON_ITS_WAY, ctx.now - SAME_WITHIN)
    same = (one for one in known if topic.same_thing(ctx.text, place, one))
    return next((one for one in same if dangers <= set(needs.deadlines.dangers_in(one.text))), None)


@handler("report_joined", when=tells_joined, overhear=True)
def report_joined(ctx: Context) -> str:
    """Added to the need that they joined: a number of its own would send somebody twice."""
    joined = _joined(ctx)
    assert joined is not None
    text = f"{joined.text}；{ctx.wording}"
    need = needs.change(ctx.conn, joined.id, "added", by(ctx), mask(ctx.wording), text=text)
    attachments.gather(ctx.conn, need.id, ctx.message, None)
    pass_on(ctx, need, f"诉求{need.id}号补充：{mask(ctx.wording)}")
    return f"您已经加到{title(need)}，这次说的也补充进去了，有结果一起告诉您。"


def linked(ctx: Context, first: Need) -> str:
    """A need of its own that names the other, so that one visit can settle both and each reporter is answered."""
    found = ctx.reread(ctx.message, ctx.role, "report_need").slots
    need = needs.report(
        ctx.conn,
        by(ctx),
        category=first.category,
        text=ctx.wording,
        chat_id=ctx.chat.id,
        place=found.get("place"),
        company=ctx.person.company,
        phone=found.get("phone") or ctx.person.phone,
        urgent=first.urgent,
        same_as_id=first.id,
    )
    need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    contact = ""
    if not need.phone:
        ctx.ask("need_contact", "phone", {"need": str(need.id), "after": ctx.message.id}, within=timedelta(days=1))
        contact = "请留个联系电话，也可以私聊发我。"
    return f"已登记{title(need)}，与诉求{first.id}号同类，一并转{service_group(need)}。{contact}"
