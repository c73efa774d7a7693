"""Which activity a message means: by number, by name, by what this chat talks about; else a question."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.capability import Context, Slot
from bot.domain import menus
from bot.domain.activities import Activity, lookup, names, plan
from bot.errors import Refusal
from bot.notices.activities import listing

SHOWN = 6
_QUESTION = re.compile(r"[吗么?]|几|什么|哪|怎|多少")
_OWN = re.compile(
    r"议[题程]|诉求|接单|办结|群发|回执|入库|预约|收件|签到[码表]|签到\s*\d|统计|名单|情况|报名|请假|取消|改[到成为至在]|延期|菜单|[选退]\s*\d"
)
"""What makes words with a number or a title in them an errand of their own: no answer to a question which one."""


def ahead(ctx: Context, until: datetime | None = None) -> list[Activity]:
    """What is not over yet and can be meant here, by time."""
    return lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now, until)


def words(ctx: Context) -> str:
    """What was said, with the message it replies to."""
    quote = ctx.reading.quote
    return f"{ctx.said}\n{quote.text}" if quote and ctx.said == ctx.text else ctx.said


def named(ctx: Context, candidates: Sequence[Activity]) -> list[Activity]:
    """The activities that the message names by number or words; its own words go before those it quotes."""
    number = names.number_in(ctx.said)
    if number is not None and (numbered := by_number(ctx, number)):
        return [numbered]
    if number is not None and ctx.addressed:
        return [plan.get(ctx.conn, number)]  # says that there is none
    called = str(ctx.slots.get("activity") or "")
    found = names.named(ctx.said, candidates, called) or names.named(words(ctx), candidates, called)
    return found or of_its_kind(ctx, called, candidates)


def of_its_kind(ctx: Context, called: str, candidates: Sequence[Activity]) -> list[Activity]:
    """培训, for the only one that is called so: of those that this chat talks of, unless the bot is addressed."""
    if len(called) < 2 or called == "活动" or names.telling(called):
        return []
    known = candidates if ctx.addressed else lookup.talked_about(ctx.conn, ctx.chat.id, candidates, ctx.now)
    same = [one for one in known if called in one.title]
    return same if len(same) == 1 else []


def by_number(ctx: Context, number: int) -> Activity | None:
    """The activity of that number; a small one is a place in the menu that was shown here."""
    if found := plan.find(ctx.conn, number):
        return found
    menu = menus.seen(ctx.conn, ctx.chat, ctx.person, ctx.now)
    item = menus.chosen(ctx.conn, menu, number) if menu else None
    return item.activity if item else None


_PARTAKING = re.compile(
    r"算|加|报名?|抱名|参加|参与|签到?|打卡|到|请假|假|取消|退出?|去|来|想|要|会|能|可以?|必须|支持|扣|不了|没|有事|临时|今天|明天|一下|再|补"
    r"|登记|记|留|占|帮|给|替|带|带上|个|位|名|人|口|家|俩|两|一|二|三|四|五|六|七|八|九|十|\d|\+|我们?|俺们?|咱们?|本人|自己|和|跟|与|同"
    r"|对象|爱人|老伴|老公|老婆|媳妇|先生|太太|孩子|小孩|娃|儿子|女儿|闺女|妈妈?|爸爸?|父母|家属|家人|朋友|同事|闺蜜|也|都|还|就|吗|不|么|呢|了|的|吧|呗|哈|啊|呀|啦|喽"
    r"|哦|嘛|哟|上|好|行|谢谢|麻烦|请|大家|各位|位置?|名额|活动|这个|那个|这次|候补|[\W_]"
)


_EVENT = re.compile(
    r"课|讲座|讲堂|培训|赛|演练|排练|例会|对接会|招聘会|座谈会|晨会|分享会|联席会|大会|沙龙|讲会|学习会|运动会|读书会|晚会|岗|义诊|志愿|植树|扫雪|观影|电影"
    r"|党日|巡[逻查]|值[班勤守]|执勤|集市|春联|献血|观摩|清[洁扫]|采摘|露营|登山|健步|夜校|合唱|戏|舞|瑜伽|太极|书法|国画|团建|联谊|相亲"
)


def of_another(ctx: Context) -> bool:
    """Whether the message speaks of an activity, to be asked when it names none that is known."""
    return bool(ctx.slots.get("activity")) or bool(_EVENT.search(words(ctx)))


def bare(ctx: Context) -> bool:
    """Whether the message says nothing but that somebody takes part or not: +1, 算我一个, 我和我对象报名."""
    return ctx.reading.quote is None and len(without_partaking(ctx.said)) <= 1


def without_partaking(text: str) -> str:
    """What is left of a text without the words for taking part, for people and for how many."""
    return _PARTAKING.sub("", text)


def only_named(words: str, candidates: Sequence[Activity]) -> list[Activity]:
    """The one activity that words name, where they say nothing else."""
    found = names.named(words, candidates)
    rest = "".join(char for char in words if not any(char in one.title for one in found))
    return found if len(found) == 1 and not without_partaking(rest) else []


def meant(ctx: Context, candidates: Sequence[Activity]) -> list[Activity]:
    """The activities that the message can mean: one is sure, several are to be asked about, none is nothing here.

    Unless the bot is addressed, an unnamed activity must be one that this very chat knows of, and the message
    must not speak of anything else.
    """
    found = named(ctx, candidates)
    if len(found) > 1:
        return lookup.talked_about(ctx.conn, ctx.chat.id, found, ctx.now)[:1] or found
    if found or of_another(ctx) or not (ctx.addressed or bare(ctx)):
        return found
    here = lookup.talked_about(ctx.conn, ctx.chat.id, candidates, ctx.now)
    return here or (list(candidates) if ctx.addressed else [])


def read_activity(ctx: Context, text: str) -> Activity | None:
    """An activity's number or name in an answer; None for a question, another errand or a longer message."""
    if _OWN.search(text):
        return None
    number = names.plain_number(text) if len(text) <= 12 else None
    if number is None:
        number = names.number_in(text)
    if number is not None:
        return by_number(ctx, number) or _in_place(ctx, number)
    if len(text) > 20 or _QUESTION.search(text):
        return None
    found = names.named(text, ahead(ctx))
    return found[0] if len(found) == 1 else None


def _in_place(ctx: Context, number: int) -> Activity | None:
    """The activity at that place, from 1, of those that were asked about."""
    shown = ctx.args.get("shown", [])
    return plan.find(ctx.conn, shown[number - 1]) if 0 < number <= len(shown) else None


ACTIVITY = Slot("activity", read_activity)
"""The activity, where an answer or an open question tells it; handlers look for it themselves otherwise."""


def ask_which(ctx: Context, capability: str, options: Sequence[Activity], verb: str) -> str:
    """Ask which one, with digits."""
    shown = [what.id for what in options[:SHOWN]]
    ctx.ask(capability, "activity", {"said": ctx.said, "slots": dict(ctx.slots), "shown": shown})
    return ask_text(options, verb)


def ask_text(options: Sequence[Activity], verb: str) -> str:
    """The question which of these it is."""
    return f"您要{verb}哪一项？请回复编号：\n{listing(options[:SHOWN])}"


def one(
    ctx: Context, capability: str, verb: str, options: Sequence[Activity], nothing: Callable[[], str | None]
) -> Activity | str | None:
    """The only option; else the question which one, or what is said where there is nothing."""
    if not options:
        return nothing()
    return options[0] if len(options) == 1 else ask_which(ctx, capability, options, verb)


def nothing(ctx: Context, verb: str) -> str | None:
    """There is no such activity: said when addressed, silence otherwise."""
    if not ctx.addressed:
        return None
    known = [what for what in ahead(ctx) if what.begins > ctx.now]
    wanted = ctx.slots.get("activity")
    which = f"没有找到「{wanted}」这项活动" if wanted else f"现在没有可以{verb}的活动"
    if not known:
        raise Refusal(f"{which}。有新活动会在群里发布。")
    if not wanted:
        raise Refusal("没有找到您问的活动，请写上活动名称，或发「活动列表」看有哪些。")
    raise Refusal(f"{which}。近期的活动：\n{listing(known[:SHOWN])}")
