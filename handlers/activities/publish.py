"""发布活动: a draft with its doubts, changes by word, published when its drafter says so.

An announcement that stands in a group already is not repeated there: it is recorded, and its sender is told privately.
"""

from datetime import datetime
from typing import Any

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain.activities import Activity, clubs, lookup, plan, rooms
from bot.domain.activities.clubs import Club
from bot.errors import Refusal
from bot.notices.activities import announcement, civil, moment, plan_lines
from handlers.activities import doubts, which
from handlers.activities.bare import bare_edits, besides
from handlers.activities.organising import ORGANISERS, beyond, leads_club
from handlers.activities.preview import CONFIRM, ask_again, elsewhere, show, targets_of
from handlers.activities.wording import Plan, edits, read_plan
from knowledge import slots
from knowledge.times.nonexistent import no_such_day

DRAFT_SLOT = Slot("draft", which.read_activity)
_COMMAND = (
    r"(?:请|麻烦|帮忙?|帮我)?(?:发布|发起|新建|创建|登记|新增|发)(?:一个|一项|一条|个)?(?:新)?活动(?:通知|预告)?"
    r"\s*[:：,，\s](?P<plan>.+)"
)
_BARE_COMMAND = r"(?:我要|我想|怎么)?(?:发布|发起|新建|创建)(?:一个|一项|个)?(?:新)?活动[:：]?"


@handler(
    "publish_activity",
    intents=("publish_activity",),
    commands=(_COMMAND, _BARE_COMMAND),
    roles=ORGANISERS,
    also=leads_club,
    overhear=True,
    title="发布活动",
    examples=("@小红 发布活动：消防体验课，下周三下午2点到4点，消防救援站一楼，限30人",),
)
def publish_activity(ctx: Context) -> str | None:
    """Draft from a command or when addressed; record silently where the group has read the announcement itself."""
    read = read_plan(ctx.said, ctx.now)
    if not ctx.addressed and not ctx.command:
        if read and len(read.title) > 1 and read.start and read.start > ctx.now and _may_record(ctx, read):
            _record(ctx, read, read.start)
        return None
    if none := no_such_day(ctx.said):
        raise Refusal(f"没有{none}这一天，没有建草稿，请核对日期后再发。")
    if read is None:
        raise Refusal(
            "请写上活动名称、时间和地点，如「发布活动：消防体验课，下周三14:00到16:00，党群服务中心一楼，限30人」。"
        )
    if read.start and read.start <= ctx.now:
        raise Refusal(f"「{read.title}」的时间已经过去，没有建草稿。请核对日期后再发。")
    if why := beyond(ctx, read.worth()):
        raise Refusal(f"{why}没有建草稿，请改好再发。")
    columns = _columns(ctx, read)
    columns |= {field: value for field, value in besides(ctx.said).items() if not columns.get(field)}
    draft = plan.draft(ctx.conn, ctx.now, drafter_id=ctx.person.id, **columns)
    return show(ctx, draft, read.weekday) + elsewhere(ctx)


def _columns(ctx: Context, read: Plan) -> dict[str, Any]:
    columns = read.columns()
    if club := _club(ctx, read.title, read.organiser):
        return {**columns, "organiser": club.name, "organisation_id": club.organisation_id}
    return {**columns, "organisation_id": ctx.chat.organisation_id or ctx.person.organisation_id}


def _club(ctx: Context, title: str, organiser: str) -> Club | None:
    """Whose activity it is: of the club that it names; where its sender may publish nothing else, of the only one."""
    named = clubs.named(ctx.conn, f"{title} {organiser}")
    if ctx.role in ORGANISERS:
        return named
    led = clubs.led_by(ctx.conn, ctx.person.id)
    club = named or (led[0] if len(led) == 1 else None)
    if club is None:
        raise Refusal(f"请写上是哪个社团的，如「主办：{led[0].name}」。")
    if club not in led:
        raise Refusal(f"「{club.name}」的活动由它的负责人、书记或工作人员发布。")
    if not ctx.chat.private and ctx.chat not in clubs.groups(ctx.conn, club, ctx.channel):
        raise Refusal(f"「{club.name}」的活动请私聊我发布，会发到本组织的群里。")
    return club


Decision = bool | dict[str, Any]
"""Yes, no, or columns to change."""


def read_decision(ctx: Context, text: str) -> Decision | None:
    """确认, 不发了, or a change such as 地点改成二楼, said to the bot 二楼大厅; no other publish command."""
    if publish_activity.command(text):
        return None
    draft = plan.find(ctx.conn, int(ctx.args["draft"]))
    if draft is None:
        return slots.go_ahead(text)
    changes = (ctx.addressed and bare_edits(text, draft, local(ctx.now))) or edits(text, draft, local(ctx.now))
    return changes or slots.go_ahead(text)


def _drop(ctx: Context) -> str:
    """取消 in answer to the preview."""
    number = int(ctx.args["draft"])
    plan.drop(ctx.conn, number)
    return ask_again(ctx, f"好的，活动{number}号的草稿已作废，没有发布。")


def _see_to_rights(ctx: Context, draft: Activity) -> None:
    """The drafter may publish still: a club may have another leader meanwhile, or none. Raises Refusal."""
    if not publish_activity.allows(ctx):
        raise Refusal(f"活动{draft.id}号「{draft.title}」现在不由您发布，请书记、工作人员或社团负责人来发。")
    club = _club(ctx, draft.title, draft.organiser)
    if ctx.role not in ORGANISERS and (club is None or club.name != draft.organiser):
        raise Refusal(f"「{draft.organiser}」的活动由它的负责人、书记或工作人员发布。")


@handler(CONFIRM, slots=(Slot("decision", read_decision, on_cancel=_drop), DRAFT_SLOT))
def confirm_activity(ctx: Context, decision: Decision, draft: Activity) -> str:
    """Only the drafter is asked, so only the drafter confirms. A change shows the draft again."""
    if not decision:
        return _drop(ctx)
    _see_to_rights(ctx, draft)
    if isinstance(decision, dict):
        if draft.state != plan.DRAFT:
            raise Refusal(f"活动{draft.id}号已经不是草稿了。要改时间请说「活动{draft.id}改到…」。")
        if why := beyond(ctx, decision):
            return f"{why}没有改。\n{show(ctx, draft)}"
        return show(ctx, plan.edit(ctx.conn, draft.id, **decision))
    if taken := rooms.in_the_way(ctx.conn, draft):  # the question stays open: another place or time is what it takes
        return f"{draft.place}这个时间已经被预约（预约{taken[0].id}号），还没有发布。\n{show(ctx, draft)}"
    targets = targets_of(ctx, draft)
    published = plan.publish(ctx.conn, draft.id, ctx.now, targets)
    rooms.hold(ctx.conn, published, ctx.chat.id, ctx.now)
    if not ctx.chat.private:
        return ask_again(ctx, announcement(published))
    due = civil(ctx.now)
    for chat in targets:
        ctx.tell_chat(chat, announcement(published), verbatim=True, due_at=due)
    when = "已" if due == ctx.now else f"将在{moment(due)}"
    return ask_again(ctx, f"活动{published.id}号「{published.title}」{when}发布到{len(targets)}个群。")


# an announcement that its group has read


def _may_record(ctx: Context, read: Plan) -> bool:
    """Not what a club's leader says of other things than the club."""
    if ctx.role in ORGANISERS:
        return True
    club = clubs.named(ctx.conn, f"{read.title} {read.organiser}")
    if club is None or club.leader_id != ctx.person.id:
        return False
    return ctx.chat in clubs.groups(ctx.conn, club, ctx.channel)


def _record(ctx: Context, read: Plan, start: datetime) -> None:
    """Take it into the list so that sign-ups and check-ins find it; the sender may correct it privately."""
    known = lookup.same(ctx.conn, read.title, start)
    if known:  # the same announcement in another group
        plan.touch(ctx.conn, known.id, ctx.chat.id, ctx.now)
        return
    columns, why = _columns(ctx, read), beyond(ctx, read.worth())
    if why:
        columns |= {"points": None, "required": read.required and ctx.role in ORGANISERS}
    draft = plan.draft(ctx.conn, ctx.now, drafter_id=ctx.person.id, **columns)
    published = plan.publish(ctx.conn, draft.id, ctx.now, [ctx.chat])
    if not rooms.in_the_way(ctx.conn, published):
        rooms.hold(ctx.conn, published, ctx.chat.id, ctx.now)
    chat = ctx.private_chat_of(ctx.person.id)
    if chat is None:
        return
    lines = [f"您在「{ctx.chat.title}」发的活动已记为活动{published.id}号：{published.title}", *plan_lines(published)]
    found = doubts.of_draft(ctx, published, [ctx.chat], read.weekday)
    found += [f"{why}积分按规则算"] if why else []
    lines += [f"请留意：{'；'.join(found)}。"] if found else []
    lines.append("群友可以报名和签到。对的话回复「确认」；要改直接说，如「地点改成二楼」；不是活动请回复「不是」。")
    ctx.tell_person(ctx.person.id, "\n".join(lines))
    ctx.ask("confirm_record", "decision", {"draft": str(published.id)}, chat=chat)


def _forget(ctx: Context) -> str:
    """不是 in answer to what was recorded."""
    number = int(ctx.args["draft"])
    rooms.release(ctx.conn, number, ctx.now)
    plan.drop(ctx.conn, number)
    return f"好的，活动{number}号已删除，不再接受报名。"


@handler("confirm_record", slots=(Slot("decision", read_decision, on_cancel=_forget), DRAFT_SLOT))
def confirm_record(ctx: Context, decision: Decision, draft: Activity) -> str:
    """The sender's word on an announcement that was recorded: right, a correction, or no activity at all."""
    if isinstance(decision, dict):
        _see_to_rights(ctx, draft)
        if why := beyond(ctx, decision):
            ctx.ask("confirm_record", "decision", {"draft": str(draft.id)})
            return f"{why}没有改。对的话回复「确认」。"
        changed = plan.edit(ctx.conn, draft.id, **decision)
        rooms.hold(ctx.conn, changed, ctx.chat.id, ctx.now)
        ctx.ask("confirm_record", "decision", {"draft": str(draft.id)})
        return "\n".join([f"已改，活动{changed.id}号：{changed.title}", *plan_lines(changed), "对的话回复「确认」。"])
    if decision:
        return f"好的，活动{draft.id}号已登记，开始前会提醒报名的人。"
    return _forget(ctx)


HANDLERS: tuple[Handler, ...] = (publish_activity, confirm_activity, confirm_record)
