"""群发: a draft with its preview, changes in plain words, and the confirmation that sends it."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast
from bot.domain.people import SECRETARY, STAFF, Chat
from bot.errors import Refusal
from bot.notices.broadcasts import send, title
from handlers.broadcasts import edits
from knowledge import slots

SENDERS = (SECRETARY, STAFF)
CONFIRM_WITHIN = timedelta(hours=2)
LONGEST = 1500
START = (
    r"(?P<urgent>紧急|加急|急)?\s*(?:请|帮我|帮忙)?\s*(?:群发|广播)(?:一下|通知|消息)?\s*"
    r"(?P<mark>[(（](?:紧急|加急|急)[)）])?\s*[:：\s]\s*"
)
URGENT_TEXT = re.compile(r"[【\[(（]?(?:紧急|加急|急)(?:[】\])）:：!！]|通知)")


@handler(
    "draft_broadcast",
    commands=(START + r"(?P<text>.+)",),
    roles=SENDERS,
    title="群发",
    examples=("群发：明天上午9点服务中心有义诊，欢迎大家参加",),
)
def draft_broadcast(ctx: Context) -> str:
    """Show what would go out, and to whom; nothing is sent."""
    assert ctx.command is not None
    typed = re.search(START, ctx.message.text) if ctx.reading.quote is None else None
    text = (ctx.message.text[typed.end() :] if typed else ctx.command["text"]).strip()
    if len(text) > LONGEST:
        raise Refusal(f"群发内容有{len(text)}个字，超过了{LONGEST}字，请精简或分两次发。")
    targets = broadcasts.reach(ctx.conn, ctx.person, ctx.role, ctx.channel)
    if not targets:
        raise Refusal("您名下还没有可以群发的群，请联系工作人员绑定。")
    urgent = bool(ctx.command["urgent"] or ctx.command["mark"] or URGENT_TEXT.match(text))
    item = broadcasts.draft(ctx.conn, ctx.person, text, targets, urgent=urgent, now=ctx.now)
    shown = preview(item, targets)
    if ctx.chat.private:
        wait_for_word(ctx, item, ctx.chat)
        return shown
    private = ctx.private_chat_of(ctx.person.id)
    if private is None or not ctx.tell_person(ctx.person.id, shown):
        raise Refusal("群发要先给您看草稿，请私聊我发「群发：…」。")
    wait_for_word(ctx, item, private)
    return f"群发{item.id}号的草稿已私发给您，请在私聊里确认。"


def preview(item: Broadcast, targets: Sequence[Chat], problems: Sequence[str] = ()) -> str:
    """The exact text, the groups, and what can be said now."""
    odd = "".join(f"（{problem}，这一处没有改。）\n" for problem in problems)
    urgent = "，紧急" if item.urgent else ""
    groups = "\n".join(f"{number}. {title(chat)}" for number, chat in enumerate(targets, 1))
    return (
        f"群发{item.id}号草稿，还没有发送{urgent}：\n{odd}————\n{item.text}\n————\n"
        f"发到{len(targets)}个群：\n{groups}\n"
        "回复「确认」发送；要改可以说「把电话改成…」「别发某某群」；不发请回复「取消」。"
    )


def wait_for_word(ctx: Context, item: Broadcast, chat: Chat) -> None:
    """Wait for the drafter's word on a draft."""
    ctx.ask("confirm_broadcast", "decision", {"draft": str(item.id)}, chat=chat, within=CONFIRM_WITHIN)


HURRY = re.compile(r"(?:确认|确定)?[,、\s]*(?:紧急|加急|急发|急|(?:马上|立即|立刻|现在)就?发送?)[吧了!]*")

OTHER = re.compile(
    r"(?:紧急|加急|急)?(?:群发|广播|教|发布活动|走访|改答|知识|撤回|入库|回复\s*[#Qq]?\d).{0,8}[:：\s\d]"
)
"""The beginning of another command."""


def read_decision(ctx: Context, text: str) -> str | None:
    """edit, hurry, yes or no."""
    if OTHER.match(text):
        return None
    if edits.clauses(text):
        return "edit"
    if HURRY.fullmatch(text):
        return "hurry"
    agreed = slots.yes_no(text)
    return None if agreed is None else "yes" if agreed else "no"


def drop_draft(ctx: Context) -> str:
    """The drafter's word that it is not to go out."""
    number = int(ctx.args["draft"])
    broadcasts.drop(ctx.conn, number)
    return f"好的，群发{number}号不发了。"


@handler(
    "confirm_broadcast",
    slots=(
        Slot("decision", read_decision, on_cancel=drop_draft),
        Slot("draft", lambda ctx, text: broadcasts.get(ctx.conn, int(text))),
    ),
)
def confirm_broadcast(ctx: Context, decision: str, draft: Broadcast) -> str:
    """The drafter's word: change it, drop it, or let it go."""
    if draft.state != "draft":
        raise Refusal(f"群发{draft.id}号{broadcasts.STATES[draft.state]}，没有再发一次。")
    if decision == "edit":
        return change(ctx, draft)
    if decision == "no":
        return drop_draft(ctx)
    if decision == "hurry":
        broadcasts.reword(ctx.conn, draft.id, draft.text, urgent=True)
    return release(ctx, draft)


def change(ctx: Context, draft: Broadcast) -> str:
    """Apply the changes, show the draft again and ask again."""
    reach = broadcasts.reach(ctx.conn, ctx.person, ctx.role, ctx.channel)
    ids = {chat.id for chat in broadcasts.targets(ctx.conn, draft.id)}
    chosen = [place for place, chat in enumerate(reach) if chat.id in ids]
    edited = edits.Draft(draft.text, [title(chat) for chat in reach], chosen)
    edits.revise(edited, ctx.text)
    targets = [reach[place] for place in edited.chosen]
    if not targets or not edited.text:
        edited.problems.append("改完就没有可发的群或内容了")
        edited.text, targets = draft.text, broadcasts.targets(ctx.conn, draft.id)
    broadcasts.reword(ctx.conn, draft.id, edited.text, urgent=draft.urgent)
    broadcasts.aim(ctx.conn, draft.id, targets)
    item = broadcasts.get(ctx.conn, draft.id)
    wait_for_word(ctx, item, ctx.chat)
    return preview(item, targets, edited.problems)


def release(ctx: Context, draft: Broadcast) -> str:
    """Queue it for every group; in quiet hours for the next working morning."""
    item = broadcasts.confirm(ctx.conn, draft.id, ctx.now)
    assert item.due_at is not None
    send(ctx.conn, ctx.voice, item)
    count = len(broadcasts.targets(ctx.conn, item.id))
    if item.due_at <= ctx.now:
        return f"群发{item.id}号开始发送，共{count}个群，逐个发出，发完告诉您结果。"
    due = local(item.due_at)
    weekday = "一二三四五六日"[due.weekday()]
    return (
        f"群发{item.id}号已确认，共{count}个群。现在是休息时间，将在{due.month}月{due.day}日（周{weekday}）"
        f"{due:%H:%M}发出。不发了请回复「撤回群发{item.id}」；急事请撤回后用「紧急群发：…」。"
    )


@handler(
    "nothing_to_confirm",
    commands=(r"(?:确认|确定)(?:发送|发出|发布|群发)?[吧了!。]*",),
)
def nothing_to_confirm(ctx: Context) -> str:
    """A confirmation with nothing open."""
    last = broadcasts.latest(ctx.conn, ctx.person.id)
    done = f"群发{last.id}号{broadcasts.STATES[last.state]}，不会重复发送。" if last else ""
    return f"现在没有等您确认的事项。{done}"


HANDLERS: tuple[Handler, ...] = (draft_broadcast, confirm_broadcast, nothing_to_confirm)
