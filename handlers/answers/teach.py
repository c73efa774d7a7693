"""教知识: staff put questions with their answers into the knowledge base, look them up and correct them."""

import re
from datetime import date

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import answers
from bot.domain.needs import CATEGORIES, FALLBACK
from bot.domain.people import HANDLER, STAFF
from bot.errors import Refusal
from bot.notices.answers import in_full
from knowledge.faq import Entry
from knowledge.faq.contradictions import contradictions
from knowledge.private import mask

HOW = "请这样写：「教：问题？答：答案」，比如「教：党费什么时候交？答：每月25日前交到支部」。"
TEACH = re.compile(r"教(?:你)?\s*(?:[(（](?P<category>[^)）]{2,6})[)）])?\s*[:：]\s*")
PAIR = re.compile(
    r"(?:问题?\s*[:：]\s*)?(?P<question>.+?)[\s,，;；。]*(?:答案?|回答)\s*[:：]\s*(?P<answer>.+)", re.DOTALL
)
TERMS = re.compile(
    r"[\s,;]*(?:依据[:：\s]*(?P<source>.{2,80}?))?[\s,，;；]*"
    r"(?:有效期?(?:至|到)[:：\s]*(?P<until>长期|\d{4}[-.年]\d{1,2}[-.月]\d{1,2})日?)?[\s,，;；。.]*"
)
_AT_THE_END = re.compile(r"\s*[（(](?P<terms>(?:依据|有效期?[至到])[^（(]{1,160})[）)]\s*$")


@handler(
    "teach",
    commands=(r"教(?:你)?\s*(?:\([^)]{2,6}\))?\s*:.+",),
    roles=(STAFF,),
    title="教知识",
    examples=("教：换工作期间漏交的党费在哪补？答：由组织关系所在支部补收",),
)
def teach(ctx: Context) -> str:
    """Store an entry, live at once, and read it back."""
    typed = ctx.message.text if ctx.reading.quote is None else ctx.text
    begin = TEACH.search(typed)
    pair = PAIR.fullmatch(typed[begin.end() :].strip()) if begin else None
    if begin is None or pair is None:
        raise Refusal(HOW)
    question, (answer, source, until) = mask(pair["question"].strip()), with_terms(ctx, pair["answer"].strip())
    entry = answers.new_entry(
        ctx.conn,
        question=question,
        answer=answer,
        category=category_of(ctx, begin["category"] or "", question, answer),
        author=ctx.person,
        today=local(ctx.now).date(),
        until=until,
        source=source,
    )
    answers.teach(ctx.conn, entry, ctx.person.id, ctx.now)
    stored = f"已存为知识（{entry.id}），即刻可查。{doubts(ctx, entry)}"
    return f"{stored}\n{read_back(ctx, entry)}\n要改请发「改答 {entry.id}：新答案」。"


def with_terms(ctx: Context, text: str) -> tuple[str, str, date | None]:
    """An answer without what stands in brackets at its end: what it rests on, and how long it holds."""
    found = _AT_THE_END.search(text)
    terms = TERMS.fullmatch(found["terms"]) if found else None
    if found is None or terms is None:
        return text, "", None
    until = stated_day(terms["until"])
    if until and until < local(ctx.now).date():
        raise Refusal(f"有效期至 {until}，已经过了，请核对。")
    return text[: found.start()], terms["source"] or "", None if until == date.max else until


def stated_day(text: str | None) -> date | None:
    """The day that is stated; date.max for 长期, None for none. Raises Refusal for a day that does not exist."""
    if text is None or text == "长期":
        return date.max if text else None
    try:
        return date(*map(int, re.findall(r"\d+", text)))
    except ValueError as error:
        raise Refusal(f"没有{text}这一天，请核对有效期。") from error


def doubts(ctx: Context, entry: Entry) -> str:
    """What does not fit with the entries nearest to it, for staff to settle."""
    near = [ctx.faq.entry(id) for id in ctx.faq.search(entry.question).candidates if id != entry.id]
    found = [one for one in contradictions([*near, entry]) if entry.id in one.ids]
    return "".join(f"\n可能与 {one.ids[one.ids[0] == entry.id]} 矛盾：{one.what}，请核对。" for one in found)


def read_back(ctx: Context, entry: Entry) -> str:
    """An entry as it stands."""
    return f"【{entry.category}】问：{entry.question}\n答：{in_full(entry, ctx.now)}"


def category_of(ctx: Context, stated: str, question: str, answer: str) -> str:
    """The service group of a taught entry: as stated, as of the queued question it settles, as it reads, as its
    nearest neighbour's.
    """
    named = next((category for category in CATEGORIES if stated and category.startswith(stated[:2])), None)
    settled = next((queued.category for queued in answers.asked_for(ctx.conn, question, answer)), None)
    if category := named or settled or ctx.slots.get("category"):
        return str(category)
    near = ctx.faq.search(question).candidates
    return ctx.faq.entry(near[0]).category if near else FALLBACK


ID = r"(?P<id>[A-Za-z][A-Za-z0-9-]{1,60})"


@handler(
    "correct_answer",
    commands=(rf"改答\s*{ID}\s*[:\s]\s*(?P<answer>.+)",),
    roles=(STAFF,),
    title="改答案",
    examples=("改答 local-1：由现支部补收",),
)
def correct_answer(ctx: Context) -> str:
    """Put a new answer in the place of an old one."""
    assert ctx.command is not None
    entry = _entry(ctx, ctx.command["id"])
    typed = re.search(r"改答\s*[\w-]+\s*[:：\s]\s*", ctx.message.text) if ctx.reading.quote is None else None
    answer = (ctx.message.text[typed.end() :] if typed else ctx.command["answer"]).strip()
    answer, source, until = with_terms(ctx, answer)
    today = local(ctx.now).date()
    changed = answers.correct(ctx.conn, entry, answer, ctx.person, ctx.now, today, until=until, source=source)
    return f"已改，即刻生效。{doubts(ctx, changed)}\n{read_back(ctx, changed)}"


@handler(
    "look_up",
    commands=(rf"知识\s*[:\s]\s*{ID}", r"(?:查)?知识(?:库)?\s*[:\s]\s*(?P<words>.{2,60})"),
    roles=(STAFF, HANDLER),
    title="查知识",
    examples=("知识 生育津贴",),
)
def look_up(ctx: Context) -> str:
    """Show an entry by its id, or the entries nearest to some words."""
    assert ctx.command is not None
    named = ctx.command.groupdict()
    if named.get("id"):
        return read_back(ctx, _entry(ctx, named["id"]))
    found = [ctx.faq.entry(id) for id in ctx.faq.search(named["words"]).candidates[:5]]
    lines = [f"{entry.id} {entry.question}" for entry in found]
    return "最接近的知识（发「知识 编号」看全文）：\n" + "\n".join(lines) if lines else "知识库还是空的。"


def _entry(ctx: Context, id: str) -> Entry:
    try:
        return ctx.faq.entry(id)
    except KeyError as missing:
        raise Refusal(f"知识库里没有{id}，可以发「知识 关键词」查编号。") from missing


HANDLERS: tuple[Handler, ...] = (teach, correct_answer, look_up)
