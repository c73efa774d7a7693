"""报诉求: record a need, ask for the missing phone, dispatch."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.capability import Context, Slot, handler
from bot.domain import attachments, needs, people, talk
from bot.domain.needs import Need
from bot.notices.needs import dispatch, respond_by, service_group
from handlers.needs import topic
from handlers.needs.where import in_digits
from handlers.needs.which import by, read_need, reported_open, title
from knowledge import slots
from knowledge.private import mask

SAME_WITHIN = timedelta(days=1)
WHERE = "请马上说一下在哪栋楼、几层。"
_LEFT = re.compile(
    r"(?:^|[\s,。;!])(?:请?(?:联系我?|找我|回电|回我)|我的?|本人)?(?:电话|手机号?|联系方式)?[:是\s]*(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}-?\d{7,8})"
)
"""A phone that is left for others to call back."""
_PASSED_ON = re.compile(r"[打拨问]|找他|找她|联系[他她物]|客服|热线|[?？]|推荐|师傅(?:的|电)|谁")
_BROKEN = re.compile(
    r"(?:坏|堵|塌|裂|破|断|停)(?:死|住|开|掉|得?厉害|得?严重)?了|漏[水电雨油]|停[水电]|断[电网]|跳闸|失灵|[冒返反积]水"
    r"|(?:空调|暖气|地暖)[^,。]{0,4}不[凉冷热暖]|不(?:亮|制冷|制热|出水|转了|好使|能用)|(?<!打)不通|[打关用](?:不开|不上|不了)|没(?:电|水|信号|网|反应)了?|出(?:了)?故障|脱落|掉下来|卡[死住]|短路|死机"
)
"""Said of a thing that needs repair."""
_NOT_BROKEN_HERE = re.compile(
    r"[?？吗呢]|昨|前[天几]|上[周次个]|去年|以前|当时|那次|听说|谁|[修弄换]好|好了|恢复|正常|解决|专业|承接|上门|优惠|低价|收购|回收|转让|出[售租]|维修(?:公司|部|店|中心)"
    r"|[找包免]修|手机|微信|屏幕|新号|换号|号码|生意|车(?![库位道棚场闸])"
)
"""Of the past, of what is mended, of what is one's own, or somebody's trade."""
_WANTS_REPAIR = re.compile(
    r"(?:找|叫|派|请|安排|来)(?:个|一?位|几个)?(?:人|师傅|工人|工程师)[^,。?]{0,4}(?:维修|检修|抢修|疏通|修(?![改订行])|通(?:下水|马桶|管)|换(?:灯|锁|水|门|管))"
)
"""Somebody to repair something is a need, not a wish to talk to people."""
_HAPPENS = re.compile(r"有(?:一?[股个点]|人|$)|一股|在冒|好[大浓]")
LONGEST = 60
"""Characters that say what is broken and whom to call; an advertisement or a story has more."""
COMPLAINT = 18
"""Characters of a complaint with a phone of eleven."""
_TOLD_TO_BOT = 0.5
"""How likely a need must be, if it had been told the bot, where somebody left a phone with it."""
_OF_KNOWN = frozenset({"urge_need", "update_need", "track_need", "join_need"})
"""What is said of needs that are known."""
MAYBE_DANGER = frozenset(
    {"none", "acknowledge", "help", "ask_human", "check_in", "track_need", "urge_need", "update_need", "accept_need"}
)
"""How danger may be read that is told to the bot."""


def plainly_needed(ctx: Context) -> bool:
    """A complaint with a phone to call back, told to anybody; danger or a wish for repair, told to the bot."""
    if ctx.reading.intent == "report_need" or ctx.reading.quote or ctx.log or not ctx.text:
        return False
    if not ctx.addressed:
        return _complains(ctx)
    if ctx.reading.intent in ("ask_human", "seek_resource") and _WANTS_REPAIR.search(ctx.text):
        return True
    if ctx.reading.intent in _OF_KNOWN and _breaks_elsewhere(ctx):
        return True
    if ctx.reading.intent == "none" and _BROKEN.search(ctx.text) and just_reported(ctx) and _breaks_elsewhere(ctx):
        return True
    return ctx.reading.intent in MAYBE_DANGER and (
        needs.deadlines.danger_in(ctx.text) is not None or _is_broken(ctx.text)
    )


def _breaks_elsewhere(ctx: Context) -> bool:
    """再加一个，2号楼客梯也坏了: broken at a place that none of the sender's needs has."""
    if not _BROKEN.search(ctx.text) or _NOT_BROKEN_HERE.search(ctx.text) or slots.need_no(ctx.text):
        return False
    place = in_digits(str(ctx.reread(ctx.message, ctx.role, "report_need").slots.get("place") or ""))
    known = (in_digits(need.text) for need in reported_open(ctx))
    return bool(place) and all(place not in text for text in known)


def just_reported(ctx: Context) -> Need | None:
    """What the sender reported here last, in one breath with the message."""
    item = talk.last_item(ctx.conn, ctx.person.id, ctx.chat.id, ctx.now - talk.BREATH, ctx.now)
    return needs.find(ctx.conn, item.id) if item and item.kind == talk.NEED else None


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
    dangers = needs.deadlines.dangers_in(ctx.said)
    danger = next(iter(dangers), None)
    place = ctx.slots.get("place")
    if danger and place:  # 二楼有股煤, as it is torn out of 煤气味
        place = _HAPPENS.split(str(place))[0]
    before = just_reported(ctx) if danger and not place else None  # 冒烟了, where it leaks
    if phone and not ctx.person.phone:  # so that the next need does not ask for it again
        people.set_phone(ctx.conn, ctx.person.id, phone)
    urgent = bool(ctx.slots.get("urgent")) or danger is not None
    need = needs.report(
        ctx.conn,
        by(ctx),
        category=dangers[danger] if danger else ctx.slots.get("category") or needs.FALLBACK,
        text=f"{ctx.wording}；接着刚报的{before.id}号" if before else ctx.wording,
        chat_id=ctx.chat.id,
        place=before.place if before else place,
        company=ctx.slots.get("company") or ctx.person.company,
        phone=phone,
        contact=slots.contact_name(ctx.said),
        urgent=urgent,
    )
    attachments.gather(ctx.conn, need.id, ctx.message, ctx.reading.quote.name if ctx.reading.quote else None)
    if phone or urgent:
        need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    where = _asks_where(need, before) if danger and dangers[danger] == needs.deadlines.GUARDS else ""
    receipt = _receipt(ctx, need, phone, danger, where)
    known = {"need": str(need.id), "text": need.text, "place": need.place, "after": ctx.message.id}
    ctx.ask("need_more", "words", known, within=talk.BREATH)
    return receipt


def _asks_where(need: Need, before: Need | None) -> str:
    """Where people are in danger: asked for, and whether it is where they told of something just before."""
    if need.place is None:
        return WHERE
    return f"是在{need.place}吗？不是的话请马上说一下在哪。" if before else ""


def _receipt(ctx: Context, need: Need, phone: str | None, danger: str | None, where: str) -> str:
    """Whom to call at once, the number, who comes until when, the place and the phone that are missing: in order."""
    text = (f"{danger}！" if danger else "") + f"已登记{title(need)}"
    if need.state == "dispatched":
        text += f"，已派给{service_group(need)}，{respond_by(need)}前会有人联系您。"
    else:
        text += "。"
    text += where
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
    need = read_need(ctx, str(ctx.args["need"])) if phone else None
    if need is None or need.state not in (*needs.OPEN, "resolved"):
        return None
    if set(needs.deadlines.dangers_in(text)) - set(needs.deadlines.dangers_in(need.text)):
        return None
    return phone if not _complains(ctx) or topic.shares_topic(text, need.text) else None


def _is_broken(text: str) -> bool:
    """Whether a text says that something is broken, and leaves a phone: nobody does both in passing."""
    broken = _LEFT.search(text) and _BROKEN.search(text) and slots.need_no(text) is None
    return bool(broken) and not (_PASSED_ON.search(text) or _NOT_BROKEN_HERE.search(text)) and len(text) <= LONGEST


def _complains(ctx: Context) -> bool:
    """Whether a message with a phone says what is broken or, had it been told the bot, is a need."""
    if _is_broken(ctx.text):
        return True
    if not _LEFT.search(ctx.text) or _PASSED_ON.search(ctx.text):
        return False
    told = ctx.reread(replace(ctx.message, mentioned=True), ctx.role, "")
    return told.intent == "report_need" and told.confidence >= _TOLD_TO_BOT and len(ctx.text) >= COMPLAINT


@handler(
    "need_contact",
    slots=(Slot("phone", read_phone, hears_danger=True, on_cancel=without_phone), Slot("need", read_need)),
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
