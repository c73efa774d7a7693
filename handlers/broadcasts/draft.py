"""群发: a draft with its preview. To whom: group names, organisations, levels, lists; when: at once or at a time."""

import re
from datetime import datetime, timedelta

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast, audience
from bot.domain.people import SECRETARY, STAFF, Chat
from bot.errors import Refusal
from bot.notices.broadcasts import preview, title, titles
from handlers.broadcasts import days, edits
from knowledge import times

SENDERS = (SECRETARY, STAFF)
CONFIRM_WITHIN = timedelta(hours=2)
LONGEST = 1500
NAMED = 8
START = (
    r"(?P<urgent>紧急|加急|急)?\s*(?:请|帮我|帮忙)?\s*(?:定时)?(?:群发|广播)(?:一下|通知|消息)?\s*"
    r"(?:(?:发?给|到|至|往)\s*(?P<audience>[^:：\n(（]{1,80}?)\s*)?"
    r"(?:[(（](?P<mark>[^)）\n]{1,20})[)）])?\s*[:：\s]\s*"
)
URGENT_TEXT = re.compile(r"[【\[(（]?(?:紧急|加急|急)(?:[】\])）:：!！]|通知)")
URGENT_MARK = re.compile(r"紧急|加急|急")


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
    targets, mark = _targets(ctx, ctx.command["audience"]), ctx.command["mark"] or ""
    urgent = bool(ctx.command["urgent"] or URGENT_MARK.fullmatch(mark) or URGENT_TEXT.match(text))
    item = broadcasts.draft(ctx.conn, ctx.person, text, targets, channel=ctx.channel, urgent=urgent, now=ctx.now)
    if mark and not URGENT_MARK.fullmatch(mark):
        item = put_off(ctx, item, mark)
    return show(ctx, item)


def _targets(ctx: Context, words: str | None) -> list[Chat]:
    """The groups that the command names, else all that the sender may reach."""
    edited, reach = editable(ctx, "", ())
    if not reach:
        raise Refusal("您名下还没有可以群发的群，请联系工作人员绑定。")
    if not words:
        return reach
    chosen = sorted(set(edited.named(words, range(len(reach)))))
    if edited.problems:
        some = titles(reach[:NAMED]) + (f"等{len(reach)}个" if len(reach) > NAMED else "")
        raise Refusal(f"{edited.problems[0]}，也没有这个名字的组织、层级或分组。您能发的群：{some}。")
    return [reach[place] for place in chosen]


def editable(ctx: Context, text: str, chosen: "set[int] | tuple[()]") -> tuple[edits.Draft, list[Chat]]:
    """A text with the groups that the sender may reach, and those (by id) that it goes to, ready to be edited."""
    reach = audience.reach(ctx.conn, ctx.person, ctx.role)
    places = [place for place, chat in enumerate(reach) if chat.id in chosen]
    circles = audience.circles(ctx.conn, reach)
    return edits.Draft(text, [title(chat) for chat in reach], places, circles=circles), reach


def moment(words: str, now: datetime) -> datetime | None:
    """The moment that words such as 明天上午9点 name and nothing else; of a day or a morning, half past eight."""
    found = times.when(words, now)
    if found is None or found.repeats or found.span != (0, len(words)):
        return None
    begins = local(found.start)
    early = found.granularity == "day" or (found.end is not None and broadcasts.at_night(begins))
    return datetime.combine(begins.date(), broadcasts.MORNING, begins.tzinfo) if early else begins


def put_off(ctx: Context, item: Broadcast, words: str) -> Broadcast:
    """Let a draft wait for the moment that words name. Raises Refusal for one that is past or cannot be read."""
    wanted = moment(words.strip(), ctx.now)
    if wanted is None or wanted <= ctx.now:
        raise Refusal(f"没有看懂「{words}」是哪个时间，或者已经过了，请写成「明天上午9点」这样。")
    broadcasts.put_off(ctx.conn, item.id, wanted)
    return broadcasts.get(ctx.conn, item.id)


def show(ctx: Context, item: Broadcast, problems: list[str] | None = None) -> str:
    """The preview, in private, with the question whether it may go."""
    warned = days.warning(item, ctx.now)
    words = (
        f"{preview(ctx.conn, item, ctx.now, problems or ())}\n"
        + (f"{warned}\n" if warned else "")
        + "回复「确认」或 1 发送，回复「取消」或 2 不发；要改可以说「把电话改成…」「别发某某群」，"
        "要定时可以说「明天上午9点发」。"
    )
    if ctx.chat.private:
        wait_for_word(ctx, item, ctx.chat)
        return words
    private = ctx.private_chat_of(ctx.person.id)
    if private is None or not ctx.tell_person(ctx.person.id, words):
        raise Refusal("群发要先给您看草稿，请私聊我发「群发：…」。")
    wait_for_word(ctx, item, private)
    return f"群发{item.id}号的草稿已私发给您，请在私聊里确认。"


def wait_for_word(ctx: Context, item: Broadcast, chat: Chat) -> None:
    """Wait for the drafter's word on a draft."""
    ctx.ask("confirm_broadcast", "decision", {"draft": str(item.id)}, chat=chat, within=CONFIRM_WITHIN)


HANDLERS: tuple[Handler, ...] = (draft_broadcast,)
