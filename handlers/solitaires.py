"""接龙: keep the list that a group writes together, quietly, and say who is on it when asked."""

import re
from datetime import timedelta

from bot import inbox
from bot.capability import Context, Handler, handler
from bot.domain import menus, people
from bot.domain.activities import lookup, names, sign_ups
from bot.domain.people import SECRETARY, STAFF
from bot.domain.solitaires import Listing, enrolment, lists, posts, presence
from bot.domain.solitaires.enrolment import Enrolled
from bot.domain.solitaires.posts import Update
from bot.notices.activities import tell_promoted
from knowledge import solitaire as reader
from knowledge.normalize import clean
from knowledge.numbers import NUMERAL

ASKED_WITHIN = timedelta(days=30)
JUST_BEFORE = 10
"""How many messages back a list may be that 加我 is for."""
_FIELD = re.compile(r"(?:活动)?(?:时间|地点|内容|对象|要求|主题|方式|流程|名额|费用|联系人|注意事项|报名方式)$")


@handler(
    "solitaire",
    intents=("solitaire",),
    overhear=True,
    title="接龙",
    examples=("#接龙\n周六义诊志愿者报名\n\n1. 王海燕\n2. 李建军",),
)
def keep_list(ctx: Context) -> str | None:
    """Put the post into its list. A note when a list begins, then silence; an answer to whoever addresses the bot."""
    posted = reader.parse(ctx.text)
    if posted is None or any(_FIELD.match(entry.name) for entry in posted.entries):
        return (answer(ctx) or "没有看懂这份接龙，请发带标题和序号的名单。") if ctx.addressed else None
    update = posts.record(ctx.conn, ctx.chat, ctx.person, posted, ctx.now)
    if presence.is_sheet(update.listing.title):
        return _told_present(ctx, update)
    enrolled = enrolment.enrol(ctx.conn, update, ctx.chat, ctx.person, ctx.now)
    if enrolled:
        _tell_enrolled(ctx, enrolled)
    title = update.listing.title
    if update.begun:
        if not (ctx.addressed or enrolled) and _is_trade(ctx.text):
            return None
        also = f"，同时登记为「{enrolled.activity.title}」的报名" if enrolled else ""
        return f"已记下接龙「{title}」，我来帮忙合并{also}。"
    if ctx.addressed:
        return f"已更新接龙{summary(ctx, update.listing)}"
    return None


_TRADE = re.compile(
    rf"团购|拼[单团]|代[购买]|秒杀|\d\s*(?:元|块钱?)?\s*(?:[/每]|一)\s*[斤袋箱盒桶瓶包件只份]|{NUMERAL}\s*[斤袋箱盒桶瓶]"
)


def _is_trade(text: str) -> bool:
    """Whether neighbours buy and sell by a list: it is kept, but no office's business."""
    return _TRADE.search(text) is not None


JUST_NOW = timedelta(minutes=30)
_ADD_ME = re.compile(
    r"(?:也|再|把|帮|给|麻烦|请)*(?:加上?|带上?|记上?|写上?|算上?)我(?:一个|一位|1个|名字)?(?:也|上)?[吧呗哈啊谢~!！。]*"
)


def asks_onto_list(ctx: Context) -> bool:
    """加我, where the list is what its group wrote last, but for others who say the like."""
    return bool(_ADD_ME.fullmatch(ctx.text) and ctx.person.name and not ctx.chat.private and _open_list(ctx))


def _open_list(ctx: Context) -> Listing | None:
    known = lists.of_chats(ctx.conn, [ctx.chat.id], ctx.now - JUST_NOW)
    lately = inbox.recent(ctx.conn, ctx.chat.channel, ctx.chat.external_id, JUST_BEFORE)
    said = [clean(row.text).text for row in lately if row.id < ctx.message.id]
    last = next((text for text in reversed(said) if not _ADD_ME.fullmatch(text)), "")
    posted = reader.parse(last)
    if posted is None or _is_trade(last):  # how much of it they want, they say themselves
        return None
    return next((one for one in known if one.title == posted.title), None)


@handler("join_list", when=asks_onto_list, overhear=True)
def join_list(ctx: Context) -> str | None:
    """Put the sender's line onto it, as if they had posted it."""
    listing = _open_list(ctx)
    if listing is None:
        return None
    line = reader.Solitaire(listing.title, (reader.Entry(ctx.person.name),))
    update = posts.record(ctx.conn, ctx.chat, ctx.person, line, ctx.now)
    enrolled = enrolment.enrol(ctx.conn, update, ctx.chat, ctx.person, ctx.now)
    if enrolled:
        _tell_enrolled(ctx, enrolled)
    return f"已把{ctx.person.name}加到接龙「{listing.title}」，现有{len(update.lines)}条。"


def _told_present(ctx: Context, update: Update) -> str | None:
    """A note when a list of who came begins, then silence; lines for others wait for the organiser's word."""
    attended = presence.attend(ctx.conn, update, ctx.chat, ctx.person, ctx.now)
    if update.begun:
        note = "本人接的算签到，代别人接的由组织者确认" if attended else "现在没有对应的活动在签到，只记名单"
        return f"已记下接龙「{update.listing.title}」，{note}。"
    return f"已更新接龙{summary(ctx, update.listing)}" if ctx.addressed else None


def _tell_enrolled(ctx: Context, enrolled: Enrolled) -> None:
    """Who has no seat is told to the poster, privately and once; who moved up learns it too."""
    what = enrolled.activity
    tell_promoted(ctx.conn, ctx.voice, what, enrolled.promoted)
    told = list(enrolled.refused)
    if enrolled.waiting:
        waits = "、".join(entry.name for entry in enrolled.waiting)
        told.append(f"「{what.title}」名额已满，接龙里的{waits}已登记候补，有空位会通知您。")
    if told:
        ctx.tell_person(ctx.person.id, "\n".join(told))


def summary(ctx: Context, listing: Listing) -> str:
    """「三八节插花活动报名」5条，共6人：李敏、王丽华、孙晓燕（2人）、马姐、阿华。"""
    shown = [line.entry for line in lists.lines(ctx.conn, listing.id)]
    if not shown:
        return f"「{listing.title}」还没有人接。"
    total = reader.head_count(shown)
    limit = f"（限{listing.capacity}人）" if listing.capacity else ""
    who = "、".join(f"{one.name}（{one.people}人）" if one.people > 1 else one.name for one in shown)
    return f"「{listing.title}」{len(shown)}条，共{total}人{limit}：{who}。"


# who is on the list?

_ASKS = re.compile(
    r"几个?人|多少人|[几多]少?[个位名家条份]|多少[了?]|谁(?:都)?(?:报|参加|去|来|接)|(?:有|都是?)谁|哪些?人|哪几|名单|人数"
    r"|汇总|统计|报名情况|人齐|齐了|满了|总共|一共|到几号"
)
_NOT_LISTS = re.compile(r"签到|签了|到场|候补|诉求|积分|走访|台账|值班|没来|缺席")
_COMMON = re.compile("报名|活动|接龙|名单|登记|统计|现在|一下|几个|多少|人数|情况|参加|我们|大家|志愿|服务")


@handler(
    "query_solitaire",
    commands=(
        r"(?!\W*#)(?!.*\d\s*[.、)]\s*[^\d\s])(?=.*接[龙拢])"  # itself no list
        r"(?=.*(?:几个?人|多少|几[个位条]|谁|哪些|名单|人数|汇总|统计|情况|齐|几号|发我|看看|看一?下))[^\n]{2,40}",
    ),
    when=lambda ctx: asks_for_list(ctx),
    title="接龙名单",
    examples=("@小红 接龙现在几个人了", "@小红 插花接龙名单"),
)
def query_solitaire(ctx: Context) -> str:
    """How many are on a list and who: for the people of its group, and in private for those who keep it."""
    return answer(ctx) or "这里近期没有接龙。"


def asks_for_list(ctx: Context) -> bool:
    """插花现在报了几个人 reads like a question about an activity, about figures or even a sign-up; which it is
    depends on whether the chat has a list of that name.
    """
    if ctx.reading.intent == "solitaire":
        return False
    asks = len(ctx.text) <= 40 and _ASKS.search(ctx.text) and not _NOT_LISTS.search(ctx.text)
    return bool(asks and _asked(ctx))


def answer(ctx: Context) -> str | None:
    """The list that the message asks about; None when it asks about none that is known here."""
    listing = _asked(ctx)
    if listing is None:
        return None
    text = summary(ctx, listing)
    if listing.activity_id is None:
        return text
    seats = sign_ups.seats(ctx.conn, listing.activity_id)
    others = seats.taken + seats.waiting - reader.head_count(line.entry for line in lists.lines(ctx.conn, listing.id))
    return f"{text}接龙以外另有{others}人报名。" if others > 0 else text


def _asked(ctx: Context) -> Listing | None:
    known = lists.of_chats(ctx.conn, _where(ctx), ctx.now - ASKED_WITHIN)
    worded = bool(re.search(r"接[龙拢]", ctx.said))
    known = [one for one in known if worded or "请假" not in one.title or "请假" in ctx.said]
    hits = [(_hits(ctx.said, one.title), one) for one in known]
    best = max((count for count, _ in hits), default=0)
    if best:
        listing = next(one for count, one in hits if count == best)
        return listing if worded or not _means_activity(ctx, listing) else None
    return known[0] if known and worded else None


def _where(ctx: Context) -> list[int]:
    """The chats whose lists may be told here: this one; in private those that the person keeps or posts in."""
    if not ctx.chat.private:
        return [ctx.chat.id]
    groups = menus.groups_of(ctx.conn, ctx.person.id)
    kept = [one.id for one in groups if people.role_in(ctx.conn, ctx.person, one) in (SECRETARY, STAFF)]
    joined = posts.posted_in(ctx.conn, ctx.person.id)
    return [ctx.chat.id, *dict.fromkeys([*kept, *joined])]


def _hits(text: str, title: str) -> int:
    """How many of a title's telling character pairs the text has."""
    core = _COMMON.sub(" ", title)
    pairs = {core[at : at + 2] for at in range(len(core) - 1)}
    return sum(pair in text for pair in pairs if re.fullmatch(r"\w\w", pair))


def _means_activity(ctx: Context, listing: Listing) -> bool:
    """Whether the words fit an activity that this list is not for at least as well."""
    around = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now - timedelta(days=7))
    found = [what for what in names.named(ctx.said, around) if what.id != listing.activity_id]
    return any(_hits(ctx.said, what.title) >= _hits(ctx.said, listing.title) for what in found)


HANDLERS: tuple[Handler, ...] = (query_solitaire, keep_list, join_list)
