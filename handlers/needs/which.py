"""Which need is meant, and how needs and people are called."""

from collections.abc import Callable

from bot.capability import Context, Slot
from bot.domain import needs, people
from bot.domain.needs import By, Need
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.errors import Refusal
from knowledge import slots
from knowledge.private import mask

WORKERS = (HANDLER, STAFF, SECRETARY)
NUMBER = r"[#＃第]?(?P<number>\d{1,9})\s*号?\s*(?:诉求|单子|单|工单)?"


def by(ctx: Context) -> By:
    """The sender of the message as the one who acts."""
    return By(ctx.person.id, ctx.now, ctx.message.id)


def title(need: Need) -> str:
    """诉求101号（物业服务·3号楼）."""
    return f"诉求{need.id}号（{'·'.join(part for part in (need.category, need.place) if part)}）"


def name_of(ctx: Context, person_id: int | None) -> str:
    """How somebody is called; 工作人员 for nobody."""
    return people.display_name(people.get_person(ctx.conn, person_id)) if person_id else "工作人员"


def read_need(ctx: Context, text: str) -> Need | None:
    """A need number in an answer."""
    number = slots.need_no(text) or (text if text.isdigit() else None)
    return needs.get(ctx.conn, int(number)) if number else None


def find_need(candidates: Callable[[Context], list[Need]]) -> Callable[[Context], Need | None]:
    """The need that the message or its quote names; else the only one that it can mean."""

    def find(ctx: Context) -> Need | None:
        number = ctx.command["number"] if ctx.command else ctx.slots.get("need_no")
        if number:
            return needs.get(ctx.conn, int(str(number)))
        possible = candidates(ctx)
        return possible[0] if len(possible) == 1 else None

    return find


def ask_need(candidates: Callable[[Context], list[Need]], verb: str) -> Callable[[Context], str | None]:
    """Which one? with the numbers that are possible."""

    def ask(ctx: Context) -> str | None:
        possible = candidates(ctx)
        if not possible and not ctx.addressed:
            return None  # overheard, and nothing here that it can be about: talk
        if not possible:
            raise Refusal(f"没有找到可以{verb}的诉求，请写上编号，比如「101号」。")
        lines = [f"{need.id}号 {need.category}·{mask(need.text)[:16]}" for need in possible[:5]]
        return f"您要{verb}哪一件？请回复编号：\n" + "\n".join(lines)

    return ask


def which(candidates: Callable[[Context], list[Need]], verb: str) -> Slot:
    """The slot for the need that a message is about."""
    return Slot("need", read_need, ask_need(candidates, verb), find_need(candidates))


def reported_open(ctx: Context) -> list[Need]:
    """What the sender reported that is not finished."""
    return needs.of_reporter(ctx.conn, ctx.person.id, needs.OPEN)


def reported(ctx: Context) -> list[Need]:
    """What the sender reported lately: what is open, else the last one."""
    return reported_open(ctx) or needs.of_reporter(ctx.conn, ctx.person.id, list(needs.STATES))[:1]


def to_rate(ctx: Context) -> list[Need]:
    """What the sender reported that waits for a rating."""
    return needs.of_reporter(ctx.conn, ctx.person.id, ("resolved",))


def to_accept(ctx: Context) -> list[Need]:
    """What waits for a handler here."""
    waiting = ("dispatched", "reopened", "returned", "reported")
    return needs.in_chat(ctx.conn, ctx.chat.id, ctx.chat.service_group, waiting)


def in_hand(ctx: Context) -> list[Need]:
    """What the sender has accepted; else what is open here."""
    mine = needs.of_handler(ctx.conn, ctx.person.id, ("accepted", "in_progress", "reopened"))
    return mine or needs.in_chat(ctx.conn, ctx.chat.id, ctx.chat.service_group, ("dispatched", "accepted"))
