"""着火了！ Danger that somebody tells the whole group: reported at once where they call for help or
say where, else asked about."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.capability import Context, Slot, handler
from bot.domain import needs, people
from handlers.needs.report import report_need
from handlers.needs.where import only_where
from knowledge import cities

LONGEST = 40
ANSWER_WITHIN = timedelta(minutes=5)
_CALLS = re.compile(r"来人|救命|救人|快来|快点|快派|赶紧|赶快|马上|急|帮忙|怎么办")
_TELLS = re.compile(r"[了着!]\W*$|[了着].{0,6}!")
_HERE = re.compile(
    r"[A-Za-z\d一二三四五六七八九十](?:号?楼|单元|层|室|号[栋座幢门院])|[A-Za-z\d二三四五六七八九十][栋座幢]|我们?(?:家|楼|店|公司|单位|[小园厂]区|这)|楼[上下道梯]|(?:地下)?车库|大堂"
)
"""A place of the park, numbered, or the speaker's own; 上海一栋楼 is none."""
_ELSEWHERE = re.compile(r"老家|外地|国外|那边|[省市县](?!场)|(?:隔壁|对面|别的|人家)(?:小区|园区|那)")
_YES = re.compile(r"1|(?:是|对|要|需要|快|真)(?:的|了|吧)*[。!]*")
_TALKS = re.compile(
    r"哈|笑|昨|前天|上次|那次|那年|小时候|新闻|视频|听说|据说|差点|像|电影|电视|小说|[股基]|生意|手机|谁|[?？吗]|灭了|扑灭|没事|救出|虚惊|谢"
    r"|处[置理](?:完|好|了)|已(?:经)?(?:处|控|解除|救|送)|控制住|解除|通报|通知|转发|案例|警示|[上那]年|当年"
)
"""Of danger elsewhere, long ago, in a figure of speech, or over."""


def alarms(ctx: Context) -> bool:
    """Whether overheard words tell of danger here and now, though they read as talk."""
    if ctx.addressed or ctx.log or ctx.reading.quote or len(ctx.text) > LONGEST or _TALKS.search(ctx.text):
        return False
    if ctx.reading.intent == "report_need" or not (_CALLS.search(ctx.text) or _TELLS.search(ctx.text)):
        return False
    return needs.deadlines.danger_in(ctx.text) is not None


def cannot_wait(text: str) -> bool:
    """Whether words tell of danger now, and call for help or say where here: whatever else is talked of."""
    here = _HERE.search(text) and not _ELSEWHERE.search(text)
    return bool(here or _CALLS.search(text)) and not _TALKS.search(text) and bool(needs.deadlines.danger_in(text))


@handler("alarm", when=alarms, overhear=True)
def alarm(ctx: Context) -> str | None:
    """A need where help is called for or a place here is told; else whom to call, and shall the one on duty know?"""
    if cannot_wait(ctx.text) and not cities.elsewhere(ctx.text, _own_names(ctx)):
        return report_need.run(ctx)
    found = ctx.reread(ctx.message, ctx.role, "report_need").slots
    ctx.ask("alarm_answer", "yes", {"said": ctx.said, "slots": dict(found)}, within=ANSWER_WITHIN)
    return f"{needs.deadlines.danger_in(ctx.text)}！需要我马上通知值班人，请回复「1」，或者直接说在哪栋楼。"


def _own_names(ctx: Context) -> Iterator[str]:
    """What the groups and organisations of the district are called: their city is no other."""
    yield from (chat.title for chat in people.chats(ctx.conn, kind="group"))
    yield from (organisation.name for organisation in people.organisations(ctx.conn))


def read_answer(ctx: Context, text: str) -> str | None:
    """Yes, or where it is, which says so too."""
    return text if _YES.fullmatch(text) or only_where(ctx) else None


@handler("alarm_answer", slots=(Slot("yes", read_answer),))
def alarm_answer(ctx: Context, yes: str) -> str | None:
    """Yes, it is real."""
    if not _YES.fullmatch(yes):
        ctx.args["said"] = f"{ctx.said}，{yes}"
        whole = ctx.reread(replace(ctx.message, text=ctx.said), ctx.role, "report_need")
        ctx.args["slots"] = dict(whole.slots)
    return report_need.run(ctx)
