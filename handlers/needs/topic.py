"""Whether overheard words are about a need: they share its object, or follow upon it with nobody speaking between."""

import re

from bot.capability import Context
from bot.domain import floor, needs
from bot.domain.needs import Need
from bot.notices.needs import desk

_HAN = re.compile(r"[\u4e00-\u9fa5]+")
_COMMON = frozenset(
    re.findall(
        "..",
        "我们咱们你们他们公司这里这边这个那个麻烦安排一下派人来修处理解决帮忙看看坏了不了没有什么怎么"
        "今天昨天明天现在已经号楼几天两天好几又坏谢谢联系电话修好好了办好人修找人请人派人帮我我家我想",
    )
)
"""Pairs of signs that complaints of all kinds share."""
_DONE = re.compile(
    r"已经?|刚刚?|都|全部?|[修办弄搞换处整]理?[好完]|解决|完成|完毕|搞定|恢复|正常|使用|运行|可以|能|用|了|啦|过|去|上门|现场|师傅|人|我们?|咱们?"
    r"|这边|那边|今天|上午|下午|问题|没|事|不?用|撤[回销]?|取消|算|吧|啊|哈|的|好|请|放心|大家|谢谢|感谢|辛苦|自己|[\d\W_]"
)
"""What is said of any need that is done, or not wanted any more."""
_TROUBLES = (
    re.compile(
        r"坏|停(?![水电车])|不动|不走|不[亮转热冷凉暖]|不制|故障|失灵|[用打开关上]不[了开上]|没反应|卡|死机|罢工|趴窝"
    ),
    re.compile(r"[漏滴渗冒积返反]水|漏|渗"),
    re.compile(r"堵|不通"),
    re.compile(r"停电|没电|断电|跳闸"),
    re.compile(r"停水|没水|断水"),
    re.compile(r"断网|没网|没信号|网.{0,3}[慢卡断]"),
    re.compile(r"味|臭"),
    re.compile(r"吵|噪音|响|扰民"),
)
"""The kinds of what can be wrong with a thing."""


_SAID_WITH = re.compile(r"(?:我们?)?[要想]?报修|[也又都还很太的]|得?(?:厉害|严重|不行)|死?了")
_ONE_SIGN = re.compile(r"(?<![\u4e00-\u9fa5])[灯门锁窗泵网](?![\u4e00-\u9fa5])")
"""What is said with a trouble, and things of one sign."""


def shares_topic(text: str, other: str) -> bool:
    """Whether two texts have a word of content in common."""
    return bool((_pairs(text) & _pairs(other)) - _COMMON)


def same_thing(text: str, place: str, need: Need) -> bool:
    """Whether a text tells what a need is about: at its place, of its object, and of nothing else wrong with it."""
    there = need.place or ""
    if place not in there or not shares_topic(text.replace(place, ""), need.text.replace(there, "")):
        return False
    return _troubles(text) <= _troubles(need.text)


def same_trouble(text: str, other: str) -> bool:
    """Whether what is wrong in a text is wrong in the other."""
    return bool(_troubles(text)) and _troubles(text) <= _troubles(other)


def another_trouble(text: str, other: str) -> bool:
    """Whether something is wrong in a text that is not in the other."""
    return not _troubles(text) <= _troubles(other)


def another_thing(text: str, other: str) -> bool:
    """Whether a text tells what is wrong with a thing that the other does not name."""
    if not _troubles(text):
        return False
    rest = _SAID_WITH.sub(" ", text)
    for words in _TROUBLES:
        rest = words.sub(" ", rest)
    named = (_pairs(rest) - _COMMON) | set(_ONE_SIGN.findall(rest))
    return bool(named) and not any(thing in other for thing in named)


def _troubles(text: str) -> set[int]:
    return {kind for kind, words in enumerate(_TROUBLES) if words.search(text)}


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1)}


def names_nothing(text: str) -> bool:
    """Whether a text says no more than that something is done, or not wanted."""
    return not _DONE.sub("", text)


def about(ctx: Context, need: Need) -> bool:
    """Whether the message has a word of a need's."""
    return shares_topic(ctx.said, f"{need.text} {need.place or ''}")


def named(ctx: Context) -> bool:
    """Whether the bot is addressed, or the message or its quote says which need it means."""
    return ctx.addressed or bool(ctx.slots.get("need_no")) or ctx.reading.quote is not None


def follows(ctx: Context, after: int, *besides: int) -> bool:
    """Whether the message is said to the bot, or nobody else (but some people) spoke since the message `after`."""
    return ctx.addressed or not floor.taken(ctx.conn, ctx.message, after, (ctx.person.id, *besides))


def follows_report(ctx: Context, need: Need) -> bool:
    """The same, since the need was reported here; those who reported it too do not count as others."""
    reported = needs.events(ctx.conn, need.id)[0].inbox_id
    others = (one.person_id for one in needs.reporters(ctx.conn, need))
    return need.chat_id == ctx.chat.id and reported is not None and follows(ctx, reported, *others)


def at_own_desk(ctx: Context, need: Need) -> bool:
    """Whether the chat is that of the service group whose need it is, where handlers speak of their work."""
    return desk(ctx.conn, need) == ctx.chat
