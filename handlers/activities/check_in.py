"""活动签到: once each while it is open; a stranger is asked who they are, and counts from the moment they came."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import menus, people
from bot.domain.activities import Activity, attendance, lookup, sign_ups
from bot.errors import Refusal
from bot.notices.activities import moment
from handlers.activities import which
from knowledge import slots
from knowledge.normalize import clean
from knowledge.slots.answers import COMPOUND_SURNAMES, SURNAMES

DAY = timedelta(days=1)
LONGEST_NAME = 4
IDENTITY_WITHIN = timedelta(hours=12)
_SIGNS_IN = re.compile(r"[签千迁][到道倒个]|打卡|报[到道]|补签|签一?下|签上")
_ARRIVED = re.compile(
    r"[已刚才在搁呢齐全员勒咯刚好停车入已经到]|会场|现场|报告厅|会议室|大厅|门口|楼|第.排|最后|后排|前排|集合点|这儿|这边|这里|没报名|报道|志愿者|[签千迁][到道倒]|成功|二维码|找"
)
_OF_THE_LIST = re.compile(r"签到(?:[表单码]|名单|情况|统计|记录)")
"""What an organiser asks for; nobody is there by saying so."""
_ASKS_LEAVE = (
    r".{0,16}(?:没报名|没有报名|没报上).{0,16}(?:签到|签个到|签一?下|打卡).{0,6}"
    r"|.{0,16}(?:能|可以|让|给|还能|能否)(?:不能|帮我|给我|我)?(?:补)?(?:签到|签个到|签一?下|打卡)(?:不|吗|么|嘛|呗|没)\W*"
)


@handler(
    "check_in",
    intents=("check_in",),
    commands=(_ASKS_LEAVE,),
    slots=(which.ACTIVITY,),
    overhear=True,
    title="活动签到",
    examples=("@小红 签到", "主题党日签到"),
)
def check_in(ctx: Context, activity: Activity | None) -> str | None:
    """Record the sender's presence once; outside the hours say when they are or were."""
    if _OF_THE_LIST.search(ctx.said):
        return None
    what = activity or find_open(ctx)
    if what is None or isinstance(what, str):
        return what
    return arrive(ctx, what, attendance.WORDS)


def arrive(ctx: Context, what: Activity, via: str) -> str:
    """The sender is at an activity. A stranger is asked who they are first."""
    _must_be_open(what, ctx.now)
    if ctx.newcomer and sign_ups.find(ctx.conn, what.id, ctx.person.id) is None:
        ctx.ask(
            "check_in_stranger",
            "identity",
            {"activity": str(what.id), "at": ctx.now.isoformat(), "via": via},
            within=IDENTITY_WITHIN,
        )
        return f"「{what.title}」签到：还不认识您，请回复单位和姓名，如「我是某某公司的某某」，签到时间按现在算。"
    return record(ctx, what, ctx.now, via)


def record(ctx: Context, what: Activity, at: datetime, via: str) -> str:
    """The receipt of a presence that was recorded now or before."""
    mine = attendance.check_in(ctx.conn, what, ctx.person.id, ctx.chat.id, at, via)
    if mine.again:
        return f"您{local(mine.at):%H:%M}已经签过「{what.title}」了。"
    walk_in = "（未报名，按现场参加登记）" if mine.walk_in else ""
    return f"签到成功：「{what.title}」{local(at):%H:%M}{walk_in}{f'，+{mine.points}分' if mine.points else ''}。"


def find_open(ctx: Context) -> Activity | str | None:
    """A name decides; else what is open: first what the sender signed up for, then what this chat knows of."""
    around = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now - DAY, ctx.now + 7 * DAY)
    mine = [what for what, _ in sign_ups.of_person(ctx.conn, ctx.person.id, ctx.now - DAY)]
    candidates = list(dict.fromkeys([*around, *mine]))
    opened = [what for what in candidates if attendance.is_open(what, ctx.now)]
    if found := which.named(ctx, candidates):
        return _ask_or_take(ctx, _prefer(ctx, [what for what in found if what in opened], mine)) or _nearest(ctx, found)
    if which.of_another(ctx) and not ctx.command:
        return which.nothing(ctx, "签到")
    preferred = _prefer(ctx, opened, mine)
    if preferred and _may_mean(ctx, preferred, mine):
        return _ask_or_take(ctx, preferred)
    return _none_open(ctx, candidates, mine)


def _prefer(ctx: Context, opened: list[Activity], mine: list[Activity]) -> list[Activity]:
    signed_up = [what for what in opened if what in mine]
    return signed_up or lookup.talked_about(ctx.conn, ctx.chat.id, opened, ctx.now) or opened


def _ask_or_take(ctx: Context, options: list[Activity]) -> Activity | str | None:
    return which.one(ctx, "check_in", "签到", options, lambda: None)


def _may_mean(ctx: Context, options: list[Activity], mine: list[Activity]) -> bool:
    """Overheard: 到了 alone is for those who signed up; 签到 and little else for what is open and known here."""
    if ctx.addressed or ctx.command or any(what in mine for what in options):
        return True
    return _bare(ctx) and bool(lookup.talked_about(ctx.conn, ctx.chat.id, options, ctx.now) or _on_menu(ctx, options))


def _on_menu(ctx: Context, options: list[Activity]) -> bool:
    """Whether the menu that this chat saw last has one of them."""
    menu = menus.seen(ctx.conn, ctx.chat, ctx.person, ctx.now)
    return menu is not None and any(item.activity in options for item in menus.items(ctx.conn, menu.id))


def _bare(ctx: Context) -> bool:
    """签到 with nothing but that one is there, and perhaps one's name."""
    said = ctx.said.replace(ctx.person.name, "") if ctx.person.name else ctx.said
    rest = which.without_partaking(_ARRIVED.sub("", said))
    return bool(_SIGNS_IN.search(said)) and len(rest) <= LONGEST_NAME


def _nearest(ctx: Context, found: list[Activity]) -> Activity:
    return min(found, key=lambda what: abs(what.begins - ctx.now))


def _none_open(ctx: Context, candidates: list[Activity], mine: list[Activity]) -> Activity | str | None:
    """Nothing is open: today's activity, which then tells its hours; else said only when addressed."""
    today = [what for what in candidates if local(what.begins).date() == local(ctx.now).date()]
    here = [what for what in today if what in mine] or lookup.talked_about(ctx.conn, ctx.chat.id, today, ctx.now)
    if here and _bare(ctx):
        return _nearest(ctx, here)
    return "现在没有正在签到的活动。" if ctx.addressed else None


def _must_be_open(what: Activity, now: datetime) -> None:
    if attendance.is_open(what, now):
        return
    if now < attendance.opens(what):
        raise Refusal(f"「{what.title}」还没开始签到，{moment(attendance.opens(what))}起可以签到。")
    until = f"签到时间是{moment(attendance.opens(what))}到{local(attendance.closes(what)):%H:%M}"
    day = "今天" if local(what.ends).date() == local(now).date() else moment(what.ends).partition("（")[0]
    raise Refusal(f"「{what.title}」{day}{local(what.ends):%H:%M}已经结束，{until}。到场了没签的请发「补签」。")


# a stranger


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says they are."""

    name: str
    company: str | None


_SURNAME = rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_NAME = rf"{_SURNAME}[\u4e00-\u9fa5]{{1,2}}"
_UNIT = r"[\u4e00-\u9fa5A-Za-z0-9()]{2,20}"
_INTRODUCTION = (
    re.compile(rf"(?:我是|我叫|这里是|是)?\s*(?P<company>{_UNIT}?)(?:的|[\s,、:;/-]+)(?P<name>{_NAME})\W*"),
    re.compile(
        rf"(?:我是|我叫|姓名:?)?\s*(?P<name>{_NAME})(?:[\s,、:;/(-]+|,?单位:?)(?:来自|是)?(?P<company>{_UNIT})的?\W*"
    ),
    re.compile(rf"(?:我叫|姓名[:是]?)\s*(?P<name>{_NAME})(?P<company>)\W*"),
)


def read_identity(ctx: Context, text: str) -> Identity | None:
    """Name and company in an answer: 我是新锐传媒的许诺, 新锐传媒 许诺, 许诺，新锐传媒."""
    if len(text) > 60:
        return None
    for pattern in _INTRODUCTION:
        if found := pattern.fullmatch(text):
            return Identity(found["name"], found["company"] or None)
    said = slots.fill("register", clean(text), ctx.now, ctx.role)
    name, company = said.get("name"), said.get("company")
    return Identity(str(name), str(company) if company else None) if name else None


@handler(
    "check_in_stranger",
    slots=(
        Slot("identity", read_identity),
        Slot("activity", which.read_activity),
        Slot("at", lambda _, text: datetime.fromisoformat(text)),
        Slot("via", lambda _, text: text),
    ),
)
def check_in_stranger(ctx: Context, identity: Identity, activity: Activity, at: datetime, via: str) -> str:
    """Register the newcomer; the check-in counts from when they first said so."""
    ctx.person = people.register(ctx.conn, ctx.person.id, ctx.now, name=identity.name, company=identity.company)
    unit = f"（{identity.company}）" if identity.company else ""
    return f"已登记{identity.name}{unit}。{record(ctx, activity, at, via)}"


HANDLERS: tuple[Handler, ...] = (check_in, check_in_stranger)
