"""诉求: report a need, take it, report progress, resolve, rate, track, urge, withdraw."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import needs, people
from bot.domain.needs import By, Need
from bot.domain.people import COMPANY, HANDLER, SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.needs import dispatch, respond_by
from knowledge import slots
from knowledge.private import mask

SAME_WITHIN = timedelta(days=1)
RATE_WITHIN = timedelta(days=7)
WORKERS = (HANDLER, STAFF, SECRETARY)
DANGER = re.compile(r"着火|起火|火灾|冒烟|煤气|燃气泄漏|漏气|被困|困在|触电|爆炸|受伤|晕倒|流血")
EMERGENCY = "如有人员危险，请先拨打119（火警、被困）或120（急救）。"


def by(ctx: Context) -> By:
    """The sender of the message as the one who acts."""
    return By(ctx.person.id, ctx.now, ctx.message.id)


def title(need: Need) -> str:
    """诉求101号（物业服务·3号楼）."""
    return f"诉求{need.id}号（{'·'.join(part for part in (need.category, need.place) if part)}）"


def name_of(ctx: Context, person_id: int | None) -> str:
    """How somebody is called; 工作人员 for nobody."""
    return people.display_name(people.get_person(ctx.conn, person_id)) if person_id else "工作人员"


# which need is meant


def read_need(ctx: Context, text: str) -> Need | None:
    """A need number in an answer."""
    number = slots.need_no(text) or (text if text.isdigit() else None)
    return needs.get(ctx.conn, int(number)) if number else None


def find_need(candidates: Callable[[Context], list[Need]]) -> Callable[[Context], Need | None]:
    """The need that the message or its quote names; else the only one that it can mean."""

    def find(ctx: Context) -> Need | None:
        number = ctx.slots.get("need_no")
        if number:
            return needs.get(ctx.conn, int(str(number)))
        possible = candidates(ctx)
        return possible[0] if len(possible) == 1 else None

    return find


def ask_need(candidates: Callable[[Context], list[Need]], verb: str) -> Callable[[Context], str]:
    """Which one? with the numbers that are possible."""

    def ask(ctx: Context) -> str:
        possible = candidates(ctx)
        if not possible:
            raise Refusal(f"没有找到可以{verb}的诉求，请写上编号，比如「101号」。")
        lines = [f"{need.id}号 {need.category}·{mask(need.text)[:16]}" for need in possible[:5]]
        return f"您要{verb}哪一件？请回复编号：\n" + "\n".join(lines)

    return ask


def which(candidates: Callable[[Context], list[Need]], verb: str) -> Slot:
    """The slot for the need that a message is about."""
    return Slot("need", read_need, ask_need(candidates, verb), find_need(candidates))


def reported_open(ctx: Context) -> list[Need]:
    """What the sender reported that is not finished."""
    return needs.of_reporter(ctx.conn, ctx.person.id, needs.OPEN)


def reported(ctx: Context) -> list[Need]:
    """What the sender reported lately: what is open, else the last one."""
    return reported_open(ctx) or needs.of_reporter(ctx.conn, ctx.person.id, list(needs.STATES))[:1]


def to_rate(ctx: Context) -> list[Need]:
    """What the sender reported that waits for a rating."""
    return needs.of_reporter(ctx.conn, ctx.person.id, ("resolved",))


def to_accept(ctx: Context) -> list[Need]:
    """What waits for a handler here."""
    waiting = ("dispatched", "reopened", "returned", "reported")
    return needs.in_chat(ctx.conn, ctx.chat.id, ctx.chat.service_group, waiting)


def in_hand(ctx: Context) -> list[Need]:
    """What the sender has accepted; else what is open here."""
    mine = needs.of_handler(ctx.conn, ctx.person.id, ("accepted", "in_progress", "reopened"))
    return mine or needs.in_chat(ctx.conn, ctx.chat.id, ctx.chat.service_group, ("dispatched", "accepted"))


# report


@handler(
    "report_need",
    intents=("report_need",),
    overhear=True,
    title="报诉求",
    examples=("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781", "我们想招两个电工，请帮忙对接一下"),
)
def report_need(ctx: Context) -> str:
    """Record the need, answer with its number, dispatch it or ask for the missing phone."""
    again = needs.same_again(ctx.conn, ctx.person.id, ctx.said, ctx.now - SAME_WITHIN)
    if again:
        return f"这件事已经登记为诉求{again.id}号（{needs.STATES[again.state]}），不用重复报，我会继续跟进。"
    phone = ctx.slots.get("phone") or ctx.person.phone
    urgent = bool(ctx.slots.get("urgent")) or bool(DANGER.search(ctx.said))
    need = needs.report(
        ctx.conn,
        by(ctx),
        category=ctx.slots.get("category") or needs.FALLBACK,
        text=ctx.said,
        chat_id=ctx.chat.id,
        place=ctx.slots.get("place"),
        company=ctx.slots.get("company") or ctx.person.company,
        phone=phone,
        contact=slots.contact_name(ctx.said),
        urgent=urgent,
    )
    if phone or urgent:
        need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    return "".join((_receipt(ctx, need, phone), EMERGENCY if DANGER.search(ctx.said) else ""))


def _receipt(ctx: Context, need: Need, phone: str | None) -> str:
    text = f"已登记{title(need)}"
    if need.state == "dispatched":
        text += f"，已派给{service_group(need)}，{respond_by(need)}前会有人联系您。"
    else:
        text += "。"
    if phone:
        return text + (f"联系电话{mask(phone)}。" if ctx.slots.get("phone") else "")
    ctx.ask("need_contact", "phone", {"need": str(need.id)}, within=timedelta(days=1))
    return text + "请留个联系电话，方便经办人找您（也可以私聊发我）。"


@handler(
    "need_contact",
    slots=(Slot("phone", lambda _, text: slots.phone(text)), Slot("need", read_need)),
)
def need_contact(ctx: Context, phone: str, need: Need) -> str:
    """The phone that was missing: put it on the need, then dispatch."""
    contact = slots.contact_name(ctx.text)
    people.set_phone(ctx.conn, ctx.person.id, phone)
    if need.state == "reported":
        needs.change(ctx.conn, need.id, "contact", by(ctx), phone=phone, contact=contact)
        need = dispatch(ctx.conn, ctx.voice, needs.get(ctx.conn, need.id), by(ctx))
        return (
            f"收到，诉求{need.id}号的联系电话是{mask(phone)}，已派给{service_group(need)}，"
            f"{respond_by(need)}前会有人联系您。"
        )
    needs.add_contact(ctx.conn, need.id, by(ctx), phone, contact)
    return f"收到，诉求{need.id}号的联系电话是{mask(phone)}，只给经办人看。"


def service_group(need: Need) -> str:
    """物业服务 → 物业服务组."""
    return f"{need.category}组"


# handle


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
    need = needs.accept(ctx.conn, need.id, by(ctx), mask(ctx.text))
    give_contact(ctx, need)
    me = people.display_name(ctx.person)
    tell_reporter(ctx, need, f"诉求{need.id}号已由{me}接单，正在联系处理。")
    return f"已记录：诉求{need.id}号由{me}接单，联系方式已私发。办理中请回复进展，办完回复「{need.id}号办结」。"


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
    note = mask(ctx.said)
    needs.progress(ctx.conn, need.id, by(ctx), note)
    tell_reporter(ctx, need, f"诉求{need.id}号有进展：{note[:120]}")
    return f"诉求{need.id}号进展已记录，已告知报事人。"


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
    needs.resolve(ctx.conn, need.id, by(ctx), mask(ctx.said))
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


# rate


@handler(
    "rate_answer",
    slots=(Slot("rating", lambda _, text: read_rating(text)), Slot("need", read_need)),
)
def rate_answer(ctx: Context, rating: str, need: Need) -> str:
    """The answer to the question that followed the resolution."""
    return record_rating(ctx, need, rating)


def read_rating(text: str) -> str | None:
    """A rating, where the text is short enough to be an answer and no talk about something else."""
    return slots.rating(text) if len(text) <= 60 else None


@handler(
    "rate_need",
    intents=("rate_need",),
    overhear=True,
    title="评价",
    slots=(
        Slot("need", read_need, find=find_need(to_rate)),
        Slot("rating", lambda _, text: slots.rating(text), find=lambda ctx: ctx.slots.get("rating")),
    ),
    examples=("101号满意", "101号不满意，今早又坏了"),
)
def rate_need(ctx: Context, need: Need | None, rating: str | None) -> str | None:
    """A rating out of the blue: the reporter's counts, anybody else's is passed over in silence."""
    if need is None or need.reporter_id != ctx.person.id:
        if ctx.addressed:
            raise Refusal(f"只有诉求{need.id}号的报事人可以评价。" if need else "没有找到等您评价的诉求。")
        return None
    if rating is None:
        ctx.ask("rate_answer", "rating", {"need": str(need.id)}, within=RATE_WITHIN)
        return f"请评价诉求{need.id}号：满意 / 一般 / 不满意"
    return record_rating(ctx, need, rating)


def record_rating(ctx: Context, need: Need, rating: str) -> str:
    """Store the rating; dissatisfied starts the work again and goes up a level."""
    note = mask(ctx.text)
    need = needs.rate(ctx.conn, need.id, by(ctx), rating, note)
    if rating != "dissatisfied":
        return f"谢谢您的评价，诉求{need.id}号已关闭。"
    text = f"诉求{need.id}号评价不满意，需重办：{note[:80]}（{needs.LEVELS[need.level]}跟进）"
    if need.handler_id:
        ctx.tell_person(need.handler_id, text)
    for person_id in people.holders(ctx.conn, STAFF):
        ctx.tell_person(person_id, text)
    if need.state != "reopened":
        return f"很抱歉没有办好。诉求{need.id}号已重办{need.reopened}次，现转{needs.LEVELS[need.level]}专人跟进。"
    return f"很抱歉没有办好。诉求{need.id}号已重新办理，并上报{needs.LEVELS[need.level]}跟进，请放心。"


# follow


@handler(
    "track_need",
    intents=("track_need",),
    overhear=True,
    title="查进度",
    slots=(which(reported, "查"),),
    examples=("101号办到哪了", "进度 101"),
)
def track_need(ctx: Context, need: Need) -> str:
    """Where the need stands. Anybody may ask; nothing about the reporter is told."""
    text = f"诉求{need.id}号（{need.category}）：{needs.STATES[need.state]}"
    if need.handler_id:
        text += f"，经办人{name_of(ctx, need.handler_id)}"
    notes = [event for event in needs.events(ctx.conn, need.id) if event.kind in ("progress", "resolved")]
    if notes:
        last = notes[-1]
        text += f"。{local(last.at):%m月%d日%H:%M}：{last.note[:100]}"
    elif need.state in ("dispatched", "reported"):
        text += f"，{respond_by(need)}前响应"
    return text + "。"


@handler(
    "urge_need",
    intents=("urge_need",),
    overhear=True,
    title="催办",
    slots=(which(reported_open, "催办"),),
    examples=("催一下101号",),
)
def urge_need(ctx: Context, need: Need) -> str:
    """Pass the urging on, at most once in four hours."""
    last = needs.last_event(ctx.conn, need.id, "urged")
    if last and ctx.now - last < timedelta(hours=4):
        return f"诉求{need.id}号刚催过，经办人已收到提醒，请稍候。"
    needs.change(ctx.conn, need.id, "urged", by(ctx), mask(ctx.said))
    text = f"【催办】诉求{need.id}号：{mask(ctx.said)[:80]}"
    chat = people.handlers_chat(ctx.conn, need.category, ctx.channel)
    if need.handler_id:
        ctx.tell_person(need.handler_id, text)
    elif chat:
        ctx.tell_chat(chat, text)
    who = name_of(ctx, need.handler_id) if need.handler_id else service_group(need)
    return f"已向{who}催办诉求{need.id}号，有进展马上告诉您。"


@handler(
    "withdraw_need",
    intents=("withdraw_need",),
    overhear=True,
    title="撤回诉求",
    slots=(which(reported_open, "撤回"),),
    examples=("101号不用了，撤回吧",),
)
def withdraw_need(ctx: Context, need: Need) -> str:
    """Only the reporter (or staff) takes a need back; who handles it is told."""
    if need.reporter_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"只有诉求{need.id}号的报事人可以撤回。")
    needs.change(ctx.conn, need.id, "withdrawn", by(ctx), mask(ctx.said))
    if need.handler_id:
        ctx.tell_person(need.handler_id, f"诉求{need.id}号已由报事人撤回，不用再办。")
    return f"诉求{need.id}号已撤回。"


NUMBER = r"[#＃第]?(?P<number>\d{1,9})\s*号?\s*(?:诉求|单子|单|工单)?"


@handler(
    "need_phone",
    commands=(
        rf"(?:麻烦|请|帮忙)?(?:把|给我|查下|查一下|要|问下)?\s*(?:诉求)?{NUMBER}.{{0,12}}(?:电话|联系方式|手机号?).{{0,10}}",
        rf"(?:电话|联系方式)\s*{NUMBER}",
    ),
    title="要联系方式",
    examples=("@小红 把101号的电话发一下",),
)
def need_phone(ctx: Context) -> str:
    """The full contact, in private, to the one who handles the need or to staff; to nobody else."""
    need = numbered(ctx)
    if ctx.person.id == need.handler_id or ctx.role == STAFF:
        give_contact(ctx, need)
        return f"诉求{need.id}号的联系方式已私发给您。"
    return f"诉求{need.id}号：{needs.STATES[need.state]}。报事人信息只提供给接单的经办人。"


@handler(
    "need_detail",
    commands=(rf"(?:查看|看下|看一下)?\s*(?:诉求)?{NUMBER}\s*(?:的)?(?:详情|明细|详细情况)",),
    roles=WORKERS,
    title="诉求详情",
    examples=("101号详情",),
)
def need_detail(ctx: Context) -> str:
    """The whole record, in private; the view is logged."""
    need = numbered(ctx)
    needs.note_access(ctx.conn, need.id, by(ctx))
    text = record(ctx, need)
    if ctx.chat.private:
        return text
    ctx.tell_person(ctx.person.id, text)
    return f"诉求{need.id}号详情已私发给您。"


def numbered(ctx: Context) -> Need:
    """The need that the command names."""
    assert ctx.command is not None
    return needs.get(ctx.conn, int(ctx.command["number"]))


def record(ctx: Context, need: Need) -> str:
    """A need with its history, for those who may read everything."""
    lines = [
        f"诉求{need.id}号 {need.category} · {needs.STATES[need.state]} · {needs.LEVELS[need.level]}",
        f"内容：{need.text[:500]}",
        f"报事人：{name_of(ctx, need.reporter_id)} {need.company or ''} {need.phone or '未留电话'}",
        f"经办人：{name_of(ctx, need.handler_id) if need.handler_id else '未接单'}",
    ]
    return "\n".join(lines + [_event_line(ctx, event) for event in needs.events(ctx.conn, need.id)])


EVENTS = {
    "created": "登记",
    "contact": "补充联系方式",
    "dispatched": "派单",
    "accepted": "接单",
    "progress": "进展",
    "resolved": "办结",
    "rated": "评价",
    "reopened": "重办",
    "returned": "退单",
    "withdrawn": "撤回",
    "urged": "催办",
    "escalated": "升级",
}


def _event_line(ctx: Context, event: Any) -> str:
    who = name_of(ctx, event.actor_id) if event.actor_id else "系统"
    return f"{local(event.at):%m-%d %H:%M} {EVENTS.get(event.kind, event.kind)} {who} {event.note[:60]}".rstrip()


HANDLERS: tuple[Handler, ...] = (
    report_need,
    need_contact,
    accept_need,
    update_need,
    resolve_need,
    rate_answer,
    rate_need,
    track_need,
    urge_need,
    withdraw_need,
    need_phone,
    need_detail,
)
