"""日程: what the bot will send by itself in the coming days, and the staff's word on what it missed."""

from datetime import datetime, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import broadcasts
from bot.domain.broadcasts import deliveries
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.aside import aside
from bot.notices.broadcasts import shown
from bot.notices.schedule import Coming, MissedRun

AHEAD = timedelta(days=14)
SHOWN = 20


@handler(
    "schedule",
    commands=(r"(?:查看?|看看)?(?:近期|最近|本周|下周|两周|推送|定时)?(?:的)?(?:推送)?日程(?:表|安排)?[?]?",),
    roles=(SECRETARY, STAFF),
    title="推送日程",
    examples=("日程",),
)
def schedule(ctx: Context) -> str:
    """The coming two weeks, for the eyes of the one who asks alone."""
    until = ctx.now + AHEAD
    coming = ctx.agenda.coming(ctx.conn, ctx.now, until) if ctx.agenda else []
    mine = None if ctx.role == STAFF else ctx.person.id
    for item in broadcasts.scheduled(ctx.conn, ctx.now, until, mine):
        assert item.due_at is not None
        coming.append(Coming(item.due_at, f"群发{item.id}号：{_begins(item.text)}"))
    coming += _rest(ctx, until, mine)
    lines = [f"{shown(one.at)} {one.title}" for one in sorted(coming, key=lambda one: one.at)]
    listed = "\n".join(lines) or "没有安排。"
    text = f"以后两周自动发出的：\n{listed}"
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "推送日程")


def _rest(ctx: Context, until: datetime, drafter_id: int | None) -> list[Coming]:
    """What is left of broadcasts that stopped for the night."""
    found = []
    for item in broadcasts.under_way(ctx.conn):
        if drafter_id not in (None, item.drafter_id) or item.due_at is None or item.due_at > ctx.now:
            continue
        at = deliveries.waits_since(ctx.conn, item)
        if at and ctx.now < at <= until:
            left = len(deliveries.progress(ctx.conn, item.id).waiting)
            found.append(Coming(at, f"群发{item.id}号其余{left}个群：{_begins(item.text)}"))
    return found


def _begins(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def read_choice(_ctx: Context, text: str) -> str | None:
    """1 or 2."""
    return {"1": "1", "补发": "1", "2": "2", "不发": "2", "不发了": "2"}.get(text.strip())


@handler(
    "missed_run",
    roles=(STAFF,),
    slots=(
        Slot("decision", read_choice),
        Slot("job", lambda _ctx, text: text),
        Slot("scope", lambda _ctx, text: text),
        Slot("due", lambda _ctx, text: datetime.fromisoformat(text)),
    ),
)
def missed_run(ctx: Context, decision: str, job: str, scope: str, due: datetime) -> str:
    """Make up for what was missed, or let it be."""
    run = decision == "1"
    if ctx.agenda is None or not ctx.agenda.settle_missed(ctx.conn, MissedRun(job, scope, due), ctx.now, run=run):
        raise Refusal("这件事已经有人处理了。")
    return "好的，马上补发。" if run else "好的，不补发。"


HANDLERS: tuple[Handler, ...] = (schedule, missed_run)
