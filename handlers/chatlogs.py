"""聊天记录: what a pasted or forwarded log tells is done as if each speaker had said it there; one summary follows."""

import re
from collections import Counter

from bot import inbox
from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import chatlogs, people
from bot.domain.needs import By
from bot.domain.people import HANDLER, INSTRUCTOR, SECRETARY, STAFF, STRANGER, Chat
from bot.inbox import Row
from bot.notices.needs import dispatch
from knowledge import chatlog
from knowledge.private import mask

PASTERS = (STAFF, SECRETARY, HANDLER, INSTRUCTOR)
"""Who may pass on what others said; everybody else, in private, what they said themselves."""
OFFERED = 9
NAMED = 5
DONE = {
    "sign_up": "报名",
    "cancel_sign_up": "取消报名",
    "check_in": "签到",
    "solitaire": "接龙",
    "join_need": "跟报",
    "need_contact": "补充电话",
    "accept_need": "接单",
    "update_need": "办理进展",
    "resolve_need": "办结",
    "rate_need": "评价",
    "rate_answer": "评价",
    "withdraw_need": "撤回诉求",
    "urge_need": "催办",
    "log_visit": "走访",
    "offer_resource": "资源",
    "seek_resource": "求助",
    "book_venue": "订场地",
    "ask_policy": "政策提问",
}
"""Outcomes that a summary names; the rest had no effect worth a word."""


@handler(
    "chat_log",
    when=lambda ctx: ctx.log is not None,
    overhear=True,
    title="读聊天记录",
    examples=("群聊的聊天记录\n李敏 2025-07-21 16:05\n3号楼货梯坏了，麻烦派人修\n王磊 2025-07-21 16:06\n+1",),
)
def chat_log(ctx: Context) -> str | None:
    """Take in what the log tells; asked for where that was, when it is not plain."""
    assert ctx.log is not None
    groups = groups_of(ctx)
    if not groups:
        return refusal(ctx) if ctx.addressed else None
    group = one_of(ctx, groups)
    if group:
        return take_in(ctx, ctx.message, group)
    shown = chatlogs.by_speakers(ctx.conn, groups, ctx.log)[:OFFERED]
    numbers = ",".join(str(chat.id) for chat in shown)
    ctx.ask("chat_log_group", "group", {"log": str(ctx.message.id), "groups": numbers})
    lines = [f"{number}. {chat.title}" for number, chat in enumerate(shown, 1)]
    return f"这份记录有{len(ctx.log.utterances)}条，是哪个群的？请回复数字：\n" + "\n".join(lines)


def groups_of(ctx: Context) -> list[Chat]:
    """The groups whose log the sender may pass on here: this one, or in private all where they may."""
    if not ctx.chat.private:
        return [ctx.chat] if ctx.role in PASTERS else []
    groups = [chat for chat in people.chats(ctx.conn, ctx.channel) if not chat.private]
    return [chat for chat in groups if may_tell(ctx, chat)]


def may_tell(ctx: Context, group: Chat) -> bool:
    """Whoever works for the alliance there; others where they are known, about themselves."""
    role = people.role_in(ctx.conn, ctx.person, group)
    if ctx.role in PASTERS:
        return role in PASTERS
    return role != STRANGER and bool(ctx.person.name)


def refusal(ctx: Context) -> str:
    """Why the log is not read, and what to do instead."""
    if ctx.chat.private:
        return "这像是一段聊天记录，可我还不认识您在的群。要报的事请直接用一句话告诉我。"
    return "别人的聊天记录要由工作人员、支部书记、指导员或经办人转给我。您自己要办的事，请直接用一句话告诉我。"


def one_of(ctx: Context, groups: list[Chat]) -> Chat | None:
    """The only group there is, or the only one that the words before the log name."""
    assert ctx.log is not None
    if len(groups) == 1:
        return groups[0]
    named = [chat for chat in groups if chat.title in ctx.log.head]
    return named[0] if len(named) == 1 else None


def read_group(ctx: Context, text: str) -> Chat | None:
    """A digit, or the group's name."""
    offered = [people.get_chat(ctx.conn, int(one)) for one in str(ctx.args["groups"]).split(",")]
    if re.fullmatch(r"[1-9][.、。]?", text):
        return offered[int(text[0]) - 1] if int(text[0]) <= len(offered) else None
    named = [chat for chat in offered if len(text) > 1 and text.rstrip("。群") in chat.title]
    return named[0] if len(named) == 1 else None


@handler(
    "chat_log_group",
    slots=(Slot("group", read_group), Slot("log", lambda ctx, text: inbox.get(ctx.conn, int(text)))),
)
def chat_log_group(ctx: Context, group: Chat, log: Row) -> str | None:
    """Take in the log that was pasted before, as of that group."""
    return take_in(ctx, log, group)


def take_in(ctx: Context, source: Row, group: Chat) -> str | None:
    """Put the log's words on their way; what came of them is said when the last is done."""
    log = ctx.log or chatlog.parse(source.text, local(source.at))
    assert log is not None
    only = None if ctx.role in PASTERS else people.display_name(ctx.person)
    taken = chatlogs.take_in(ctx.conn, source, group, log, ctx.now, only=only)
    notes = []
    if taken.doubtful:
        notes.append(f"群里叫「{'」「'.join(taken.doubtful[:NAMED])}」的不止一位，没有算到任何一位名下。")
    if log.left_out:
        notes.append(f"一次最多读{chatlog.MAX_UTTERANCES}条，后面的{log.left_out}条没有读，请分开发。")
    if not taken.new:
        told = f"都已经收到过，没有新的（{taken.known}条）" if taken.known else "没有您本人说的话，我没有登记"
        notes.insert(0, f"这份记录{told}。")
    if not notes:
        return None
    if ctx.addressed:
        return "".join(notes)
    ctx.tell_person(ctx.person.id, "".join(notes)) if taken.new else None
    return None


@handler("chat_log_read")
def chat_log_read(ctx: Context) -> None:
    """All words of a log are done: what came of them, to the one who passed it on."""
    assert ctx.message.via_id is not None
    source = inbox.get(ctx.conn, ctx.message.via_id)
    for number, _, _ in chatlogs.reported(ctx.conn, source.id):
        need = chatlogs.start_clock(ctx.conn, number, ctx.now)
        if need.state == "reported":  # nobody will be asked for a phone number any more
            dispatch(ctx.conn, ctx.voice, need, By(None, ctx.now))
    text = summary(ctx, source)
    if source.private or source.mentioned:
        chat = people.meet_chat(ctx.conn, source.channel, source.chat)
        ctx.tell_chat(chat, text, to=source.sender, reply_to=source.message_id)
    elif "：" in text:
        ctx.tell_person(ctx.person.id, text)


def summary(ctx: Context, source: Row) -> str:
    """读了12条：新登记诉求103号（李敏）、接龙3条，其余没有要办的。"""
    told = chatlogs.outcomes(ctx.conn, source.id)
    reported = chatlogs.reported(ctx.conn, source.id)
    begun = {said for _, _, said in reported}
    parts = [f"新登记诉求{number}号（{name}）" for number, name, _ in reported]
    done = Counter(DONE[one.outcome] for one in told if one.outcome in DONE and one.id not in begun)
    parts += [f"{what}{count}条" for what, count in done.items()]
    refused = sum(one.outcome == "refused" for one in told)
    if refused:
        parts.append(f"没办成{refused}条")
    failed = sum(one.state == "failed" for one in told)
    if failed:
        parts.append(f"出错{failed}条，已转工作人员")
    if not parts:
        return f"读了{len(told)}条，没有要登记的。"
    rest = len(told) - len(reported) - sum(done.values()) - refused - failed
    asked = "政策提问没有在群里答，要答案请直接问我。" if "政策提问" in done else ""
    return mask(f"读了{len(told)}条：{'、'.join(parts)}{'；其余没有要办的' if rest > 0 else ''}。{asked}")


HANDLERS: tuple[Handler, ...] = (chat_log, chat_log_group, chat_log_read)
