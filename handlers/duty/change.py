"""换班、坐班请假: changes of the roster, agreed by those whom they concern."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import duty, people
from bot.domain.duty import Shift, Swap, swaps
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.duty import plain
from knowledge import slots, times

WORKERS = (STAFF, SECRETARY, HANDLER)
WITHIN = timedelta(days=3)
HOW = "请写明两天，例如：换班 11月25日和11月26日。"
_BETWEEN = re.compile(r"[和跟与、,，到换对调]+")


@handler(
    "swap_duty",
    commands=(r"(?:我要|我想|申请)?(?:坐班|值班)?(?:换班|调班)[:：,，\s]*(?P<days>[^\n]{2,60})",),
    roles=WORKERS,
    title="政策管家换班",
    examples=("换班 11月25日和11月26日",),
)
def swap_duty(ctx: Context) -> str:
    """Both must agree; for somebody whom the bot cannot reach, the staff do."""
    assert ctx.command is not None
    first_day, second_day = _two_days(ctx, ctx.command["days"])
    me = ctx.person.name
    mine = (me,) if ctx.role != STAFF and me else ()
    first, second = _turns(ctx, first_day, second_day, mine)
    of = {person_id for shift in (first, second) for person_id in _answerers(ctx, shift)} - {ctx.person.id}
    swap = swaps.ask(
        ctx.conn,
        {
            "first_day": first_day,
            "first": first.person,
            "second_day": second_day,
            "second": second.person,
            "asked_by": ctx.person.id,
            "asked_at": ctx.now,
        },
        of,
    )
    if not of:
        swaps.exchange(ctx.conn, swap)
        return f"已换班：{_words(swap)}。"
    for person_id in of:
        where = ctx.private_chat_of(person_id)
        ctx.tell_person(
            person_id, f"{people.display_name(ctx.person)}申请换班：{_words(swap)}。请回复「同意」或「不同意」。"
        )
        ctx.ask("answer_swap", "decision", {"swap": str(swap.id)}, person_id=person_id, chat=where, within=WITHIN)
    return f"换班申请已记下：{_words(swap)}。已私下请对方确认，同意后生效。"


def _turns(ctx: Context, first_day: date, second_day: date, mine: Collection[str]) -> tuple[Shift, Shift]:
    """The turns of both days; a butler's own must be one of them."""
    if not mine:
        return swaps.turn(ctx.conn, first_day), swaps.turn(ctx.conn, second_day)
    for own, other in ((first_day, second_day), (second_day, first_day)):
        if any(shift.person in mine for shift in duty.planned(ctx.conn, own)):
            pair = {own: swaps.turn(ctx.conn, own, mine), other: swaps.turn(ctx.conn, other)}
            return pair[first_day], pair[second_day]
    raise Refusal("这两天都不是您坐班，换班请由当班的人或工作人员提出。")


def _answerers(ctx: Context, shift: Shift) -> list[int]:
    """Who says yes for a turn: its holder where the bot knows exactly one such person, else the staff."""
    found = people.named(ctx.conn, shift.person)
    known = [one for one in found if ctx.private_chat_of(one) is not None]
    if len(known) == 1:
        return known
    return [] if ctx.role == STAFF else people.holders(ctx.conn, STAFF)[:1]


def _two_days(ctx: Context, text: str) -> tuple[date, date]:
    days = []
    for part in _BETWEEN.split(text):
        found = times.when(part, ctx.now) if part.strip() else None
        if found:
            days.append(local(found.start).date())
    today = local(ctx.now).date()
    if len(days) != 2 or days[0] == days[1]:
        raise Refusal(f"没看懂要换哪两天。{HOW}")
    if min(days) < today:
        raise Refusal("过去的日子不能换班。")
    return days[0], days[1]


def _words(swap: Swap) -> str:
    return f"{plain(swap.first_day)}改由{swap.second}，{plain(swap.second_day)}改由{swap.first}"


@handler(
    "answer_swap",
    slots=(Slot("decision", lambda _, text: slots.yes_no(text)), Slot("swap", lambda _, text: int(text))),
)
def answer_swap(ctx: Context, decision: bool, swap: int) -> str:
    """A yes of the last one changes the roster; a no ends it. The one who asked is told."""
    done = swaps.answer(ctx.conn, swap, ctx.person.id, agreed=decision)
    if done.state == swaps.ASKED:
        return "好的，还在等另一位同意。"
    result = f"换班已生效：{_words(done)}。" if done.state == swaps.DONE else f"换班没有成：{_words(done)}，排班不变。"
    ctx.tell_person(done.asked_by, result)
    return result


@handler(
    "skip_duty",
    commands=(
        r"(?:坐班|值班)请假[:：,，\s]*(?P<day>[^\n]{2,30})",
        r"(?P<day>[^\n]{2,20}?)(?:的)?(?:坐班|值班)(?:来不了|请假|去不了|请个假)\W*",
    ),
    roles=WORKERS,
    title="坐班请假",
    examples=("坐班请假 11月26日",),
)
def skip_duty(ctx: Context) -> str:
    """A butler cannot come; the staff hear of it at once, and again the day before if nobody stands in."""
    assert ctx.command is not None
    found = times.when(ctx.command["day"], ctx.now)
    if found is None:
        raise Refusal("没看懂是哪一天，例如：坐班请假 11月26日。")
    day = local(found.start).date()
    if day < local(ctx.now).date():
        raise Refusal("这一天已经过去了。")
    shift = swaps.turn(ctx.conn, day, () if ctx.role == STAFF else (ctx.person.name,))
    duty.be_away(ctx.conn, day, shift.person)
    for person_id in people.holders(ctx.conn, STAFF)[:1]:
        if person_id != ctx.person.id:
            ctx.tell_person(person_id, f"{plain(day)}{shift.field}坐班的{shift.person}来不了，可说「换班」另排。")
    return f"已记下：{plain(day)}{shift.field}坐班的{shift.person}来不了。"


HANDLERS: tuple[Handler, ...] = (swap_duty, answer_swap, skip_duty)
