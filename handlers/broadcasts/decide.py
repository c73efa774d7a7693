"""群发: the drafter's word on a draft, and a second person's where the district wants one."""

import re

from bot.capability import Context, Handler, Slot, handler
from bot.domain import broadcasts, people
from bot.domain.broadcasts import Broadcast, audience
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import ask_privately, preview, send, shown
from handlers.broadcasts import days, edits
from handlers.broadcasts.draft import editable, moment, put_off, show, wait_for_word
from knowledge import slots

HURRY = re.compile(r"(?:确认|确定)?[,、\s]*(?:紧急|加急|急发|急|(?:马上|立即|立刻|现在)就?发送?)[吧了!]*")
TIMED = re.compile(
    r"(?:请|就|那就)*(?:改[为成到]|定[时在到于]|等到?|到)*\s*(?P<when>.{2,20}?)(?:再|准时|的时候)?(?:群?发[送出]?|推送)?[吧了。!]*"
)
OTHER = re.compile(
    r"(?:紧急|加急|急)?(?:群发|广播|分组|教|发布活动|走访|改答|知识|撤回|入库|回复\s*[#Qq]?\d).{0,8}[:：\s\d]"
)
"""The beginning of another command."""
_GO = re.compile(r"(?:可以|好的?|行|那?就这样|没问题|确认|[,，\s])*(?:群?发[送出]?(?:去)?|发了)[吧了啊。!\s]*")
DIGITS = {"1": "yes", "2": "no"}


def read_decision(ctx: Context, text: str) -> str | None:
    """edit, hurry, timed, yes or no."""
    if OTHER.match(text):
        return None
    if edits.clauses(text):
        return "edit"
    if HURRY.fullmatch(text):
        return "hurry"
    timed = TIMED.fullmatch(text)
    if timed and moment(timed["when"].strip(), ctx.now):
        return "timed"
    return "yes" if _GO.fullmatch(text) else DIGITS.get(text) or verdict(text)


def verdict(text: str) -> str | None:
    """yes or no."""
    agreed = slots.go_ahead(text)
    return None if agreed is None else "yes" if agreed else "no"


def read_draft(ctx: Context, text: str) -> Broadcast:
    """The broadcast that was asked about."""
    return broadcasts.get(ctx.conn, int(text))


def drop_draft(ctx: Context) -> str:
    """The drafter's word that it is not to go out."""
    number = int(ctx.args["draft"])
    broadcasts.drop(ctx.conn, number)
    return f"好的，群发{number}号不发了。"


@handler(
    "confirm_broadcast",
    slots=(
        Slot("decision", read_decision, on_cancel=drop_draft),
        Slot("draft", read_draft),
    ),
)
def confirm_broadcast(ctx: Context, decision: str, draft: Broadcast) -> str:
    """The drafter's word: change it, put it off, drop it, or let it go."""
    if draft.state != broadcasts.DRAFT:
        raise Refusal(f"群发{draft.id}号{broadcasts.STATES[draft.state]}，没有再发一次。")
    if decision == "edit":
        return _change(ctx, draft)
    if decision == "timed":
        timed = TIMED.fullmatch(ctx.text)
        assert timed
        return show(ctx, put_off(ctx, draft, timed["when"]))
    if decision == "no":
        return drop_draft(ctx)
    if decision == "hurry":
        broadcasts.hurry(ctx.conn, draft.id)
    return _release(ctx, broadcasts.get(ctx.conn, draft.id))


def _change(ctx: Context, draft: Broadcast) -> str:
    """Apply the changes, show the draft again and ask again."""
    edited, reach = editable(ctx, draft.text, {chat.id for chat in broadcasts.targets(ctx.conn, draft.id)})
    edits.revise(edited, ctx.text)
    targets = [reach[place] for place in edited.chosen]
    if targets and edited.text:
        broadcasts.reword(ctx.conn, draft.id, edited.text)
        broadcasts.aim(ctx.conn, draft.id, targets)
    else:
        edited.problems.append("改完就没有可发的群或内容了")
    return show(ctx, broadcasts.get(ctx.conn, draft.id), edited.problems)


def _release(ctx: Context, draft: Broadcast) -> str:
    """Let it go, or lay it before a second person; groups that have had this week's pushes are left out."""
    targets = broadcasts.targets(ctx.conn, draft.id)
    had = {} if draft.urgent else audience.sated(ctx.conn, targets, ctx.now)
    if len(had) == len(targets):
        wait_for_word(ctx, draft, ctx.chat)
        return "这些群本周的推送都到上限了，没有发出。急事请回复「紧急」，不发请回复「取消」。"
    if had:
        broadcasts.aim(ctx.conn, draft.id, [chat for chat in targets if chat.id not in had])
    if audience.rule(ctx.conn).approval:
        return _lay_before(ctx, draft)
    item = broadcasts.confirm(ctx.conn, draft.id, ctx.now)
    send(ctx.conn, ctx.voice, item)
    return _released(ctx, item)


def _released(ctx: Context, item: Broadcast) -> str:
    assert item.due_at is not None
    count = len(broadcasts.targets(ctx.conn, item.id))
    if item.due_at <= ctx.now:
        return f"群发{item.id}号开始发送，共{count}个群，逐个发出，发完告诉您结果。"
    why = "" if item.due_at == item.wanted_at else "现在是休息时间，" if item.wanted_at is None else "定的是休息时间，"
    hint = "；急事请撤回后用「紧急群发：…」" if why else ""
    known = days.warning(item, item.drafted_at)
    late = "" if known else days.warning(item, ctx.now, "请撤回，改成日期再发")  # drafted by day, confirmed at night
    return (
        f"群发{item.id}号已确认，共{count}个群。{why}将在{shown(item.due_at)}发出。"
        f"不发了请回复「撤回群发{item.id}」{hint}。{late}"
    )


def _lay_before(ctx: Context, draft: Broadcast) -> str:
    """Ask the other staff; the first word counts."""
    others = [person_id for person_id in people.holders(ctx.conn, STAFF) if person_id != ctx.person.id]
    reached = [one for one in others if people.address(ctx.conn, one, ctx.channel)]
    if not reached:
        raise Refusal("群发要另一位工作人员同意才能发，但现在没有别的工作人员，请先请他们私聊我一次。")
    item = broadcasts.submit(ctx.conn, draft.id, ctx.now)
    by = people.display_name(ctx.person)
    words = f"{by}要群发，请您审一下。{preview(ctx.conn, item, ctx.now)}\n回复 1 同意，回复 2 不同意。"
    for person_id in reached:
        ctx.tell_person(person_id, words)
        ask_privately(ctx.conn, item, person_id, "approve_broadcast", ctx.now)
    names = "、".join(people.display_name(people.get_person(ctx.conn, one)) for one in reached)
    return f"群发{item.id}号已提交，等另一位工作人员（{names}）同意后发出，有结果告诉您。"


def read_approval(_ctx: Context, text: str) -> str | None:
    """yes or no."""
    return DIGITS.get(text) or verdict(text)


@handler(
    "approve_broadcast",
    roles=(STAFF,),
    slots=(Slot("decision", read_approval), Slot("draft", read_draft)),
)
def approve_broadcast(ctx: Context, decision: str, draft: Broadcast) -> str:
    """A second person's word on a broadcast."""
    return _decide(ctx, draft, agreed=decision == "yes")


@handler(
    "approve_by_number",
    commands=(r"(?P<no>不)?同意(?:发送?)?群发\s*[#第]?(?P<number>\d{1,9})\s*号?(?:\W.*)?",),
    roles=(STAFF,),
    title="审批群发",
    examples=("同意群发3",),
)
def approve_by_number(ctx: Context) -> str:
    """The same, by its number."""
    assert ctx.command is not None
    item = broadcasts.get(ctx.conn, int(ctx.command["number"]))
    return _decide(ctx, item, agreed=ctx.command["no"] is None)


def _decide(ctx: Context, item: Broadcast, *, agreed: bool) -> str:
    if item.state != broadcasts.PENDING:
        raise Refusal(f"群发{item.id}号{broadcasts.STATES[item.state]}，不用再审批。")
    if item.drafter_id == ctx.person.id:
        raise Refusal("自己发起的群发要由另一位工作人员审批。")
    by = people.display_name(ctx.person)
    if not agreed:
        broadcasts.drop(ctx.conn, item.id)
        said = f"：{ctx.wording}" if len(ctx.text) > len("不同意") else ""
        ctx.tell_person(item.drafter_id, f"群发{item.id}号没有发出，{by}不同意{said}。")
        return f"好的，群发{item.id}号不发，已告诉发起人。"
    item = broadcasts.confirm(ctx.conn, item.id, ctx.now, approver_id=ctx.person.id)
    send(ctx.conn, ctx.voice, item)
    ctx.tell_person(item.drafter_id, f"{by}同意了。{_released(ctx, item)}")
    return f"好的，群发{item.id}号已放行，共{len(broadcasts.targets(ctx.conn, item.id))}个群。"


@handler(
    "nothing_to_confirm",
    commands=(r"(?:确认|确定)(?:发送|发出|发布|群发)?[吧了!。]*",),
    yields=True,
)
def nothing_to_confirm(ctx: Context) -> str:
    """A confirmation with nothing open."""
    last = broadcasts.latest(ctx.conn, ctx.person.id)
    done = f"群发{last.id}号{broadcasts.STATES[last.state]}，不会重复发送。" if last else ""
    return f"现在没有等您确认的事项。{done}"


HANDLERS: tuple[Handler, ...] = (confirm_broadcast, approve_broadcast, approve_by_number, nothing_to_confirm)
