"""着火了！ Danger that somebody tells the whole group: reported at once where they call for help, else asked about."""

import re
from datetime import timedelta

from bot.capability import Context, Slot, handler
from bot.domain import needs
from handlers.needs.report import report_need

LONGEST = 40
ANSWER_WITHIN = timedelta(minutes=5)
_CALLS = re.compile(r"来人|救命|救人|快来|快点|快派|赶紧|赶快|马上|急|帮忙|怎么办")
_TELLS = re.compile(r"[了着!]\W*$|[了着].{0,6}!")
_YES = re.compile(r"1|(?:是|对|要|需要|快|真)(?:的|了|吧)*[。!]*")
_TALKS = re.compile(
    r"哈|笑|昨|前天|上次|那次|那年|小时候|新闻|视频|听说|据说|差点|像|电影|电视|小说|[股基]|生意|手机|谁|[?？吗]|灭了|扑灭|没事|救出|虚惊|谢"
)
"""Of danger elsewhere, long ago, in a figure of speech, or over."""


def alarms(ctx: Context) -> bool:
    """Whether overheard words tell of danger here and now, though they read as talk."""
    if ctx.addressed or ctx.log or ctx.reading.quote or len(ctx.text) > LONGEST or _TALKS.search(ctx.text):
        return False
    if ctx.reading.intent == "report_need" or not (_CALLS.search(ctx.text) or _TELLS.search(ctx.text)):
        return False
    return needs.deadlines.danger_in(ctx.text) is not None


@handler("alarm", when=alarms, overhear=True)
def alarm(ctx: Context) -> str | None:
    """A need where help is called for; else whom to call, and whether the person on duty shall be told."""
    if _CALLS.search(ctx.text):
        return report_need.run(ctx)
    found = ctx.reread(ctx.message, ctx.role, "report_need").slots
    ctx.ask("alarm_answer", "yes", {"said": ctx.said, "slots": dict(found)}, within=ANSWER_WITHIN)
    return f"{needs.deadlines.danger_in(ctx.text)}！需要我马上通知值班人，请回复「1」。"


@handler("alarm_answer", slots=(Slot("yes", lambda _, text: True if _YES.fullmatch(text) else None),))
def alarm_answer(ctx: Context, yes: bool) -> str | None:
    """Yes, it is real."""
    del yes
    return report_need.run(ctx)
