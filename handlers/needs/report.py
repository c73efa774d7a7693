"""报诉求: record a need, ask for the missing phone, dispatch."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.capability import Context, Slot, handler
from bot.domain import attachments, needs, people, talk
from bot.domain.needs import Need
from bot.notices.needs import dispatch, respond_by, service_group
from handlers.needs import topic
from handlers.needs.which import by, read_need, title
from knowledge import slots
from knowledge.private import mask

SAME_WITHIN = timedelta(days=1)
_LEFT = re.compile(
    r"(?:^|[\s,。;!])(?:请?(?:联系我?|找我|回电|回我)|我的?|本人)?(?:电话|手机号?|联系方式)?[:是\s]*(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}-?\d{7,8})"
)
"""A phone that is left for others to call back."""
_PASSED_ON = re.compile(r"[打拨问]|找他|找她|联系[他她物]|客服|热线|[?？]|推荐|师傅(?:的|电)|谁")
COMPLAINT = 18
"""Characters of a complaint with a phone of eleven."""
_TOLD_TO_BOT = 0.5
"""How likely a need must be, if it had been told the bot, where somebody left a phone with it."""
_MAYBE_DANGER = frozenset(
    {"none", "acknowledge", "help", "ask_human", "check_in", "track_need", "urge_need", "update_need", "accept_need"}
)


def plainly_needed(ctx: Context) -> bool:
    """Danger told to the bot however it reads; a complaint with a phone to call back, told to nobody in particular."""
    if ctx.reading.intent == "report_need" or ctx.reading.quote or ctx.log or not ctx.text:
        return False
    if ctx.addressed:
        return ctx.reading.intent in _MAYBE_DANGER and bool(needs.deadlines.danger_in(ctx.text))
    return _complains(ctx)


@handler(
    "report_need",
    intents=("report_need",),
    when=plainly_needed,
    overhear=True,
    title="报诉求",
    examples=("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781", "我们想招两个电工，请帮忙对接一下"),
)
def report_need(ctx: Context) -> str:
    """Record the need, answer with its number, dispatch it or ask for the missing phone."""
    if ctx.reading.intent != "report_need" and "slots" not in ctx.args:
        ctx.args["slots"] = dict(ctx.reread(ctx.message, ctx.role, "report_need").slots)
    again = needs.same_again(ctx.conn, ctx.person.id, ctx.wording, ctx.now - SAME_WITHIN)
    if again:
        return f"这件事已经登记为诉求{again.id}号（{needs.STATES[again.state]}），不用重复报，我会继续跟进。"
    phone = ctx.slots.get("phone") or ctx.person.phone
    danger = needs.deadlines.danger_in(ctx.said)
    if phone and not ctx.person.phone:  # so that the next need does not ask for it again
        people.set_phone(ctx.conn, ctx.person.id, phone)
    urgent = bool(ctx.slots.get("urgent")) or danger is not None
    need = needs.report(
        ctx.conn,
        by(ctx),
        category=ctx.slots.get("category") or needs.FALLBACK,
        text=ctx.wording,
        chat_id=ctx.chat.id,
        place=ctx.slots.get("place"),
        company=ctx.slots.get("company") or ctx.person.company,
        phone=phone,
        contact=slots.contact_name(ctx.said),
        urgent=urgent,
    )
    attachments.gather(ctx.conn, need.id, ctx.message, ctx.reading.quote.name if ctx.reading.quote else None)
    if phone or urgent:
        need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    receipt = _receipt(ctx, need, phone, danger)
    known = {"need": str(need.id), "text": need.text, "place": need.place, "after": ctx.message.id}
    ctx.ask("need_more", "words", known, within=talk.BREATH)
    return receipt


def _receipt(ctx: Context, need: Need, phone: str | None, danger: str | None) -> str:
    """The number, whom to call at once, who comes until when, the phone that is missing: in this order."""
    text = f"已登记{title(need)}" + (f"，{danger}！" if danger else "")
    if need.state == "dispatched":
        text += f"{'' if danger else '，'}已派给{service_group(need)}，{respond_by(need)}前会有人联系您。"
    else:
        text += "。"
    if phone:
        return text + (f"联系电话{mask(phone)}。" if ctx.slots.get("phone") else "")
    ctx.ask("need_contact", "phone", {"need": str(need.id), "after": ctx.message.id}, within=timedelta(days=1))
    return text + "请留个联系电话，方便经办人找您（也可以私聊发我）。"


def without_phone(ctx: Context) -> str | None:
    """取消, when asked for the phone: it is not the need that is cancelled. Silence where others spoke meanwhile."""
    number = ctx.args["need"]
    if not topic.follows(ctx, int(ctx.args.get("after", 0))):
        return None
    return f"好的，不留电话也行，诉求{number}号照样办。不用办了请回复「撤回{number}号」。"


def read_phone(ctx: Context, text: str) -> str | None:
    """The phone; None where it comes with a complaint of its own, about something else than the need that lacks one."""
    phone = slots.phone(text)
    if phone is None or not _complains(ctx):
        return phone
    need = read_need(ctx, str(ctx.args["need"]))
    return phone if need is None or topic.shares_topic(text, need.text) else None


def _complains(ctx: Context) -> bool:
    """Whether a message with a phone, had it been told the bot, is a need."""
    if not _LEFT.search(ctx.text) or _PASSED_ON.search(ctx.text):
        return False
    told = ctx.reread(replace(ctx.message, mentioned=True), ctx.role, "")
    return told.intent == "report_need" and told.confidence >= _TOLD_TO_BOT and len(ctx.text) >= COMPLAINT


@handler(
    "need_contact",
    slots=(Slot("phone", read_phone, on_cancel=without_phone), Slot("need", read_need)),
)
def need_contact(ctx: Context, phone: str, need: Need) -> str:
    """The phone that was missing: put it on the need, then dispatch."""
    contact = slots.contact_name(ctx.text)
    people.set_phone(ctx.conn, ctx.person.id, phone)
    if need.state == "reported":
        for other in needs.of_reporter(ctx.conn, ctx.person.id, ("reported",)):  # each asked, and one answer is enough
            changed = needs.change(ctx.conn, other.id, "contact", by(ctx), phone=phone, contact=contact)
            dispatched = dispatch(ctx.conn, ctx.voice, changed, by(ctx))
            need = dispatched if other.id == need.id else need
        return (
            f"收到，诉求{need.id}号的联系电话是{mask(phone)}，已派给{service_group(need)}，"
            f"{respond_by(need)}前会有人联系您。"
        )
    needs.add_contact(ctx.conn, need.id, by(ctx), phone, contact)
    return f"收到，诉求{need.id}号的联系电话是{mask(phone)}，只给经办人看。"
