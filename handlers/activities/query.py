"""查活动: what there is this or another month, when and where one is, how many signed up and (for organisers) who."""

import re

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import people
from bot.domain.activities import Activity, attendance, clubs, lookup, organisers, plan, sign_ups, themes
from bot.domain.activities.sign_ups import SignUp
from bot.errors import Refusal
from bot.notices.activities import line, listing, plan_lines, room, roster
from handlers.activities import search, spoken, which
from handlers.activities.organising import ORGANISERS
from handlers.activities.seats import asks_for_room, tell_room

_ONE = re.compile(r"几点|几号|几楼|哪天|在哪|哪儿|哪里|集合|主讲|议程|什么时候|啥时候|何时")
"""Questions about one activity, not about what there is."""
_NAMES_NOTHING = re.compile(
    rf"(?:{_ONE.pattern}|那[个天]?|这个?|请问|活动|咱们?|我们?|开始|结束|具体|时间|地点|地方|哪个|周几|厅|是|在|到|去|的|了|啊|呢|呀|来着|定|吗|[\W_])+"
)
_ABSENT = re.compile(r"(?:谁|哪些人|哪几个).{0,4}没|没(?:有)?(?:签到|来|到)的")
_MANY = r"(?:几|多少)(?:个|位|名)?(?:人|家)?"


@handler(
    "query_sign_ups",
    commands=(
        rf".{{0,24}}(?:报|报名|报上|参加|来|签到|签)了?(?:名)?(?:的)?(?:有|一共|总共)?{_MANY}(?:了|报名|参加|来|签到)?(?:啦|呢|啊|吗)?\W*",
        rf".{{0,24}}(?:有|一共|总共|现在)?{_MANY}(?:报名|参加|报了|签到|签了)(?:了|的)?(?:啦|呢|啊)?\W*",
        r".{0,24}(?:报名|签到)(?:情况|名单|人数|表|统计)(?:.{0,8})",
        r"(?:看看?|发|要|给我)?(?:一下|个)?(?:活动)?名单(?:发我|看看|给我|有吗|呢)?\W*",
        r".{0,24}(?:都)?有?(?:谁|哪些人)(?:都)?(?:报名?|参加|签到)了?(?:名)?(?:了|啦|呢)?\W*",
        r".{0,24}(?:谁|哪些人|哪几个)(?:还)?没(?:有)?签到\W*",
        r"(?:现在|已经|一共|总共|今天|活动|实)*(?:到|来)(?:场)?了?(?:几|多少)(?:个人?|位|人)(?:了|啦|呢)?\W*",
        r"(?:现在|已经|一共|总共)*有?(?:几|多少)个?人(?:了|啦)\W*",
    ),
    slots=(which.ACTIVITY,),
    title="报名情况",
    examples=("@小红 主题党日报名情况", "@小红 主题党日现在报了几个人"),
)
def query_sign_ups(ctx: Context, activity: Activity | None) -> str | None:
    """How many signed up and came; names for those who organise."""
    what = activity or which.one(ctx, "query_sign_ups", "查", _of_late(ctx), lambda: which.nothing(ctx, "查"))
    if what is None or isinstance(what, str):
        return what
    seated = sign_ups.entries(ctx.conn, what.id, sign_ups.SEATED)
    names = ctx.role in ORGANISERS or organisers.decides(ctx.conn, what, ctx.person.id, ctx.role)
    if _ABSENT.search(ctx.said):
        return f"「{what.title}」" + _attendance(ctx, what, seated, names)
    lines = [roster(what.title, [(_name(ctx, entry), entry.people) for entry in seated], names=names)]
    waiting = sign_ups.entries(ctx.conn, what.id, sign_ups.WAITING)
    if waiting:
        who = "：" + "、".join(_name(ctx, entry) for entry in waiting) if names else ""
        lines.append(f"候补{sum(entry.people for entry in waiting)}人{who}。")
    if attendance.opens(what) <= ctx.now:
        lines.append(_attendance(ctx, what, seated, names))
    return "\n".join(lines)


def _of_late(ctx: Context) -> list[Activity]:
    """What can be asked about: what lies ahead, and what was in the last week."""
    lately = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now - 7 * (attendance.OPENS_BEFORE * 24))
    if found := which.named(ctx, lately):
        return found
    mine = [what for what in lately if what.drafter_id == ctx.person.id]
    under_way = [what for what in lately if attendance.is_open(what, ctx.now)]
    return lookup.talked_about(ctx.conn, ctx.chat.id, lately, ctx.now) or mine or under_way or lately


def _name(ctx: Context, entry: SignUp) -> str:
    known = people.get_person(ctx.conn, entry.person_id).name if entry.person_id else entry.name
    return (known or "（未登记姓名）") + ("" if entry.confirmed else "（待确认）")


def _attendance(ctx: Context, what: Activity, seated: list[SignUp], names: bool) -> str:
    came = {person_id for person_id, _, _ in attendance.present(ctx.conn, what.id)}
    missing = [_name(ctx, entry) for entry in seated if entry.person_id not in came]
    text = f"已签到{len(came)}人"
    if names and not missing and _ABSENT.search(ctx.said):
        return f"{text}，报名的都签到了。" if seated else f"{text}，没有人报名。"
    if not (names and missing):
        return text + "。"
    absent = f"还没签到：{'、'.join(missing)}"
    if ctx.chat.private:
        return f"{text}，{absent}。"
    told = ctx.tell_person(ctx.person.id, f"「{what.title}」{absent}。")  # never before the group
    return f"{text}，没签到的名单已私发给您。" if told else f"{text}。"


@handler(
    "my_sign_ups",
    commands=(
        r"(?:查(?:一下|看)?)?我(?:都)?(?:报名?了?(?:的)?(?:哪些|什么)(?:活动)?|的(?:报名|活动)|报名的活动)(?:了|呢|有哪些)?\W*",
    ),
    title="我的报名",
    examples=("@小红 我的报名",),
)
def my_sign_ups(ctx: Context) -> str:
    """What the sender has signed up for."""
    mine = sign_ups.of_person(ctx.conn, ctx.person.id, ctx.now)
    waiting = sign_ups.of_put_off(ctx.conn, ctx.person.id)
    if not (mine or waiting):
        return "您目前没有报名活动。"
    lines = []
    for what, entry in mine:
        waits = "（候补）" if entry.state == sign_ups.WAITING else ""
        whom = "" if entry.person_id == ctx.person.id else f"（为{entry.name}）"
        lines.append(f"{line(what)} {entry.people}人{whom}{waits}")
    lines += [f"{what.id}号 {what.title} {entry.people}人（已延期，时间另行通知）" for what, entry in waiting]
    return "您报名的活动：\n" + "\n".join(lines)


@handler(
    "query_activities",
    intents=("query_activities",),
    commands=(
        r"(?:是|在|那天|活动)*(?:几点|几号|哪天|周几|在?哪儿?|在?哪里|哪个厅|什么时候)来着\W*",
        r"(?:查|看)?(?:一下)?(?:近期|最近|本月|下月|下个月|这个月)?(?:的)?活动(?:列表|安排|预告|清单)?\W*",
    ),
    overhear=True,
    title="查活动",
    examples=("@小红 这个月有什么活动", "主题党日几点开始，在哪儿"),
)
def query_activities(ctx: Context) -> str | None:
    """One activity by name, or what there is at a time, in a place, of a kind; else what lies ahead."""
    known = which.ahead(ctx)
    month = ctx.slots.get("month")
    if not ctx.addressed and (
        re.search("社团|来着", ctx.said) or search.of_whom(ctx) or clubs.named(ctx.conn, ctx.said)
    ):
        return None
    if asked := search.wanted(ctx, known):
        return _found(ctx, asked)
    found = [what for what in which.named(ctx, known) if month in (None, f"{local(what.begins):%Y-%m}")]
    found = found or _spoken_of(ctx, known)
    if len(found) == 1:
        return tell_room(ctx, found[0]) if asks_for_room(ctx.said) else _details(ctx, found[0])
    if found:
        return listing(found[: which.SHOWN])
    if not month and (ctx.slots.get("activity") or _ONE.search(ctx.said)):
        return which.nothing(ctx, "参加")
    if month:
        return _month(ctx, str(month), known)
    coming = [what for what in known if what.begins > ctx.now]
    if not coming:
        return "近期还没有安排活动，有新活动会在群里发布。"
    return f"近期活动：\n{listing(coming[:10])}\n报名请说「{coming[0].title}报名」。"


def _spoken_of(ctx: Context, known: list[Activity]) -> list[Activity]:
    """集合地点在哪, asked of the bot: of what this chat talks of, where nothing is named."""
    if not ctx.addressed or not _ONE.search(ctx.said) or not _NAMES_NOTHING.fullmatch(ctx.said):
        return []
    spoken_of = lookup.talked_about(ctx.conn, ctx.chat.id, known, ctx.now)[:1]
    mine = [what for what, _ in sign_ups.of_person(ctx.conn, ctx.person.id, ctx.now)] if ctx.chat.private else []
    return spoken_of or (mine if len(mine) == 1 else [])


@handler(
    "query_club",
    when=lambda ctx: search.of_whom(ctx) is not None,
    title="社团、系列的活动",
    examples=("@小红 羽毛球社有什么活动",),
)
def query_club(ctx: Context) -> str | None:
    """What a club or a series holds."""
    asked = search.of_whom(ctx)
    return _found(ctx, asked) if asked else None


def _found(ctx: Context, asked: search.Wanted) -> str | None:
    if asked.activities:
        return f"{asked.words}有{len(asked.activities)}项活动：\n{listing(asked.activities[:10])}"
    if not ctx.addressed:
        return None
    others = [what for what in which.ahead(ctx) if what.begins > ctx.now][:3]
    near = f"近期的活动：\n{listing(others)}" if others else "有新活动会在群里发布。"
    return f"{asked.words}还没有安排活动。{near}"


def _details(ctx: Context, what: Activity) -> str:
    if not ctx.chat.private:
        plan.touch(ctx.conn, what.id, ctx.chat.id, spoken.said_at(ctx))
    title = f"活动{what.id}号 {what.title}（{room(ctx.conn, what)}）"
    return "\n".join([title, *plan_lines(what)])


def _month(ctx: Context, month: str, known: list[Activity]) -> str:
    home = ctx.person.organisation_id if ctx.chat.private else ctx.chat.organisation_id
    home = home or people.district_id(ctx.conn)
    planned = {what.id: what for what in lookup.of_month(ctx.conn, home, month)}
    planned |= {what.id: what for what in known if f"{local(what.begins):%Y-%m}" == month}
    number = int(month[5:])
    theme = themes.theme(ctx.conn, home, month)
    if not planned:
        raise Refusal(f"{number}月的活动还没有安排，定下来会在群里发布。")
    head = f"{number}月活动{f'（主题：{theme}）' if theme else ''}："
    ordered = sorted(planned.values(), key=lambda what: (what.begins, what.id))
    return f"{head}\n{listing(ordered)}"


def asks_who_is_missing(ctx: Context) -> bool:
    """主题党日谁没签到, said by an organiser to the group: nobody there knows but the bot."""
    if ctx.addressed or ctx.role not in ORGANISERS or len(ctx.text) > 24:
        return False
    return bool(_ABSENT.search(ctx.text)) and "签到" in ctx.text and len(which.named(ctx, _of_late(ctx))) == 1


@handler("query_absent", when=asks_who_is_missing, roles=ORGANISERS, overhear=True)
def query_absent(ctx: Context) -> str | None:
    """The same as if the bot had been addressed: who is missing is told privately."""
    return query_sign_ups.run(ctx, None)


HANDLERS: tuple[Handler, ...] = (query_absent, query_sign_ups, my_sign_ups, query_club, query_activities)
