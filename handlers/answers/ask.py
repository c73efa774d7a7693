"""问政策: answer with the source, offer close readings by number, or pass the question on to a person."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import answers, talk
from bot.domain.activities import lookup, names
from bot.domain.needs import FALLBACK
from bot.domain.people import HANDLER, STAFF
from bot.notices.answers import hand_over, out_of_force, told, words
from knowledge.faq import Entry
from knowledge.faq.question import is_bare
from knowledge.normalize import clean

PLAIN = 5
"""Characters of a question that is offered close readings where nobody asked the bot: not 多少钱."""
_POLICY = re.compile(
    r"证|照|政策|补[贴助缴交]|申[请报领]|[社医]保|保险|公积金|税|贷款|贴息|落户|户[口籍]|居住|入学|学区|积分入|备案|年[审检报]|许可"
    r"|资质|职称|人才|退休|养老|工伤|生育|产假|失业|劳动|工资|仲裁|合同|律师|法律|起诉|注册|注销|登记|报销|缴费|党费|党员|组织关系"
    r"|转正|支部|退[伍役]|低保|救助|残疾|优惠|减免|免费|发票|消防|环评|审批|手续|流程|窗口|街道|社区|规定|标准|资格|条件"
)
"""What a question is about that is passed on to people though nobody asked the bot: not 需要带笔记本吗."""
_MAY_COME = re.compile(
    r"(?:能|可以)(?:一起|也)?(?:去|来|参加|带\S{0,4})(?:吗|么|嘛|不)|(?:能不能|可不可以)(?:一起)?(?:去|来|参加)"
)
WHICH_ACTIVITY = "是问哪项活动能不能参加吗？请带上活动名字再说一次；要问组织者请说「转人工」。"
GOES_ON = timedelta(minutes=10)
"""How long 要什么材料 is about what was asked before."""
MISREAD = ("none", "help", "ask_human", "seek_resource")
"""What a question that names no matter is mistaken for."""
SURELY = 0.8
_ASKS = re.compile(
    r"怎|咋|如何|多少|几[天年个月次]|什么|啥|哪|多[久长]|谁|能不能|可不可以|要不要|吗|么|材料|手续|流程|条件"
)
UNSETTLED = ("expired", "not_yet_in_force", "low_confidence")


def names_no_activity(ctx: Context) -> bool:
    """Whether what reads as a question about activities is one that the base surely answers: it names none here."""
    surely = ctx.answer is not None and ctx.answer.id is not None
    if ctx.reading.intent != "query_activities" or not surely or "活动" in ctx.said:
        return False
    called = str(ctx.slots.get("activity") or "")
    return not names.named(ctx.said, lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now), called)


def is_vague(ctx: Context) -> bool:
    """Whether the bot is asked something that names no matter, and that is not surely read as anything else."""
    if not ctx.addressed or ctx.log or ctx.reading.quote or not (_ASKS.search(ctx.text) and is_bare(ctx.text)):
        return False
    read = ctx.reading
    return read.intent == "ask_policy" or (read.intent in MISREAD and read.confidence < SURELY)


def asked_before(ctx: Context) -> str:
    """The question of the same person that a bare one goes on from; empty where there was none lately."""
    rows = talk.before(ctx.conn, ctx.message, GOES_ON)[::-1]
    asked = (clean(row.text).text for row in rows if talk.became(ctx.conn, row.id)[0] == "ask_policy")
    return next((text for text in asked if not is_bare(text)), "")


def of_topic(ctx: Context) -> str | None:
    """The reply to a bare question: about what was asked before, else the question what it is about."""
    topic = asked_before(ctx) if ctx.addressed else ""
    found = ctx.faq.search(f"{topic} {ctx.text}", ctx.now) if topic else None
    if found and found.id:
        return told(ctx.faq.entry(found.id), ctx.now)
    if found and found.why in ("near_tie", "unsure"):
        return f"您想问的是哪一个？请回复数字：\n{choice(ctx, found.offer)}"
    return "您问的是哪件事？请说全一点，例如「生育津贴怎么领」。" if ctx.addressed else None


@handler(
    "ask_policy",
    intents=("ask_policy",),
    when=lambda ctx: is_vague(ctx) or names_no_activity(ctx),
    overhear=True,
    title="问政策",
    examples=("生育津贴怎么领", "@小红 公司拖欠工资怎么办"),
)
def ask_policy(ctx: Context) -> str | None:
    """Answer what the base surely knows; never invent. What people ask each other and the base knows not is talk."""
    found = ctx.answer
    if is_vague(ctx) or (found and found.why == "no_subject"):
        return of_topic(ctx)
    if found and found.id:
        return told(ctx.faq.entry(found.id), ctx.now)
    if found and found.why in UNSETTLED:
        return for_reference(ctx, ctx.faq.entry(found.offer[0]))
    if _MAY_COME.search(ctx.said) and not _POLICY.search(ctx.said):
        return WHICH_ACTIVITY if ctx.addressed else None
    plain = len(ctx.text) >= PLAIN and _POLICY.search(ctx.said)
    if found and found.offer and found.why != "no_match" and (ctx.addressed or plain):
        return f"您想问的是哪一个？请回复数字：\n{choice(ctx, found.offer)}\n都不是就回复「都不是」，我转给工作人员。"
    if not ctx.addressed and not _POLICY.search(ctx.said):
        return None
    passed_on = pass_on(ctx, "这个问题知识库里还没有答案")
    if found and found.offer and ctx.addressed:
        return f"{passed_on}\n相近的问答，回复数字可以先看：\n{choice(ctx, found.offer)}"
    return passed_on


def for_reference(ctx: Context, entry: Entry) -> str:
    """An answer that settles nothing: out of force, or nobody is sure of it. A person is asked as well."""
    why = out_of_force(entry, ctx.now) or "答案还没有核实"
    return f"{pass_on(ctx, f'知识库里的{why}', entry.category)}\n仅供参考：{told(entry, ctx.now)}"


def choice(ctx: Context, offer: Sequence[str]) -> str:
    """The questions to choose from, numbered; waits for the number."""
    ctx.ask("choose_policy", "choice", {"offer": ",".join(offer), "said": ctx.said, "slots": dict(ctx.slots)})
    return "\n".join(f"{number} {ctx.faq.entry(id).question}" for number, id in enumerate(offer, 1))


def pass_on(ctx: Context, why: str, category: str = "") -> str:
    """Queue the question for a person of its service group, as known or as it reads, once, and say so."""
    category = category or str(ctx.slots.get("category") or FALLBACK)
    question, new = answers.queue(
        ctx.conn, text=ctx.said, category=category, asker_id=ctx.person.id, chat_id=ctx.chat.id, now=ctx.now
    )
    if not new:
        return f"这个问题已转给{question.category}组（问题{question.id}号），还在等答复，有答复马上告诉您。"
    if question.same_as:
        return f"{why}，有人也在等这个答复（您是问题{question.id}号），有答复马上告诉您。"
    hand_over(ctx.conn, ctx.voice, question, ctx.now)
    return f"{why}，已转给{category}组（问题{question.id}号），有答复马上告诉您。"


NEITHER = re.compile(
    r"(?:以上|这些)?(?:都|全)?(?:不是|不对|没有)(?:这些|我要的|我问的|的|啊|呢)?|0|没有我要的|另外的问题"
)
PICK = re.compile(r"(?:我?(?:选|问|想问|要问))?(?:的是)?(?:第)?\s*([1-9一二三])\s*(?:个|号|条|项)?(?:吧|呢|的|啊)?")


def read_choice(ctx: Context, text: str) -> int | None:
    """The number of the question that was meant; 0 for none of them."""
    text = text.strip(" 。.!,")
    if NEITHER.fullmatch(text):
        return 0
    picked = PICK.fullmatch(text)
    number = "一二三".find(picked[1]) + 1 or int(picked[1]) if picked else 0
    return number if 0 < number <= len(str(ctx.args.get("offer", "")).split(",")) else None


@handler(
    "choose_policy",
    slots=(Slot("choice", read_choice), Slot("offer", lambda _, text: text.split(","))),
)
def choose_policy(ctx: Context, choice: int, offer: list[str]) -> str:
    """The answer to the question that was picked; what is none of them goes to a person."""
    if not choice:
        return pass_on(ctx, "好的")
    entry = ctx.faq.entry(offer[choice - 1])
    if entry.confidence == "low" or out_of_force(entry, ctx.now):
        return for_reference(ctx, entry)
    return told(entry, ctx.now)


@handler(
    "open_questions",
    commands=(r"(?:查看|看看)?(?:待答|待回复|没答|未答复?|未回复)的?(?:政策)?问题(?:清单|列表)?|问题清单",),
    roles=(HANDLER, STAFF),
    title="待答问题",
    examples=("@小红 待答问题",),
)
def open_questions(ctx: Context) -> str:
    """The questions that wait for a person."""
    waiting = [
        question
        for question in answers.waiting(ctx.conn)
        if ctx.chat.service_group is None or question.category == ctx.chat.service_group
    ]
    if not waiting:
        return "没有待答的政策问题。"
    lines = [f"{question.id}号 {question.category}：{words(question, 40)}" for question in waiting[:10]]
    more = f"\n还有{len(waiting) - 10}个。" if len(waiting) > 10 else ""
    return "待答的政策问题（回复「回复编号：答案」即可）：\n" + "\n".join(lines) + more


HANDLERS: tuple[Handler, ...] = (ask_policy, choose_policy, open_questions)
