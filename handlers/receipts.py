"""收到: counted silently per person; who has not answered is told privately, never in the group."""

import re
from collections.abc import Sequence

from bot import inbox
from bot.capability import Context, Handler, handler
from bot.domain import broadcasts, people, receipts
from bot.domain.broadcasts import Broadcast
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.domain.receipts import Circular, Missing
from bot.errors import Refusal
from bot.notices.aside import aside
from bot.notices.broadcasts import title
from bot.outbox import Class
from knowledge.normalize import simplify
from knowledge.wording import readable

SHOWN_GROUPS = 3
RECENT = 200
"""Messages of a group among which an announcement is looked for."""
NAMED = 15
WORDS = r"(?:收[到倒悉]|知道了|已阅|已悉|知悉|知晓|遵照执行|照办)"
AFTER = (
    r"(?:谢谢|感谢|辛苦|明白|了解|知道|通知|准时|按时|马上|一定|会|书记|领导|主任|老师|您|大家|已|参加|到场|传达|转达"
    r"|转发|落实|参会|集合|安排|布置|即办|了|到|我们?|这就|\w{1,3}(?:书记|主任|领导|老师|部长|总))"
)
TAIL = r"[^\W\d接办处报签请]{1,9}"
"""What else may follow 收到, in a few words; not what somebody takes on, which is another capability's."""


@handler(
    "receipt",
    commands=(
        rf"(?!.*[吗没未?谁])[\w·、,和 ]{{0,16}}?{WORDS}(?:了|啦|{WORDS})*(?:\W*{AFTER}{{1,6}}|\W+{TAIL})?\W*",
        r"1+|[👌🫡✅]+|ok",
    ),
    overhear=True,
    yields=True,
)
def receipt(ctx: Context) -> str | None:
    """Count a receipt for the announcement it follows; say nothing in a group, ever."""
    if ctx.chat.private:
        return "现在没有等您选的，请把要办的说全。" if ctx.text.isdigit() else "好的，有事随时叫我。"
    asked = _asked_here(ctx)
    if asked:
        receipts.acknowledge(ctx.conn, asked, ctx.person.id, ctx.text, ctx.now)
    return None


def _asked_here(ctx: Context) -> Circular | None:
    """The last announcement in this chat that wants receipts, from a broadcast or from whoever leads here."""
    found = [_broadcast(ctx), _message(ctx)]
    return max((what for what in found if what), key=lambda what: what.at, default=None)


def _broadcast(ctx: Context) -> Circular | None:
    since = ctx.now - receipts.COUNTED_FOR
    items = broadcasts.in_chat_since(ctx.conn, ctx.chat.id, since)
    item = next((item for item in items if item.due_at and item.due_at <= ctx.now), None)
    return _announced(item, ctx.chat.id) if item else None


def _announced(item: Broadcast, chat_id: int) -> Circular:
    at = item.due_at or item.drafted_at
    return Circular(chat_id, receipts.from_broadcast(item.id), item.drafter_id, item.text, at)


def _message(ctx: Context) -> Circular | None:
    rows = inbox.recent(ctx.conn, ctx.chat.channel, ctx.chat.external_id, RECENT)
    for row in reversed(rows):
        if row.id >= ctx.message.id or row.at < ctx.now - receipts.COUNTED_FOR:
            continue
        if receipts.ASKS.search(simplify(row.text)) and _leads(ctx, row.sender):
            author = people.find_person(ctx.conn, row.channel, row.sender)
            assert author is not None
            return Circular(ctx.chat.id, f"inbox:{row.id}", author, row.text, row.at)
    return None


def _leads(ctx: Context, sender: str) -> bool:
    role = people.role_of(ctx.conn, ctx.chat.channel, ctx.chat.external_id, sender)
    return role in (HANDLER, SECRETARY, STAFF)


_YES = r"(?:嗯+|好+|好的|好[滴嘞哒呢]|行|可以|ok+|okay|明白|了解|清楚|知道|没问题|遵命|谢谢|感谢|辛苦)"
_AFFIRMS = re.compile(rf"(?:{_YES}[的了啦呀哈啊呢您]*\W*){{1,3}}", re.IGNORECASE)


def affirms(ctx: Context) -> bool:
    """好的, 明白: a receipt where one is open."""
    return not ctx.chat.private and _AFFIRMS.fullmatch(ctx.text) is not None and _asked_here(ctx) is not None


@handler("affirmed", when=affirms, overhear=True)
def affirmed(ctx: Context) -> None:
    """Count an affirmative as a receipt, as silently."""
    receipt.run(ctx)


@handler(
    "who_has_not",
    commands=(
        r"(?:查一?下|看看|统计)?(?:还有)?(?:谁|哪些人?|哪几个)(?:还)?(?:没有?|未)(?:回复?|收到|回执|回应)(?:的|呢|啊)?"
        r"\s*(?:群发|通知)?\s*[#第]?(?P<number>\d{1,9})?\s*号?[?]?",
        r"(?:查一?下|看看|统计)?(?:群发)?回执(?:情况|统计)?\s*(?:群发)?\s*[#第]?(?P<number>\d{1,9})?\s*号?",
        r"(?:查一?下|看看|统计)?(?:群发)\s*[#第]?(?P<number>\d{1,9})\s*号?\s*(?:的)?(?:回执|谁没回复?|收到)(?:情况|统计)?[?]?",
    ),
    roles=(SECRETARY, STAFF),
    title="查回执",
    examples=("谁没回复 3", "回执 3"),
)
def who_has_not(ctx: Context) -> str:
    """Who has acknowledged and who has not, for the eyes of the one who asks alone."""
    asked = _meant(ctx)
    lines = [_line(ctx, what) for what in asked]
    text = f"{_heading(asked[0])}回执（只算在群里说过话的人）：\n" + "\n".join(lines)
    if any(_missing(ctx, what) for what in asked):
        number = receipts.broadcast_number(asked[0].source)
        text += f"\n要私下提醒没回复的人一次，请私聊回复「提醒未回复{f' {number}' if number else ''}」。"
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "回执情况")


def _meant(ctx: Context) -> list[Circular]:
    """The announcement that the command names, else the sender's last, in each of its chats."""
    assert ctx.command is not None
    number = ctx.command["number"]
    return _of_broadcast(ctx, broadcasts.get(ctx.conn, int(number))) if number else _latest(ctx)


def _missing(ctx: Context, what: Circular) -> list[Missing]:
    return receipts.missing(ctx.conn, what.chat_id, what.source, what.author_id)


@handler(
    "remind_missing",
    commands=(
        r"(?:私下|单独|私聊)?(?:提醒|催)(?:一下|一遍)?(?:还)?(?:没有?|未)(?:回复?|收到|回执)(?:的(?:人|同志)?)?"
        r"\s*(?:群发)?\s*[#第]?(?P<number>\d{1,9})?\s*号?",
    ),
    roles=(SECRETARY, STAFF),
    title="提醒没回复的人",
    examples=("提醒未回复 3",),
)
def remind_missing(ctx: Context) -> str:
    """Tell whoever has not acknowledged, privately and only once in all."""
    where: dict[int, list[Circular]] = {}
    for what in _meant(ctx):
        for someone in _missing(ctx, what):
            where.setdefault(someone.person_id, []).append(what)
    if not where:
        raise Refusal("在群里说过话的人都回复了。")
    told = sum(_remind(ctx, person_id, silent_in) for person_id, silent_in in where.items())
    rest = f"，其余{len(where) - told}人提醒过了或没有私聊方式" if told < len(where) else ""
    return f"已私下提醒{told}人，逐个发出{rest}。每人只提醒这一次。"


def _remind(ctx: Context, person_id: int, silent_in: Sequence[Circular]) -> bool:
    """One message to one person, however many groups they have read it in."""
    first = silent_in[0]
    titles = "、".join(title(people.get_chat(ctx.conn, what.chat_id)) for what in silent_in[:SHOWN_GROUPS])
    more = f"等{len(silent_in)}个群" if len(silent_in) > SHOWN_GROUPS else ""
    text = readable(simplify(first.text))[:30]
    words = f"{titles}{more}里的通知「{text}」请大家回复，您看到后请在群里回一句「收到」。"
    key = f"receipt-reminder:{first.source}:{person_id}"
    return ctx.tell_person(person_id, words, klass=Class.BULK, key=key)


def _of_broadcast(ctx: Context, item: Broadcast) -> list[Circular]:
    if item.drafter_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"群发{item.id}号由别人发起，只有发起人和工作人员可以查。")
    if item.due_at is None:
        raise Refusal(f"群发{item.id}号{broadcasts.STATES[item.state]}，没有回执。")
    return [_announced(item, chat.id) for chat in broadcasts.targets(ctx.conn, item.id)]


def _latest(ctx: Context) -> list[Circular]:
    if not ctx.chat.private:
        what = _asked_here(ctx)
        if what is None:
            raise Refusal("这个群三天内没有要求回复的通知。")
        return [what]
    item, said = broadcasts.latest(ctx.conn, ctx.person.id), receipts.latest_by(ctx.conn, ctx.person.id)
    if item and (said is None or said.at <= (item.due_at or item.drafted_at)):
        return _of_broadcast(ctx, item)
    if said is None:
        raise Refusal("没有找到您发的通知，请写上群发编号，比如「回执 3」。")
    return [said]


def _heading(what: Circular) -> str:
    number = receipts.broadcast_number(what.source)
    return f"群发{number}号" if number else f"「{simplify(what.text)[:20]}」的"


def _line(ctx: Context, what: Circular) -> str:
    """One group: how many have answered, who has not, and receipts given for others."""
    given = receipts.given(ctx.conn, what.chat_id, what.source)
    missing = _missing(ctx, what)
    names = [someone.name for someone in missing if someone.name][:NAMED]
    rest = f"等{len(missing)}人" if names and len(names) < len(missing) else ""
    text = f"{title(people.get_chat(ctx.conn, what.chat_id))}：已回复{len(given)}人，未回复{len(missing)}人"
    text += f"（{'、'.join(names)}{rest}）" if names else ""
    notes = [f"{row.text}（{row.name}）" for row in given if re.match(rf"[\w·、,和 ]{{2,16}}?{WORDS}", row.text)]
    return text + (f"；代回：{'、'.join(notes)}" if notes else "")


HANDLERS: tuple[Handler, ...] = (receipt, affirmed, who_has_not, remind_missing)
