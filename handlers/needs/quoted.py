"""引用着说: in reply to a need's card, or to the words that reported it, the need is the topic (换了阀芯，好了)."""

import re
from dataclasses import replace

from bot.capability import Context, handler
from bot.domain.needs import Need
from handlers.needs.which import WORKERS, quoted_need
from knowledge.reading import SILENT

LONGEST = 100
_ASKS = re.compile(r"[?？]|[吗呢么没]\W*$|谁|多少|哪|怎么|什么")
_BY_WORKER = frozenset({"accept_need", "update_need", "resolve_need"})
_BY_REPORTER = frozenset({"track_need", "urge_need", "rate_need", "withdraw_need"})
_BY_ANYBODY = frozenset({"track_need", "urge_need"})


def about_need(ctx: Context) -> bool:
    """Whether the message says nothing by itself, and something of the need that it replies to."""
    return _said_of(ctx) is not None


def _said_of(ctx: Context) -> tuple[Need, str] | None:
    """The need, and what the message is when it names it."""
    said_alone = ctx.reading.speak and ctx.reading.intent not in SILENT
    if ctx.reading.quote is None or said_alone or not ctx.text or len(ctx.text) > LONGEST:
        return None
    need = quoted_need(ctx)
    if need is None:
        return None
    heard = ctx.reread(replace(ctx.message, text=_named(ctx, need)), ctx.role, "")
    intent = heard.intent
    if intent == "accept_need" and need.handler_id == ctx.person.id:
        intent = "update_need"
    return (need, intent) if heard.speak and intent in _may_mean(ctx, need) else None


def _may_mean(ctx: Context, need: Need) -> frozenset[str]:
    if need.reporter_id == ctx.person.id:
        return _BY_REPORTER
    if ctx.role in WORKERS and not _ASKS.search(ctx.text):
        return _BY_WORKER
    return _BY_ANYBODY if ctx.addressed or ctx.role in WORKERS else frozenset()


def _named(ctx: Context, need: Need) -> str:
    return f"{need.id}号，{ctx.text}"


@handler("about_quoted_need", when=about_need, overhear=True)
def about_quoted_need(ctx: Context) -> None:
    """Carry it out as if the number had been said."""
    found = _said_of(ctx)
    assert found is not None
    need, intent = found
    ctx.again(replace(ctx.message, text=_named(ctx, need)), intent)
