"""进展、办结、延期: what handlers do with a need that they have taken."""

import re

from bot.capability import Context, handler
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.domain.people import COMPANY, STAFF
from bot.errors import Refusal
from bot.notices.needs import resolve_by, tell_officers, tell_reporters
from handlers.needs import topic
from handlers.needs.extend import beyond_deadline
from handlers.needs.rate import RATE_WITHIN, record_rating
from handlers.needs.take import contact_given, noted, tell_its_desk
from handlers.needs.which import NUMBER, WORKERS, ask_sure, at_desk, by, in_hand, name_of, title, which
from knowledge.private import mask

_ANNOUNCED = re.compile(
    r"^(?:(?:诉求)?\s*\d+\s*号(?:诉求)?(?:的|有)?(?:进展|进度|最新情况)?|(?:报)?(?:进展|进度|最新情况))[:：，,\s]+(?=\S)"
)
"""What the messages about progress say themselves: 101号进展：."""


@handler(
    "update_need",
    intents=("update_need",),
    roles=(*WORKERS, COMPANY),
    overhear=True,
    title="报进展",
    slots=(which(in_hand, "报进展"),),
    examples=("101号进展：配件已下单，周四到货",),
)
def update_need(ctx: Context, need: Need) -> str | None:
    """Note progress and pass it on to the reporters. A company has a say where it took the need or a part of it."""
    need = _about(ctx, need)
    if bystander(ctx, need) or not (topic.named(ctx) or topic.at_own_desk(ctx, need) or topic.about(ctx, need)):
        return None
    note = _ANNOUNCED.sub(
        "", re.sub(rf"^(?:诉求)?\s*{need.id}(?![\d楼室房])(?:\s*号(?!楼))?[\s,，:：]*(?=\w)", "", mask(ctx.wording))
    )
    before, need = need, needs.progress(ctx.conn, need.id, by(ctx), note)
    took = before.handler_id is None and need.handler_id == ctx.person.id
    taken = f"已由{people.display_name(ctx.person)}接单，" if took else ""
    tell_reporters(ctx.conn, ctx.voice, need, f"诉求{need.id}号{taken}有进展：{note[:120]}", here=ctx.chat.id)
    done = f"诉求{need.id}号{taken}进展已记录{noted(ctx, need) or '，已告知报事人'}。"
    if beyond_deadline(ctx, need, note):
        done += f"时限仍是{resolve_by(need)}，要延请说「{need.id}号延期到…，原因」。"
    if not took:
        return done
    tell_its_desk(ctx, need)
    return done + contact_given(ctx, need)


def _about(ctx: Context, need: Need) -> Need:
    """漏水那个要等配件, at the service group's own desk: the need there that the words are about, if it is another."""
    if topic.named(ctx) or topic.about(ctx, need) or not ctx.chat.service_group:
        return need
    there = [one for one in at_desk(ctx, needs.OPEN) if topic.about(ctx, one)]
    return there[0] if len(there) == 1 else need


def bystander(ctx: Context, need: Need) -> bool:
    """A company that has nothing to do with a need, and talks of it in passing."""
    mine = need.handler_id == ctx.person.id or needs.claimed_by(ctx.conn, need.id, ctx.person.id)
    return ctx.role == COMPANY and not mine and not ctx.addressed


@handler(
    "resolve_need",
    intents=("resolve_need",),
    roles=(*WORKERS, COMPANY),
    overhear=True,
    title="办结",
    slots=(which(in_hand, "办结"),),
    examples=("101号办结，货梯已恢复运行",),
)
def resolve_need(ctx: Context, need: Need) -> str | None:
    """The handler says it is done. Overheard, the words are the need's, or at its desk of nothing else; or it is asked.

    Where the need was reported, what is said of something else is talk.
    """
    if bystander(ctx, need):
        return None
    at_desk, bare = topic.at_own_desk(ctx, need), topic.names_nothing(ctx.said)
    if topic.named(ctx) or topic.about(ctx, need) or (at_desk and bare):
        return resolve(ctx, need)
    return ask_sure(ctx, need, "resolve", f"是{title(need)}办结了吗？") if at_desk or bare else None


def resolve(ctx: Context, need: Need) -> str:
    """It is done: the reporter is asked to rate, and whoever joined is told."""
    before, need = need, needs.resolve(ctx.conn, need.id, by(ctx), mask(ctx.wording))
    if before.handler_id and before.handler_id != ctx.person.id:
        ctx.tell_person(before.handler_id, f"诉求{need.id}号由{people.display_name(ctx.person)}报了办结。")
    elif before.handler_id is None:
        tell_its_desk(ctx, need, "办结")
    where = people.get_chat(ctx.conn, need.chat_id)
    ctx.ask(
        "rate_answer",
        "rating",
        {"need": str(need.id), "asked": ctx.now.isoformat(), "after": ctx.message.id},
        person_id=need.reporter_id,
        chat=where,
        within=RATE_WITHIN,
    )
    reporter = name_of(ctx, need.reporter_id)
    question = f"诉求{need.id}号已办结，请{reporter}评价：满意 / 一般 / 不满意"
    tell_reporters(ctx.conn, ctx.voice, need, question + "，直接回复即可。", here=ctx.chat.id)
    if where.id == ctx.chat.id:
        return question + "。"
    return f"诉求{need.id}号已记为办结，已请{reporter}评价。"


# more weight


@handler(
    "mark_complex",
    commands=(
        rf"(?P<verb>疑难|复杂|加急)件?{NUMBER}(?P<rest>.*)",
        rf"{NUMBER}[,:\s]*(?:是|列为|转|按|属于)?(?P<verb>疑难|复杂|加急|紧急)件?(?P<rest>.{{0,40}})",
    ),
    roles=WORKERS,
    overhear=True,
    title="列为疑难件、加急",
    examples=("疑难 101", "加急 101"),
)
def mark_complex(ctx: Context) -> str:
    """It takes fifteen working days, with word on the way in between; or it cannot wait."""
    assert ctx.command is not None
    number, note = int(ctx.command["number"]), mask(ctx.command["rest"].strip(" ,:"))
    if "急" in ctx.command["verb"]:
        need = needs.make_urgent(ctx.conn, number, by(ctx), note)
        turn = need.handler_id or needs.officers.on_duty(ctx.conn, need)
        text = f"诉求{need.id}号已加急，{resolve_by(need)}前办结。"
        if turn and turn != ctx.person.id:
            ctx.tell_person(turn, f"【紧急】{text}")
        return text
    need = needs.make_complex(ctx.conn, number, by(ctx), note)
    text = f"诉求{need.id}号已列为疑难件，{resolve_by(need)}前办结，其间会定期反馈进展。"
    tell_reporters(ctx.conn, ctx.voice, need, text, here=ctx.chat.id)
    return text


@handler(
    "raise_need",
    commands=(rf"(?:上报|升级){NUMBER}(?P<rest>.*)", rf"{NUMBER}[,:\s]*(?:请)?(?:上报|升级)(?P<rest>.*)"),
    roles=WORKERS,
    overhear=True,
    title="上报一级",
    examples=("上报 101，我们协调不动",),
)
def raise_need(ctx: Context) -> str:
    """A level up by hand: the next office is told, privately."""
    assert ctx.command is not None
    why = mask(ctx.command["rest"].strip(" ,:"))[:80]
    need = needs.escalate(ctx.conn, int(ctx.command["number"]), by(ctx), why)
    level = needs.LEVELS[need.level]
    tell_officers(
        ctx.conn, ctx.voice, need, f"诉求{need.id}号（{need.category}）由经办人上报{level}{f'：{why}' if why else '。'}"
    )
    return f"诉求{need.id}号已上报{level}跟进。"


@handler(
    "close_need",
    commands=(rf"(?P<verb>结案|重办){NUMBER}(?P<rest>.*)", rf"{NUMBER}[,:\s]*(?P<verb>结案|重办)(?P<rest>.*)"),
    title="结案、重办",
    examples=("结案 101", "重办 101，现场又坏了"),
)
def close_need(ctx: Context) -> str:
    """The committee ends a need that was followed up, or has it done again; its reporter does so by 不满意."""
    assert ctx.command is not None
    number, note = int(ctx.command["number"]), mask(ctx.wording)
    if ctx.role != STAFF:
        return _by_reporter(ctx, needs.get(ctx.conn, number))
    if ctx.command["verb"] == "结案":
        need = needs.close(ctx.conn, number, by(ctx), note)
        return f"诉求{need.id}号已结案。"
    need = needs.reopen(ctx.conn, number, by(ctx), note)
    text = f"诉求{need.id}号需重办（{needs.LEVELS[need.level]}跟进）：{note[:80]}"
    if need.handler_id:
        ctx.tell_person(need.handler_id, text)
    tell_reporters(ctx.conn, ctx.voice, need, f"诉求{need.id}号将重新办理。", here=ctx.chat.id)
    return text


def _by_reporter(ctx: Context, need: Need) -> str:
    assert ctx.command is not None
    verb = ctx.command["verb"]
    if need.reporter_id != ctx.person.id:
        raise Refusal(f"{verb}由工作人员决定；诉求{need.id}号的报事人可以回复「{need.id}号不满意」。")
    if verb == "结案" or need.state in needs.OPEN:
        state = needs.STATES[need.state]
        raise Refusal(f"诉求{need.id}号现在是「{state}」；着急可以回复「催一下{need.id}号」，办结后再请您评价。")
    return record_rating(ctx, need, "dissatisfied")
