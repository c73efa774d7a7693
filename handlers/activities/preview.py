"""A draft as it stands, before anybody else sees it, and the other drafts of which its drafter was asked."""

from bot import questions
from bot.capability import Context
from bot.domain import people, points
from bot.domain.activities import Activity, clubs, plan, reach
from bot.domain.people import Chat
from bot.notices.activities import plan_lines
from handlers.activities import doubts

CONFIRM = "confirm_activity"
EARLIER = "earlier"
"""The drafts that a question about one made wait: their numbers, the latest first."""


def show(ctx: Context, draft: Activity, weekday: int | None = None) -> str:
    """The draft as it stands, asking the sender to confirm it; nothing is public yet."""
    ctx.ask(CONFIRM, "decision", {"draft": str(draft.id), EARLIER: _earlier(ctx)})
    targets = targets_of(ctx, draft)
    lines = [f"活动{draft.id}号（草稿，未公布）：{draft.title or '（没写名称）'}", *plan_lines(draft)]
    if draft.points is None:
        lines.append(f"积分：{points.rule(ctx.conn, 'check_in', draft.start)}分（按规则）")
    found = doubts.of_draft(ctx, draft, targets, weekday)
    lines += [f"请留意：{'；'.join(found)}。"] if found else []
    lines += [f"确认后发到：{'、'.join(chat.title for chat in targets)}。"] if ctx.chat.private else []
    lines.append("回复「确认」发布；要改直接说，如「地点改成二楼」；不发回复「取消」。")
    return "\n".join(lines)


def _earlier(ctx: Context) -> str:
    """The numbers of the drafts of which the sender was asked before in this chat, and has not spoken yet."""
    if EARLIER in ctx.args:
        return str(ctx.args[EARLIER])
    asked = questions.open_for(ctx.conn, ctx.chat.id, ctx.person.id, ctx.now)
    return next((f"{one.args['draft']} {one.args[EARLIER]}" for one in asked if EARLIER in one.args), "")


def ask_again(ctx: Context, done: str) -> str:
    """What was done with a draft; and the question about the one before it, which nobody shall forget."""
    numbers = str(ctx.args.get(EARLIER) or "").split()
    waiting = [one for number in numbers if (one := plan.get(ctx.conn, int(number))).state == plan.DRAFT]
    if not waiting:
        return done
    first, rest = waiting[0], " ".join(str(one.id) for one in waiting[1:])
    ctx.ask(CONFIRM, "decision", {"draft": str(first.id), EARLIER: rest})
    text = f"活动{first.id}号「{first.title}」的草稿还没有发：发布请再回复「确认」，不发回复「取消」。"
    if ctx.chat.private:
        return f"{done}\n{text}"
    ctx.tell_person(ctx.person.id, f"在「{ctx.chat.title}」，{text}")
    return done


def targets_of(ctx: Context, draft: Activity) -> list[Chat]:
    """Where it will be announced: the group it is drafted in; from a private draft its club's, or its drafter's."""
    if not ctx.chat.private:
        return [ctx.chat]
    club = clubs.called(ctx.conn, draft.organiser) if draft.organiser else None
    if club and club.leader_id == ctx.person.id:
        return clubs.groups(ctx.conn, club, ctx.channel)
    return reach.groups_of(ctx.conn, ctx.person.id, ctx.channel)


def elsewhere(ctx: Context) -> str:
    """The draft that waits for the sender's word in another chat; in a group they are told of it privately."""
    for chat_id, asked in questions.open_elsewhere(ctx.conn, ctx.chat.id, ctx.person.id, CONFIRM, ctx.now):
        draft, chat = plan.get(ctx.conn, int(asked.args["draft"])), people.get_chat(ctx.conn, chat_id)
        if draft.state != plan.DRAFT:
            continue
        where = "私聊里" if chat.private else f"「{chat.title}」"
        text = f"您在{where}还有一份没确认的草稿：活动{draft.id}号「{draft.title}」，请在那里回复「确认」或「取消」。"
        if ctx.chat.private:
            return f"\n{text}"
        ctx.tell_person(ctx.person.id, text)
        break
    return ""
