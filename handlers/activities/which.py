"""Which activity a message means: by number, by name, by what this chat talks about; else a question."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.capability import Context, Slot
from bot.domain.activities import Activity, lookup, names, plan
from bot.errors import Refusal
from bot.notices.activities import listing

SHOWN = 6
_QUESTION = re.compile(r"[吗么?]|几|什么|哪|怎|多少")


def ahead(ctx: Context, until: datetime | None = None) -> list[Activity]:
    """What is not over yet and can be meant here, by time."""
    return lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now, until)


def words(ctx: Context) -> str:
    """What was said, with the message it replies to."""
    quote = ctx.reading.quote
    return f"{ctx.said}\n{quote.text}" if quote and ctx.said == ctx.text else ctx.said


def named(ctx: Context, candidates: Sequence[Activity]) -> list[Activity]:
    """The activities that the message names by number or words; its own words go before those it quotes."""
    number = names.number_in(ctx.said)
    if number is not None:
        return [plan.get(ctx.conn, number)]
    return names.named(ctx.said, candidates) or names.named(words(ctx), candidates)


def meant(ctx: Context, candidates: Sequence[Activity]) -> list[Activity]:
    """The activities that the message can mean: one is sure, several are to be asked about, none is nothing here.

    Unless the bot is addressed, an unnamed activity must be one that this very chat knows of.
    """
    found = named(ctx, candidates)
    if len(found) > 1:
        return lookup.talked_about(ctx.conn, ctx.chat.id, found, ctx.now)[:1] or found
    if found:
        return found
    here = lookup.talked_about(ctx.conn, ctx.chat.id, candidates, ctx.now)
    if here and not ctx.slots.get("activity"):
        return here
    return list(candidates) if ctx.addressed and not ctx.slots.get("activity") else []


def read_activity(ctx: Context, text: str) -> Activity | None:
    """An activity's number or name in an answer; None for a question or a longer message."""
    number = names.plain_number(text) if len(text) <= 12 else None
    if number is None:
        number = names.number_in(text)
    if number is not None:
        return plan.find(ctx.conn, number)
    if len(text) > 20 or _QUESTION.search(text):
        return None
    found = names.named(text, ahead(ctx))
    return found[0] if len(found) == 1 else None


ACTIVITY = Slot("activity", read_activity)
"""The activity, where an answer or an open question tells it; handlers look for it themselves otherwise."""


def ask_which(ctx: Context, capability: str, options: Sequence[Activity], verb: str) -> str:
    """Ask which one, with digits."""
    ctx.ask(capability, "activity", {"said": ctx.said, "slots": dict(ctx.slots)})
    return ask_text(options, verb)


def ask_text(options: Sequence[Activity], verb: str) -> str:
    """The question which of these it is."""
    return f"您要{verb}哪一项？请回复编号：\n{listing(options[:SHOWN])}"


def one(
    ctx: Context, capability: str, verb: str, options: Sequence[Activity], nothing: Callable[[], str | None]
) -> Activity | str | None:
    """The only option; else the question which one, or what is said where there is nothing."""
    if not options:
        return nothing()
    return options[0] if len(options) == 1 else ask_which(ctx, capability, options, verb)


def nothing(ctx: Context, verb: str) -> str | None:
    """There is no such activity: said when addressed, silence otherwise."""
    if not ctx.addressed:
        return None
    known = [what for what in ahead(ctx) if what.begins > ctx.now]
    wanted = ctx.slots.get("activity")
    which = f"没有找到「{wanted}」这项活动" if wanted else f"现在没有可以{verb}的活动"
    if not known:
        raise Refusal(f"{which}。有新活动会在群里发布。")
    raise Refusal(f"{which}。近期的活动：\n{listing(known[:SHOWN])}")
