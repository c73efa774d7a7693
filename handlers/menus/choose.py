"""月度菜单: show it, choose from it by number (选2、4), take a choice back (退2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.capability import Context, Handler, Slot, handler
from bot.domain import menus
from bot.domain.activities import Activity, plan, sign_ups
from bot.domain.activities.sign_ups import Applicant
from bot.domain.menus import Item
from bot.errors import Refusal
from bot.notices import menus as notices
from bot.notices.activities import moment, tell_promoted
from handlers.menus.months import month_named
from knowledge import slots
from knowledge.normalize import clean

_NUMBER = r"(?:\d{1,8}|[一二三四五六七八九十]{1,2})"
_NUMBERS = rf"(?:第|活动|编号)?\s*{_NUMBER}(?:[号项]?(?:\s*[、,，.;；/&+和跟与及]\s*|\s+)(?:第)?{_NUMBER})*\s*[号项]?"
_TAIL = r"(?:吧|了|哈|啊|谢谢)?\W*"
_CIRCLED = {0x2460 + at: f"、{at + 1}、" for at in range(20)}  # cleaning would make one number of ②④
_DROPS = re.compile(r"(?:退(?:选|订|掉|出)?|取消选?|不选)")
_OWN = re.compile(r"(?<!\d)\d{3,8}(?!\d)")
_PICKS = re.compile(rf"[^\d,，。]{{0,6}}{_NUMBERS}{_TAIL}")
_COURTESY = re.compile(r"谢谢|哈|啊|就选|[。!~]")


def picked(ctx: Context, _: str = "") -> list[int] | None:
    """The numbers that the message picks, in order; None when it is no pick (退2 is none)."""
    return _numbers(clean(ctx.message.text.translate(_CIRCLED)).text)


def dropped(ctx: Context, _: str = "") -> list[int] | None:
    """The numbers that the message takes back."""
    return _numbers(_DROPS.sub("", clean(ctx.message.text.translate(_CIRCLED)).text))


def _numbers(said: str) -> list[int] | None:
    """Places in the menu, or the activities' own numbers, which are greater than any place."""
    places = slots.choices(_COURTESY.sub("", said))
    return places or (list(map(int, _OWN.findall(said))) if _PICKS.fullmatch(said) else None) or None


# show


@handler(
    "show_menu",
    commands=(
        r"(?:看看|看一?下|查看|查一?下|查|发一?下|发|来一?份|要)?\s*"
        r"(?P<month>本月|这个?月|当月|下个?月|\d{1,2}月份?)?\s*(?:的)?\s*(?P<kind>活动)?菜单"
        r"(?:是什么|有什么|有哪些|呢|发一?下|看一?下|吗)?\W*",
    ),
    overhear=True,
    title="活动菜单",
    examples=("@小红 菜单", "@小红 下个月的菜单"),
)
def show_menu(ctx: Context) -> str | None:
    """The menu of a month; overheard, a bare 菜单 means it only where one was shown before."""
    assert ctx.command is not None
    named = ctx.command["month"]
    if not (ctx.addressed or named or ctx.command["kind"] or menus.seen(ctx.conn, ctx.chat, ctx.person, ctx.now)):
        return None
    month = month_named(ctx, named or "")
    home = menus.home(ctx.conn, ctx.chat, ctx.person, ctx.now)
    drawn = menus.draw_up(ctx.conn, home, month, ctx.now) if home else None
    if drawn is None and home and not named:  # late in a month the next one is what is left to choose from
        drawn = menus.draw_up(ctx.conn, home, month_named(ctx, "下"), ctx.now)
    if drawn is None:
        return _nothing(ctx, month)
    menu, items = drawn
    if menus.waits(ctx.conn, menu):
        return f"{notices.month_name(menu.month)}的菜单还在审批，批准后会发到群里。" if ctx.addressed else None
    menus.show(ctx.conn, menu.id, ctx.chat.id, ctx.now)
    if ctx.chat.private:  # nobody else talks here: a bare number can mean nothing else
        ctx.ask("choose_number", "numbers", {})
    return notices.text(ctx.conn, menu, items)


def _nothing(ctx: Context, month: str) -> str | None:
    if not ctx.addressed:
        return None
    if month == menus.month_of(ctx.now):
        return "本月没有还可以选的活动，有新活动会在群里发布。"
    return f"{notices.month_name(month)}的活动还没有安排，定下来会在群里发菜单。"


# choose and take back


@dataclass(slots=True)
class Outcome:
    """What became of the numbers picked, in words."""

    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    full: list[Item] = field(default_factory=list)
    chosen: list[Activity] = field(default_factory=list)


@handler(
    "choose_from_menu",
    commands=(rf"(?:我们?|本人|咱)?(?:想|要|就)?(?:选择?|自选|必选|菜单选?)[:：]?\s*{_NUMBERS}{_TAIL}",),
    slots=(Slot("numbers", picked, find=picked),),
    overhear=True,
    yields=True,
    title="选活动",
    examples=("选2、4", "@小红 选1"),
)
def choose_from_menu(ctx: Context, numbers: list[int] | None) -> str | None:
    """Sign up for the activities with these numbers; one reply for all of them. In private the next may follow."""
    _listen_on(ctx)
    return _each(ctx, numbers, _choose)


@handler(
    "drop_from_menu",
    commands=(rf"(?:我们?|本人)?(?:想|要)?{_DROPS.pattern}\s*{_NUMBERS}{_TAIL}",),
    slots=(Slot("numbers", dropped, find=dropped),),
    overhear=True,
    title="退选活动",
    examples=("退2", "@小红 退2"),
)
def drop_from_menu(ctx: Context, numbers: list[int] | None) -> str | None:
    """Take these choices back; whoever waits and fits moves up."""
    _listen_on(ctx)
    return _each(ctx, numbers, _drop)


@handler("choose_number", slots=(Slot("numbers", picked),))
def choose_number(ctx: Context, numbers: list[int]) -> str | None:
    """A bare number as the answer to a menu or reminder that was shown privately; the next one may follow."""
    ctx.ask("choose_number", "numbers", {})
    return _each(ctx, numbers, _choose)


def _listen_on(ctx: Context) -> None:
    if ctx.chat.private and menus.seen(ctx.conn, ctx.chat, ctx.person, ctx.now):
        ctx.ask("choose_number", "numbers", {})


def _each(ctx: Context, numbers: list[int] | None, act: Callable[[Context, Item, Outcome], None]) -> str | None:
    """Do the same with each number of the menu that this chat saw last; silence where it saw none."""
    seen = menus.seen(ctx.conn, ctx.chat, ctx.person, ctx.now)
    if not numbers or (seen is None and not ctx.addressed):
        return None
    home = seen.organisation_id if seen else menus.home(ctx.conn, ctx.chat, ctx.person, ctx.now)
    month = seen.month if seen else menus.month_of(ctx.now)
    drawn = menus.draw_up(ctx.conn, home, month, ctx.now) if home else None
    if drawn is None:
        return _nothing(ctx, month)
    menu, ahead = drawn
    found = {number: menus.chosen(ctx.conn, menu, number) for number in numbers}
    outcome = Outcome()
    for item in dict.fromkeys(item for item in found.values() if item):
        act(ctx, item, outcome)
    if len(outcome.chosen) == 1:  # after several at once, nobody's +1 would be clear
        _speak_of(ctx, outcome.chosen[0])
    if missing := [str(number) for number, item in found.items() if item is None]:
        there = "、".join(f"{item.number}号{item.activity.title}" for item in ahead)
        outcome.notes.append(f"{notices.month_name(month)}菜单没有{'、'.join(missing)}号，现有：{there}。")
    return "\n".join([*outcome.done, *outcome.notes, *_offer(ctx, outcome.full)])


def _choose(ctx: Context, item: Item, outcome: Outcome) -> None:
    what = item.activity
    who = Applicant(ctx.person.id, ctx.person.name, ctx.person.id, ctx.chat.id, ctx.now)
    held = sign_ups.find(ctx.conn, what.id, ctx.person.id)
    if held:
        waits = f"，候补第{sign_ups.place_in_line(ctx.conn, held)}位" if held.state == sign_ups.WAITING else ""
        outcome.notes.append(f"{item.number}号「{what.title}」您已经报过了{waits}。")
        return
    try:
        entry = sign_ups.join(ctx.conn, what.id, who, 1, wait=False)
    except Refusal as refusal:
        outcome.notes.append(refusal.text)
        return
    if entry is None:
        outcome.full.append(item)
        return
    outcome.chosen.append(what)
    outcome.done.append(f"已报名{item.number}号「{what.title}」，{moment(what.begins)} {what.place}".rstrip() + "。")


def _drop(ctx: Context, item: Item, outcome: Outcome) -> None:
    what = item.activity
    held = sign_ups.find(ctx.conn, what.id, ctx.person.id)
    if held is None:
        outcome.notes.append(f"{item.number}号「{what.title}」您没有报名，不用退。")
        return
    if what.begins <= ctx.now:
        outcome.notes.append(f"{item.number}号「{what.title}」已经开始，不能退了。")
        return
    _, promoted = sign_ups.leave(ctx.conn, held, ctx.now)
    tell_promoted(ctx.conn, ctx.voice, what, promoted)
    note = "，空出的名额已顺延给候补并通知本人" if promoted else ""
    outcome.done.append(f"已取消{item.number}号「{what.title}」报名{note}。")


def _speak_of(ctx: Context, what: Activity) -> None:
    if not ctx.chat.private:
        plan.touch(ctx.conn, what.id, ctx.chat.id, ctx.now)


# the waiting list


def _offer(ctx: Context, full: list[Item]) -> list[str]:
    if not full:
        return []
    ctx.ask("wait_for_items", "yes", {"activities": "、".join(str(item.activity.id) for item in full)})
    titles = "、".join(f"{item.number}号「{item.activity.title}」" for item in full)
    return [f"{titles}名额已满。要候补请回复「候补」，有空位会通知您。"]


def _read_consent(_: Context, text: str) -> bool | None:
    if len(text) <= 12 and re.search(r"候补|排队|排上|等位", text) and not re.search(r"[不别吗?]", text):
        return True
    return slots.yes_no(text)


def _read_activities(ctx: Context, text: str) -> list[Activity]:
    return [plan.get(ctx.conn, int(number)) for number in re.findall(r"\d+", text)]


@handler("wait_for_items", slots=(Slot("yes", _read_consent), Slot("activities", _read_activities)))
def wait_for_items(ctx: Context, yes: bool, activities: list[Activity]) -> str:
    """The answer to the offer: a yes joins the waiting lists; a seat that fell free meanwhile is given at once."""
    if not yes:
        return "好的，没有登记候补。"
    who = Applicant(ctx.person.id, ctx.person.name, ctx.person.id, ctx.chat.id, ctx.now)
    lines = []
    for what in activities:
        entry = sign_ups.join(ctx.conn, what.id, who, 1, wait=True)
        assert entry is not None
        _speak_of(ctx, what)
        if entry.state == sign_ups.WAITING:
            line = sign_ups.place_in_line(ctx.conn, entry)
            lines.append(f"已登记「{what.title}」候补，第{line}位，有空位会通知您。")
        else:
            lines.append(f"已报名「{what.title}」，{moment(what.begins)}。")
    return "\n".join(lines)


HANDLERS: tuple[Handler, ...] = (show_menu, choose_from_menu, drop_from_menu, choose_number, wait_for_items)
