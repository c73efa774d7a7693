"""群发: a draft with its preview. To whom: group names, organisations, levels, lists; when: at once or at a time."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import broadcasts
from bot.domain.broadcasts import Broadcast, audience
from bot.domain.people import SECRETARY, STAFF, Chat
from bot.errors import Refusal
from bot.notices.broadcasts import preview, title, titles
from handlers.broadcasts import days, edits
from handlers.broadcasts.edits import NO_GROUP
from knowledge import slots, times
from knowledge.wording import readable

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


_ALL = r"大家|所有人|各位(?:书记|联络员|同事)?|各(?:单位|企业|群)"
_WHOM = rf"(?P<audience>{_ALL}|各支部|[^\s,，。:：了过没]{{1,12}}?群)(?:里|里的人|的人)?"
_PLEASE = r"(?:请|麻烦|帮我|帮忙|帮|替我|你|小红|[,，\s])*"
_IN_WORDS = re.compile(
    rf"{_PLEASE}(?:(?:在|到)?群里)?(?:通知|转告)(?:一下|一声)?{_WHOM}(?:一下|一声|说)?[:：,，\s]*(?P<text>.{{4,}})"
    rf"|{_PLEASE}(?:跟|给|向|在)(?P<there>[^\s,，。:：了过没]{{1,12}}?群)(?:里)?(?:通知|说|讲|发)(?:一?[下声个条]|通知|消息)+[:：,，\s]*(?P<words>.{{4,}})",
    re.DOTALL,
)
_ASKS = re.compile(r"[吗么?？]\W*$|^(?:[了过没吗])")


_NOTICE = re.compile(r"\W{0,2}(?:[^\s,，。:：]{0,10})(?:通知|公告|通报|提醒)(?:[】\])）]|\s*[:：\n])")
_OFFICE = re.compile(r"上报|报送|填报|报到|上交|提交|交到|缴纳|逾期|收到请回复|台账|停水|停电|停气")
_EVENT = re.compile(r"报名|举办|举行|召开|开展|参加|活动(?:时间|地点)")


def is_notice(ctx: Context) -> bool:
    """【通知】… of office business, in private from who may broadcast: no activity is announced by it."""
    if not ctx.chat.private or ctx.role not in SENDERS or ctx.reading.quote or not _NOTICE.match(ctx.text):
        return False
    return bool(_OFFICE.search(ctx.text)) and not _EVENT.search(ctx.text)


def in_words(ctx: Context) -> re.Match[str] | None:
    """帮我通知海纳群明天下午三点开会, said to the bot by who may broadcast."""
    if not ctx.addressed or ctx.role not in SENDERS or ctx.reading.quote:
        return None
    found = _IN_WORDS.fullmatch(ctx.text)
    return None if found is None or _ASKS.search(found["text"] or found["words"]) else found


def _asked_in_words(ctx: Context) -> str:
    found = in_words(ctx)
    if found is None:
        text = readable(ctx.message.text)
        return _drafted(ctx, _reachable(ctx), text=text, urgent=bool(URGENT_TEXT.match(text)), when="")
    whom = found["audience"] or found["there"]
    known: dict[str, Any] = {"text": readable(found["text"] or found["words"]), "urgent": False, "when": ""}
    targets = _targets(ctx, None if re.fullmatch(_ALL, whom) else whom, known)
    return targets if isinstance(targets, str) else _drafted(ctx, targets, **known)


@handler(
    "draft_broadcast",
    commands=(START + r"(?P<text>.+)",),
    when=lambda ctx: is_notice(ctx) or in_words(ctx) is not None,
    roles=SENDERS,
    title="群发",
    examples=("群发：明天上午9点服务中心有义诊，欢迎大家参加",),
)
def draft_broadcast(ctx: Context) -> str:
    """Show what would go out, and to whom; nothing is sent."""
    if ctx.command is None:
        return _asked_in_words(ctx)
    typed = re.search(START, ctx.message.text) if ctx.reading.quote is None else None
    text = (ctx.message.text[typed.end() :] if typed else ctx.command["text"]).strip()
    if len(text) > LONGEST:
        raise Refusal(f"群发内容有{len(text)}个字，超过了{LONGEST}字，请精简或分两次发。")
    mark = ctx.command["mark"] or ""
    urgent = bool(ctx.command["urgent"] or URGENT_MARK.fullmatch(mark) or URGENT_TEXT.match(text))
    known: dict[str, Any] = {"text": text, "urgent": urgent, "when": "" if URGENT_MARK.fullmatch(mark) else mark}
    targets = _targets(ctx, ctx.command["audience"], known)
    return targets if isinstance(targets, str) else _drafted(ctx, targets, **known)


def _drafted(ctx: Context, targets: list[Chat], *, text: str, urgent: bool, when: str) -> str:
    item = broadcasts.draft(ctx.conn, ctx.person, text, targets, channel=ctx.channel, urgent=urgent, now=ctx.now)
    return show(ctx, put_off(ctx, item, when) if when else item)


def _reachable(ctx: Context) -> list[Chat]:
    if reach := audience.reach(ctx.conn, ctx.person, ctx.role):
        return reach
    raise Refusal("您名下还没有可以群发的群，请联系工作人员绑定。")


def _targets(ctx: Context, words: str | None, known: Mapping[str, Any]) -> list[Chat] | str:
    """The groups that the command names, else all that the sender may reach; or the question which are meant."""
    if not words:
        return _reachable(ctx)
    edited, reach = editable(ctx, "", ())
    chosen = sorted(set(edited.named(words, range(len(reach)))))
    if edited.near and all(problem.endswith(NO_GROUP) for problem in edited.problems):
        offered = [reach[place] for place in sorted({*chosen, *edited.near})]
        return _ask_where(ctx, "，".join(edited.problems), offered, known)
    if edited.problems:
        some = titles(reach[:NAMED]) + (f"等{len(reach)}个" if len(reach) > NAMED else "")
        unknown = "" if edited.problems[0].endswith(NO_GROUP) else "，也没有这个名字的组织、层级或分组"
        raise Refusal(f"{edited.problems[0]}{unknown}。您能发的群：{some}。")
    return [reach[place] for place in chosen]


def _ask_where(ctx: Context, why: str, offered: list[Chat], known: Mapping[str, Any]) -> str:
    lines = [f"{number}. {title(chat)}" for number, chat in enumerate(offered, 1)]
    ctx.ask("aim_broadcast", "picked", {**known, "offered": [chat.id for chat in offered]}, within=CONFIRM_WITHIN)
    several = "（可以选几个，如「1、2」）" if len(offered) > 1 else ""
    return "\n".join([f"{why}。可以发到：", *lines, f"请回复数字{several}；不发回复「取消」。"])


def read_picked(ctx: Context, text: str) -> list[int] | None:
    """The chats that the digits stand for; of one that is offered a yes will do."""
    offered: list[int] = ctx.args["offered"]
    if slots.yes_no(text) and len(offered) == 1:
        return offered
    if re.fullmatch(r"(?:全部?|都)(?:发|选|要)?(?:一下|吧|的)?\W*", text):
        return offered
    picked = slots.choices(text)
    return [offered[number - 1] for number in picked] if picked and max(picked) <= len(offered) else None


@handler("aim_broadcast", roles=SENDERS, slots=(Slot("picked", read_picked),))
def aim_broadcast(ctx: Context, picked: list[int]) -> str:
    """The groups that are meant where an organisation without groups was named."""
    targets = [chat for chat in audience.reach(ctx.conn, ctx.person, ctx.role) if chat.id in picked]
    if not targets:
        raise Refusal("这些群现在不在您可以群发的范围里，没有建草稿。")
    return _drafted(ctx, targets, **{name: ctx.args[name] for name in ("text", "urgent", "when")})


def editable(ctx: Context, text: str, chosen: "set[int] | tuple[()]") -> tuple[edits.Draft, list[Chat]]:
    """A text with the groups that the sender may reach, and those (by id) that it goes to, ready to be edited."""
    reach = audience.reach(ctx.conn, ctx.person, ctx.role)
    places = [place for place, chat in enumerate(reach) if chat.id in chosen]
    circles, homeless = audience.circles(ctx.conn, reach), audience.homeless(ctx.conn, reach)
    return edits.Draft(text, [title(chat) for chat in reach], places, circles=circles, homeless=homeless), reach


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
    warned = "\n".join(filter(None, (days.contradictions(item.text, item.drafted_at), days.warning(item, ctx.now))))
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


HANDLERS: tuple[Handler, ...] = (draft_broadcast, aim_broadcast)
