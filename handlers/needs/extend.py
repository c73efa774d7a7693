"""延期: more time for a need; what goes beyond the first is asked of the level above."""

import re
from datetime import datetime, timedelta

from bot.capability import Context, Slot, handler
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.domain.people import COMPANY
from bot.notices.needs import channel_of, moment, resolve_by, tell_reporters, where
from handlers.needs.which import NUMBER, WORKERS, by, in_hand, name_of, quoted_need, read_need
from knowledge import slots, times
from knowledge.private import mask

DECIDE_WITHIN = timedelta(days=3)
DIGITS = {"1": True, "2": False}
EXTEND = (
    rf"{NUMBER}[,:\s]*(?:申请|需要?|要|想)*延[期长后迟](?:一下|办理)?(?P<rest>.*)",
    rf"(?:申请)?延[期长后迟]{NUMBER}(?P<rest>.*)",
)
_BARE = r"(?:申请|需要?|要|想)*延[期长后迟](?:一下|办理)?(?P<rest>(?:到.*)?)"
"""Without a number: of the need that is replied to, or the only one in hand."""


def meant(ctx: Context) -> Need | None:
    """The need of words without a number."""
    possible = in_hand(ctx) if ctx.addressed else []
    return quoted_need(ctx) or (possible[0] if len(possible) == 1 else None)


def asks_for_more(ctx: Context) -> bool:
    """延期到下周五, said to the bot or in reply to the card."""
    said = ctx.role in (*WORKERS, COMPANY) and re.fullmatch(_BARE, ctx.text, re.DOTALL)
    return bool(said) and meant(ctx) is not None


def read_until(ctx: Context, text: str) -> datetime | None:
    """A day or a moment in words; a day ends with its office hours."""
    found = times.when(text, ctx.now)
    if found is None:
        return None
    return needs.deadlines.end_of(found.start) if found.granularity == "day" else found.start


def asked_for(ctx: Context) -> re.Match[str]:
    """The request that started this; the question about its day or reason comes later."""
    found = next(match for one in (*EXTEND, _BARE) if (match := re.fullmatch(one, ctx.said, re.DOTALL)))
    assert found is not None
    return found


def find_need(ctx: Context) -> Need | None:
    """The need that the request names, or means: that is kept while its day and reason are asked for."""
    number = asked_for(ctx).groupdict().get("number")
    need = read_need(ctx, number) if number else meant(ctx)
    if need and not number:
        ctx.args["need"] = str(need.id)
    return need


def find_until(ctx: Context) -> datetime | None:
    """The time that the request names."""
    return read_until(ctx, asked_for(ctx)["rest"])


def read_reason(_: Context, text: str) -> str | None:
    """Any words but another request."""
    return None if any(re.fullmatch(one, text, re.DOTALL) for one in (*EXTEND, _BARE)) else text


def find_reason(ctx: Context) -> str | None:
    """What the request says besides the time."""
    rest = asked_for(ctx)["rest"]
    found = times.when(rest, ctx.now)
    said = (rest[: found.span[0]] + rest[found.span[1] :]) if found else rest
    said = re.sub(r"^[\s,、:;到至因为原因是之前]+|[\s,。]+$", "", said)
    return said if len(said) > 1 else None


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
        Slot("until", read_until, lambda _: "延期到哪天？比如「下周三」。", find_until),
        Slot("reason", read_reason, lambda _: "请说一下延期的原因。", find_reason),
    ),
    examples=("101号延期到下周五，等厂家发配件",),
)
def extend_need(ctx: Context, need: Need, until: datetime, reason: str) -> str:
    """More time for a reason, which the reporter is told; a second time, or a long one, is asked for."""
    why = mask(reason)
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
