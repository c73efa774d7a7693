"""隔壁吵死人, 我要投诉: a complaint that reads as no wish is asked about where it is said to the bot."""

import re

from bot.capability import Context, Slot, handler
from handlers.needs import topic
from handlers.needs.report import just_reported, report_need
from handlers.needs.which import reported_open, to_rate
from knowledge.reading import SILENT
from knowledge.wording import readable

WHAT = "请说一下是什么事、在哪儿，我来登记转办。"
HINTED = 0.3
"""How likely a need must be, next to nothing at all, for words of no known complaint."""
_ONLY = re.compile(r"(?:我们?|[要想得来]|再)*(?:投诉|举报|反映)(?:一下|一?个?(?:事情?|问题|情况))?[吧了!。\s]*")
_COMPLAINS = re.compile(
    r"吵|噪音|扰民|臭|异味|太脏|脏得|乱(?:停|扔|堆|放|收)|[冷热]得|态度[^,。]{0,3}差|太凶|骂人|投诉|举报|不管|没人管|欺负|[坑积漏反]水|坑坑|老鼠|蟑螂"
    r"|虫子|坏|堵|烦死|没法(?:办公|工作|住|睡|走|用)"
)
_TALKS = re.compile(r"[?？]|[吗呢么]\W*$|哈|笑|谢|昨|上次|听说|电影|别人|他们那")
_GOES_ON = re.compile(r"(?:(?:对了|还有|另外|再有|再一个|顺便)[,，]?)+")
_YES = re.compile(r"1|(?:是|对|要|需要|好|行|登记|可以)(?:的|了|吧|呀|啊)*[。!]*")
_TURNED_DOWN = ("rate_need", "track_need", "urge_need", "ask_human")
"""What words of complaint are read as at random, where there is nothing to rate or to urge."""


def complains(ctx: Context) -> bool:
    """Whether words said to the bot, or added to one's need with nobody speaking between, complain of something."""
    if ctx.reading.quote or ctx.log or not ctx.text or _TALKS.search(ctx.text) or ctx.slots.get("need_no"):
        return False
    if not ctx.addressed:
        return _adds(ctx)
    lost = ctx.reading.intent in _TURNED_DOWN and ctx.reading.confidence < 0.5 and not _known(ctx)
    return (ctx.reading.intent in SILENT or lost) and (bool(_COMPLAINS.search(ctx.text)) or _hinted(ctx))


def _adds(ctx: Context) -> bool:
    """对了，还有乱停车的, right after one's need."""
    before = just_reported(ctx) if _GOES_ON.match(ctx.text) and _COMPLAINS.search(ctx.text) else None
    return before is not None and ctx.reading.intent in SILENT and topic.follows_report(ctx, before)


def _known(ctx: Context) -> bool:
    return bool(to_rate(ctx) or reported_open(ctx))


def _hinted(ctx: Context) -> bool:
    return bool(_ONLY.fullmatch(ctx.text)) or (
        ctx.reading.runner_up == "report_need" and ctx.reading.confidence <= 1 - HINTED
    )


@handler("complaint", when=complains, overhear=True)
def complaint(ctx: Context) -> str:
    """Ask what it is, or whether it shall be a need: who only lets off steam is left alone."""
    if _ONLY.fullmatch(ctx.text):
        ctx.ask("complaint_told", "what", {})
        return WHAT
    said = _GOES_ON.sub("", ctx.said, count=1)
    found = ctx.reread(ctx.message, ctx.role, "report_need").slots
    ctx.ask("complaint_told", "what", {"known": said, "found": dict(found), "after": ctx.message.id})
    return f"「{readable(said)[:40]}」要登记成诉求、请人去办吗？是的话请回复「1」。"


def read_what(ctx: Context, text: str) -> str | None:
    """Yes; or, where nothing is known yet, what it is about."""
    if "known" in ctx.args:
        mine = topic.follows(ctx, int(ctx.args["after"]))
        return text if mine and _YES.fullmatch(text) else None
    told = ctx.reading.intent in (*SILENT, "report_need", *_TURNED_DOWN) and len(text) >= 4
    return text if told and not (_TALKS.search(text) or _ONLY.fullmatch(text)) else None


@handler("complaint_told", slots=(Slot("what", read_what),))
def complaint_told(ctx: Context, what: str) -> str | None:
    """It is a need."""
    found = ctx.args.get("found") or ctx.reread(ctx.message, ctx.role, "report_need").slots
    ctx.args |= {"said": ctx.args.get("known", what), "slots": dict(found)}
    return report_need.run(ctx)
