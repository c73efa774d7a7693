"""延期: more time for a need; what goes beyond the first is asked of the level above."""

import re
from datetime import datetime, timedelta

from bot import questions
from bot.capability import Context, Slot, handler
from bot.clock import local
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.domain.people import COMPANY
from bot.notices.needs import channel_of, moment, resolve_by, tell_reporters, where
from handlers.needs import topic
from handlers.needs.which import NUMBER, WORKERS, by, in_hand, name_of, quoted_need, read_need
from knowledge import slots, times
from knowledge.private import mask
from knowledge.times.durations import LENGTH, Length, read_length
from knowledge.workdays import first_workday

DECIDE_WITHIN = timedelta(days=3)
WHEN = "延期到哪天？比如「下周三」。"
DIGITS = {"1": True, "2": False}
_MORE = r"(?:申请|需要?|要|想)*延(?:(?:[期长后迟](?:一下|办理)?|(?=[到至]))"
_WHY_FIRST = r"(?P<why>\S[^?]{1,60}?)[,;\s]*(?<![不没别问能否])(?<!可以)"
EXTEND = (
    rf"{NUMBER}[,:\s]*{_MORE}(?P<rest>.*)|(?P<length>{LENGTH}.*))",
    rf"(?:申请)?延[期长后迟]{NUMBER}(?P<rest>.*)",
    rf"{NUMBER}[,:\s]*(?:请|麻烦|能不能|可否)?(?:再|多)*(?:给|宽限|缓)(?:我们?)?(?P<length>{LENGTH}.*)",
    rf"{NUMBER}[,:\s]*{_WHY_FIRST}(?:只能|可能|申请|需要?|要|想|得)*延[期长后迟]?(?P<rest>[到至][^?]*|{LENGTH}[^?]*)",
)
_BARE = rf"{_MORE}(?P<rest>(?:到.*|[,:\s]*{LENGTH}.*)?)|(?P<length>{LENGTH}.*))"
"""Without a number: of the need that is replied to, or the only one in hand."""
_LENGTH = re.compile(rf"[\s,:]*(?:再|多|延|大概|大约|约|还要|得)*(?P<length>{LENGTH})(?<!\d日)(?![后以之内])")
_TO_GO = re.compile(rf"(?:还[要需得]|[再需]要|得|等)(?P<length>{LENGTH})")
NO_MORE = r"(?:那|就|先|都|现在)*(?:不|不用|不要|不需要|不想|不必|别)再?延(?:[期长后迟])?[了吧啦。!]*"
_NO_REASON = re.compile(
    r"\d*|好的?|行|嗯+|哦|收到|知道了|谢谢.*|ok|(?:那|就|先)*(?:算了|不(?:用|办|弄|申请)了?|取消).*|.*[?？吗]",
    re.IGNORECASE,
)
_STILL = re.compile(r"等|才|再|还|要|缺|没货")
"""What is not done yet."""


def meant(ctx: Context) -> Need | None:
    """The need of words without a number."""
    possible = in_hand(ctx) if ctx.addressed else []
    return quoted_need(ctx) or (possible[0] if len(possible) == 1 else None)


def asks_for_more(ctx: Context) -> bool:
    """延期到下周五, said to the bot or in reply to the card."""
    said = ctx.role in (*WORKERS, COMPANY) and re.fullmatch(_BARE, ctx.text, re.DOTALL)
    return bool(said) and meant(ctx) is not None


def moment_in(ctx: Context, text: str) -> tuple[datetime, str] | None:
    """The time in some words, and the rest of them: a day, which ends with its office hours, a moment, or a length."""
    if length := _LENGTH.match(text):
        return _longer(ctx, length["length"]), text[length.end() :]
    found = times.when(text, ctx.now)
    if found is None:
        return None
    rest = text[: found.span[0]] + text[found.span[1] :]
    return (needs.deadlines.end_of(found.start) if found.granularity == "day" else found.start), rest


def _longer(ctx: Context, words: str) -> datetime:
    """So much more than the need has by now; where that is no working day, the next one."""
    need = find_need(ctx)
    base = max(need.resolve_by, ctx.now) if need and need.resolve_by else ctx.now
    length = Length(*read_length(words))
    moment = length.after(local(base))
    if length.minutes:
        return moment
    return datetime.combine(first_workday(moment.date()), moment.timetz())


def beyond_deadline(ctx: Context, need: Need, note: str) -> bool:
    """Whether word on the way tells of a time after the deadline: 101还要三天, 下周五才有货."""
    if need.resolve_by is None:
        return False
    if length := _TO_GO.search(note):
        return Length(*read_length(length["length"])).after(local(ctx.now)) > need.resolve_by
    found = times.when(note, ctx.now)
    return found is not None and local(found.start).date() > local(need.resolve_by).date()


def read_until(ctx: Context, text: str) -> datetime | str | None:
    """When, in words; or, said instead of that, why."""
    if found := moment_in(ctx, text):
        return found[0]
    return read_reason(ctx, text) if topic.follows(ctx, int(ctx.args.get("after", 0))) else None


def asked_for(ctx: Context) -> str:
    """What the request that started this says of time and reason; the questions about them come later."""
    found = _request(ctx)
    return str(found.get("rest") or found.get("length") or "")


def _request(ctx: Context) -> dict[str, str | None]:
    asked = (re.fullmatch(one, ctx.said, re.DOTALL) for one in (*EXTEND, _BARE))
    return next(match.groupdict() for match in asked if match)


def find_need(ctx: Context) -> Need | None:
    """The need that the request names, or means: that is kept while its day and reason are asked for."""
    if "need" in ctx.args:
        return read_id(ctx, str(ctx.args["need"]))
    number = _request(ctx).get("number")
    need = read_need(ctx, number) if number else meant(ctx)
    if need:
        ctx.args |= {"need": str(need.id), "after": ctx.message.id}
    return need


def find_until(ctx: Context) -> datetime | None:
    """The time that the request names."""
    found = moment_in(ctx, asked_for(ctx))
    return found[0] if found else None


def read_reason(ctx: Context, text: str) -> str | None:
    """Why; not another request, nor that it is done, nor that no more time is wanted."""
    if len(text) < 2 or _NO_REASON.fullmatch(text) or topic.names_nothing(text):
        return None
    if any(re.fullmatch(one, text, re.DOTALL) for one in (*EXTEND, _BARE, NO_MORE)):
        return None
    done = text == ctx.text and ctx.reading.intent == "resolve_need" and not _STILL.search(text)
    return None if done else text


def find_reason(ctx: Context) -> str | None:
    """What the request, or the answer about the day, says besides the time."""
    for said in (asked_for(ctx), str(ctx.args.get("until", ""))):
        found = moment_in(ctx, said)
        rest = found[1] if found else said
        rest = re.sub(r"^[\s,、:;到至因为原因是之前]+|[\s,。]+$", "", rest)
        if len(rest) > 1:
            return rest
    return _request(ctx).get("why")


def read_id(ctx: Context, text: str) -> Need | None:
    """The need, once it is known."""
    return needs.find(ctx.conn, int(text)) if text.isdigit() else None


@handler(
    "extend_need",
    commands=EXTEND,
    when=asks_for_more,
    roles=(*WORKERS, COMPANY),
    overhear=True,
    title="延期",
    slots=(
        Slot("need", read_id, find=find_need),
        Slot("until", read_until, lambda _: WHEN, find_until),
        Slot("reason", read_reason, lambda _: "请说一下延期的原因。", find_reason),
    ),
    examples=("101号延期到下周五，等厂家发配件",),
)
def extend_need(ctx: Context, need: Need, until: datetime | str, reason: str) -> str:
    """More time for a reason, which the reporter is told; a second time, or a long one, is asked for."""
    why = mask(reason)
    if isinstance(until, str):
        known = {name: value for name, value in ctx.args.items() if name != "until"}
        ctx.ask("extend_need", "until", {**known, "reason": reason, "after": ctx.message.id})
        return f"原因记下了。{WHEN}"
    if needs.may_extend(ctx.conn, need.id, by(ctx), until):
        text = _extended(needs.extend(ctx.conn, need.id, by(ctx), until, why), why)
        tell_reporters(ctx.conn, ctx.voice, need, text, here=ctx.chat.id)
        return text
    (above,) = needs.ask_delay(ctx.conn, need.id, by(ctx), until, why)
    level = needs.LEVELS[min(need.level + 1, needs.TOP)]
    ctx.tell_person(
        above,
        f"诉求{need.id}号（{where(need)}）的经办人{people.display_name(ctx.person)}申请延期到{moment(until)}，"
        f"原因：{why[:60]}。现在的时限是{resolve_by(need)}，已延期{need.extended}次。"
        f"同意请回复「1」或「同意延期{need.id}」，不同意回复「2」或「不同意延期{need.id}」。",
    )
    if chat := ctx.private_chat_of(above):
        ctx.ask("delay_answer", "granted", {"need": str(need.id)}, person_id=above, chat=chat, within=DECIDE_WITHIN)
    return f"诉求{need.id}号这次延期要{level}同意，已请示{name_of(ctx, above)}，有答复马上告诉您。"


@handler(
    "keep_deadline",
    commands=(NO_MORE, rf"{NUMBER}[,:\s]*{NO_MORE}"),
    roles=(*WORKERS, COMPANY),
    overhear=True,
    title="不延期了",
)
def keep_deadline(ctx: Context) -> str | None:
    """No more time after all: the question that waits is closed."""
    waiting = questions.open_for(ctx.conn, ctx.chat.id, ctx.person.id, ctx.now)
    for question in waiting:
        if question.capability == "extend_need":
            questions.close(ctx.conn, question.id)
            return f"好的，诉求{question.args['need']}号不延期，时限不变。"
    return "现在没有正在申请的延期。" if ctx.addressed else None


def _extended(need: Need, why: str) -> str:
    return f"诉求{need.id}号办理时限延到{resolve_by(need)}，原因：{why[:60]}。"


@handler(
    "delay_answer",
    slots=(
        Slot("granted", lambda _, text: DIGITS[text] if text in DIGITS else slots.yes_no(text)),
        Slot("need", read_id),
    ),
)
def delay_answer(ctx: Context, granted: bool, need: Need) -> str:
    """The answer of the level above."""
    return decided(ctx, need, granted=granted)


@handler(
    "decide_delay",
    commands=(
        rf"(?P<no>不)?(?:同意|批准)(?:诉求)?延[期长]{NUMBER}[。!]*",
        rf"(?P<no>不)?(?:同意|批准){NUMBER}的?延[期长][。!]*",
    ),
    title="同意延期",
    examples=("同意延期 101",),
)
def decide_delay(ctx: Context) -> str:
    """The same by number, for any of several requests."""
    assert ctx.command is not None
    return decided(ctx, needs.get(ctx.conn, int(ctx.command["number"])), granted=not ctx.command["no"])


def decided(ctx: Context, need: Need, *, granted: bool) -> str:
    """Note it; the handler is told, and the reporters of more time."""
    asked = needs.decide_delay(ctx.conn, need.id, by(ctx), granted=granted)
    now = needs.get(ctx.conn, need.id)
    channel = channel_of(ctx.conn, need)
    if now.extended == need.extended:
        kept = f"诉求{need.id}号的延期没有同意，时限仍是{resolve_by(now)}。"
        ctx.voice.to_person(asked.holder_id, kept, channel=channel)
        return f"{kept}已告知经办人。"
    text = _extended(now, asked.reason)
    ctx.voice.to_person(asked.holder_id, text, channel=channel)
    tell_reporters(ctx.conn, ctx.voice, now, text, here=ctx.chat.id)
    return f"{text}已告知经办人和报事人。"
