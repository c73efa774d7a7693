"""Which need is meant, and how needs and people are called."""

import re
from collections.abc import Callable, Sequence

from bot.capability import Context, Slot
from bot.domain import needs, people
from bot.domain.needs import By, Need, Reporter
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.needs import desk, line, quoted
from handlers.needs import topic
from knowledge import slots

WORKERS = (HANDLER, STAFF, SECRETARY)
LISTED = 5
SURE = "sure"
"""The capability that does what was asked about with `ask_sure`."""
_PICK = re.compile(r"(?:我?选|第)?\s*\d+\s*[号个件条]?[,，]?[.。!！吧的这那]*")
"""A digit of a list and nothing else: not 2、4, nor a line of somebody's list."""
NUMBER = r"\s*(?:诉求)?[#＃第]?(?P<number>\d{1,9})(?!\d)\s*号?\s*(?:诉求|单子|单|工单)?"


def by(ctx: Context) -> By:
    """The sender of the message as the one who acts, with the role held here."""
    return By(ctx.person.id, ctx.now, ctx.message.id, ctx.role)


def title(need: Need) -> str:
    """诉求101号（物业服务·3号楼）."""
    return f"诉求{need.id}号（{'·'.join(part for part in (need.category, need.place) if part)}）"


def name_of(ctx: Context, person_id: int | None) -> str:
    """How somebody is called; 工作人员 for nobody."""
    return people.display_name(people.get_person(ctx.conn, person_id)) if person_id else "工作人员"


_OWN = re.compile(
    r"撤回|撤销|接单|办结|办好|详情|明细|进展|延期|催|合并|退单|转|上报|加急|疑难|重办|结案|满意|认领|协办|电话|办到|进度|议[题程]"
    r"|群发|入库|活动|预约|收件|回复|回执|1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}"
)
"""What makes words with a number in them an errand of their own, or a phone: no answer to a question which need."""


def read_need(ctx: Context, text: str) -> Need | None:
    """A need number in an answer, or the digit of one that was listed."""
    number = slots.need_no(text) or (text if text.isdigit() else None)
    if number is None or _OWN.search(text):
        return None
    listed = ctx.args.get("listed", ())
    at = int(number)
    if at < needs.FIRST_NUMBER and listed and not (at <= len(listed) and _PICK.fullmatch(text)):
        return None
    return needs.get(ctx.conn, listed[at - 1] if 0 < at <= len(listed) else at)


def quoted_need(ctx: Context) -> Need | None:
    """The need that is replied to."""
    return quoted(ctx.conn, ctx.chat, ctx.reading.quote)


def named_need(ctx: Context) -> Need | None:
    """The need that the message, its command or its quote names."""
    number = ctx.command.groupdict().get("number") if ctx.command else None
    number = number or ctx.slots.get("need_no")
    return needs.get(ctx.conn, int(str(number))) if number else quoted_need(ctx)


def find_need(candidates: Callable[[Context], list[Need]]) -> Callable[[Context], Need | None]:
    """The need that the message or its quote names; else the only one that it can mean, or has a word of."""

    def find(ctx: Context) -> Need | None:
        named = named_need(ctx)
        possible = candidates(ctx) if named is None else []
        if len(possible) > 1:  # 漏水那个
            possible = [one for one in possible if topic.about(ctx, one)]
        return possible[0] if len(possible) == 1 else named

    return find


def ask_need(candidates: Callable[[Context], list[Need]], verb: str) -> Callable[[Context], str | None]:
    """Which one? with the numbers that are possible; a digit answers as well."""

    def ask(ctx: Context) -> str | None:
        possible = candidates(ctx)[:LISTED]
        if not possible and not ctx.addressed:
            return None  # overheard, and nothing here that it can be about: talk
        if not possible:
            elsewhere = "" if ctx.chat.private else "；在别处报的，请私聊我"
            raise Refusal(f"没有找到可以{verb}的诉求，请写上编号，比如「101号」{elsewhere}。")
        ctx.args["listed"] = [need.id for need in possible]
        lines = [f"{at}. {line(need)}" for at, need in enumerate(possible, 1)]
        return f"您要{verb}哪一件？请回复编号：\n" + "\n".join(lines)

    return ask


def which(candidates: Callable[[Context], list[Need]], verb: str) -> Slot:
    """The slot for the need that a message is about."""
    return Slot("need", read_need, ask_need(candidates, verb), find_need(candidates))


def ask_sure(ctx: Context, need: Need, verb: str, question: str) -> str:
    """Ask whether that is what was meant; a digit does it."""
    meant = {"need": str(need.id), "verb": verb, "after": ctx.message.id}
    ctx.ask(SURE, "yes", meant | {"said": ctx.said, "slots": dict(ctx.slots)})
    return f"{question}是的话请回复「1」。"


def reported_open(ctx: Context) -> list[Need]:
    """What the sender reported, or joined, that is not finished."""
    mine = needs.of_reporter(ctx.conn, ctx.person.id, needs.OPEN)
    return told_here(ctx, mine) or told_here(ctx, needs.joined_by(ctx.conn, ctx.person.id, needs.OPEN))


def reported(ctx: Context) -> list[Need]:
    """What the sender reported lately: what is open, else the last one."""
    mine = needs.of_reporter(ctx.conn, ctx.person.id, list(needs.STATES))
    return reported_open(ctx) or told_here(ctx, mine)[:1]


def to_rate(ctx: Context) -> list[Need]:
    """What the sender reported that waits for a rating."""
    return told_here(ctx, needs.of_reporter(ctx.conn, ctx.person.id, ("resolved",)))


def told_here(ctx: Context, found: list[Need]) -> list[Need]:
    """Those that the sender reported in this chat; in private all. A group hears of no need of another's."""
    me = Reporter(ctx.person.id, ctx.chat.id)
    return [
        need
        for need in found
        if ctx.chat.private
        or (need.reporter_id, need.chat_id) == (me.person_id, me.chat_id)
        or me in needs.reporters(ctx.conn, need)
    ]


def to_accept(ctx: Context) -> list[Need]:
    """What waits for a handler here; in private, what waits in the sender's service groups."""
    return at_desk(ctx, needs.WAITING)


def in_hand(ctx: Context) -> list[Need]:
    """What the sender has accepted; else what is open here."""
    mine = [
        need
        for need in needs.of_handler(ctx.conn, ctx.person.id, needs.TAKEN)
        if ctx.chat.private or need.chat_id == ctx.chat.id or desk(ctx.conn, need) == ctx.chat
    ]
    return mine or at_desk(ctx, ("dispatched", "accepted", "in_progress"))


def at_desk(ctx: Context, states: Sequence[str]) -> list[Need]:
    """The needs of the chat, or of the service groups that the sender belongs to, in some states, newest first."""
    if not ctx.chat.private:
        return needs.in_chat(ctx.conn, ctx.chat.id, ctx.chat.service_group, states)
    groups = needs.officers.groups_of(ctx.conn, ctx.person.id) if ctx.role in WORKERS else []
    return needs.of_categories(ctx.conn, groups, states)
