"""今晚8点发: another time for a broadcast that waits, once nobody asks about it any more."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import broadcasts
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import shown
from handlers.broadcasts import days
from handlers.broadcasts.draft import moment, put_off, show

SENDERS = (SECRETARY, STAFF)
SEND_AT = re.compile(
    r"(?:请|就|那就)*(?:改[为成到]|定[时在到于]|等到?|到)*\s*(?P<when>.{2,20}?)(?:再|准时|的时候)?群?发[送出]?[吧了。!]*"
)


def names_a_time(ctx: Context) -> bool:
    """今晚8点发, by who may broadcast: nothing else is sent at a time of one's own."""
    said = SEND_AT.fullmatch(ctx.text) if ctx.addressed and ctx.role in SENDERS else None
    return said is not None and moment(said["when"].strip(), ctx.now) is not None


@handler("reschedule_broadcast", when=names_a_time, roles=SENDERS, title="改群发时间", examples=("明天上午9点发",))
def reschedule_broadcast(ctx: Context) -> str:
    """Put off a draft, or move what is confirmed and not out yet."""
    said = SEND_AT.fullmatch(ctx.text)
    assert said
    item = broadcasts.to_come(ctx.conn, ctx.person.id, ctx.now)
    if item is None:
        raise Refusal("没有等着发的群发。要定时发，请先发「群发：…」，看到草稿后再说时间。")
    if item.state != broadcasts.CONFIRMED:
        item = put_off(ctx, item, said["when"])
        if item.state == broadcasts.DRAFT:
            return show(ctx, item)
        assert item.wanted_at is not None
        return f"群发{item.id}号改到{shown(item.wanted_at)}发，还在等另一位工作人员同意。"
    wanted = moment(said["when"].strip(), ctx.now)
    if wanted is None or wanted <= ctx.now:
        raise Refusal(f"「{said['when']}」已经过了，群发{item.id}号的时间没有改。")
    item = broadcasts.reschedule(ctx.conn, item.id, wanted, ctx.now)
    assert item.due_at is not None
    why = "" if item.due_at == wanted else "定的是休息时间，"
    warned = days.warning(item, ctx.now, "请撤回，改成日期再发")
    return f"群发{item.id}号的时间改了，{why}将在{shown(item.due_at)}发出。{warned}"


HANDLERS: tuple[Handler, ...] = (reschedule_broadcast,)
