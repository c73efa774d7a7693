"""着火了！ Danger that somebody tells the whole group: reported at once where they call for help or
say where, else asked about. No open question swallows it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.capability import Context, Slot, handler
from bot.domain import needs, people
from handlers.needs.danger import cannot_wait, somebody_is, tells
from handlers.needs.report import MAYBE_DANGER, just_reported, report_need
from handlers.needs.where import names_need, only_where
from knowledge import cities
from knowledge.private import mask

ANSWER_WITHIN = timedelta(minutes=5)
_YES = re.compile(r"1|(?:是|对|要|需要|快|真)(?:的|了|吧)*[。!]*")


def tells_danger(ctx: Context) -> bool:
    """Whether the words, which are nobody else's and of no need that is known by its number, tell of danger now."""
    if ctx.log or ctx.reading.quote or names_need(ctx.text) or not tells(ctx.text):
        return False
    return not ctx.addressed or ctx.reading.intent in (*MAYBE_DANGER, "report_need") or somebody_is(ctx.text)


def alarms(ctx: Context) -> bool:
    """Whether words tell of danger here and now, though they read as talk."""
    is_need = ctx.reading.intent == "report_need" and (ctx.addressed or ctx.reading.speak)
    return not is_need and tells_danger(ctx)


@handler("alarm", when=alarms, breaks_in=tells_danger, overhear=True)
def alarm(ctx: Context) -> str | None:
    """A need where help is called for or a place is known; else whom to call, and shall the one on duty know?"""
    far = cities.elsewhere(ctx.text, _own_names(ctx)) and not ctx.addressed
    if not far and (ctx.addressed or cannot_wait(ctx.text) or just_reported(ctx)):
        return report_need.run(ctx)
    _mention(ctx)
    found = ctx.reread(ctx.message, ctx.role, "report_need").slots
    ctx.ask("alarm_answer", "yes", {"said": ctx.said, "slots": dict(found)}, within=ANSWER_WITHIN)
    return f"{needs.deadlines.danger_in(ctx.text)}！需要我马上通知值班人，请回复「1」，或者直接说在哪栋楼。"


def _mention(ctx: Context) -> None:
    """Let the one on duty know what was said and is not answered yet: nobody may ever answer."""
    group = next(iter(needs.deadlines.dangers_in(ctx.text).values()))
    told = needs.officers.on_duty_for(ctx.conn, group)
    if told and told != ctx.person.id:
        who = people.display_name(ctx.person)
        ctx.tell_person(told, f"请留意：{who}在「{ctx.chat.title}」说「{mask(ctx.wording)}」，已问在哪儿，还没登记。")


def _own_names(ctx: Context) -> Iterator[str]:
    """What the groups and organisations of the district are called: their city is no other."""
    yield from (chat.title for chat in people.chats(ctx.conn, kind="group"))
    yield from (organisation.name for organisation in people.organisations(ctx.conn))


def read_answer(ctx: Context, text: str) -> str | None:
    """Yes, or where it is, which says so too."""
    return text if _YES.fullmatch(text) or only_where(ctx) else None


@handler("alarm_answer", slots=(Slot("yes", read_answer, hears_danger=True),))
def alarm_answer(ctx: Context, yes: str) -> str | None:
    """Yes, it is real."""
    if not _YES.fullmatch(yes):
        ctx.args["said"] = f"{ctx.said}，{yes}"
        whole = ctx.reread(replace(ctx.message, text=ctx.said), ctx.role, "report_need")
        ctx.args["slots"] = dict(whole.slots)
    return report_need.run(ctx)
