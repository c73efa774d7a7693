"""月度菜单: the menu, the reminder of 必选 items, the settlement of a month."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy.engine import Connection

from bot.clock import SHANGHAI
from bot.domain import menus, people
from bot.domain.activities import Activity, attendance, ratings, sign_ups, themes
from bot.domain.menus import Item, Menu
from bot.notices.activities import civil, moment
from bot.outbox import Class
from bot.posters.words import Card, Poster
from bot.voice import Voice
from knowledge.workdays import first_workday

NAMED = 40
"""Names in a list before the rest are only counted."""


def month_name(month: str) -> str:
    """10月 of 2025-10."""
    return f"{int(month[5:])}月"


def push_moment(month: str) -> datetime:
    """Nine o'clock on a month's first working day."""
    return datetime.combine(first_workday(date.fromisoformat(f"{month}-01")), time(9, 0), SHANGHAI)


def text(conn: Connection, what: Menu, items: Sequence[Item]) -> str:
    """What a group reads, with how to choose."""
    theme = themes.theme(conn, what.organisation_id, what.month)
    head = f"【{month_name(what.month)}活动菜单】" + (f"本月主题：{theme}" if theme else "")
    one, other = items[0].number, items[-1].number
    example = f"选{one}、{other}" if one != other else f"选{one}"
    how = f"回复「{example}」报名，「退{one}」取消，「菜单」再看。"
    return "\n".join([head, *(line(item) for item in items), how])


def line(item: Item) -> str:
    """2. 惠企政策宣讲会 10月18日（周六）15:00 二楼会议室（自选，限30人）."""
    what = item.activity
    kind = "必选" if what.required else "自选"
    limit = f"，限{what.capacity}人" if what.capacity else ""
    return " ".join(part for part in (f"{item.number}.", what.title, moment(what.begins), what.place) if part) + (
        f"（{kind}{limit}）"
    )


def poster(conn: Connection, what: Menu, items: Sequence[Item]) -> Poster:
    """The words of the menu's picture."""
    theme = themes.theme(conn, what.organisation_id, what.month)
    cards = tuple(
        Card(
            number=str(item.number),
            title=item.activity.title,
            when=moment(item.activity.begins),
            place=item.activity.place,
            tag="必选" if item.activity.required else f"限{n}人" if (n := item.activity.capacity) else "自选",
            required=item.activity.required,
        )
        for item in items
    )
    name = people.organisation_name(conn, what.organisation_id)
    below = f"{name} · {theme}" if theme else name
    return Poster(f"{month_name(what.month)}活动菜单", below, cards, "群里回复「选」和序号即可报名")


def push(conn: Connection, voice: Voice, what: Menu, items: Sequence[Item], now: datetime) -> int:
    """Show a menu to the groups of its organisation, each once; how many groups."""
    words, due = text(conn, what, items), civil(now)
    groups, pictures = menus.groups(conn, what.organisation_id), menus.poster(conn, what.id)
    for chat in groups:
        menus.show(conn, what.id, chat.id, now)
        voice.to_chat(chat, words, klass=Class.BULK, key=f"menu:{what.month}:{chat.id}", due_at=due, files=pictures)
    return len(groups)


def for_approval(conn: Connection, pairs: Sequence[tuple[Menu, Sequence[Item]]]) -> str:
    """What the approver reads before the menus of a month go out."""
    month = pairs[0][0].month
    parts = [f"【待审批】{month_name(month)}活动菜单"]
    for what, items in pairs:
        theme = themes.theme(conn, what.organisation_id, month)
        name = people.organisation_name(conn, what.organisation_id)
        parts.append(f"{name}{f'（主题：{theme}）' if theme else ''}：")
        parts += [line(item) for item in items]
    parts.append("同意请回复「同意」，首个工作日发到群里；不同意请回复「不同意」和意见。")
    return "\n".join(parts)


def reminder(month: str, items: Sequence[Item], *, numbered: bool) -> str:
    """What somebody who has not chosen the 必选 items is told, once, privately. `numbered`: all of one menu."""
    titles = "、".join(
        f"{f'{item.number}号' if numbered else ''}「{item.activity.title}」{moment(item.activity.begins)}"
        for item in items
    )
    if numbered:
        how = f"回复「选{'、'.join(str(item.number) for item in items)}」即可报名"
    else:
        how = f"回复「{items[0].activity.title}报名」这样的话即可报名"
    return f"【提醒】{month_name(month)}的必选活动您还没有选：{titles}。{how}，来不了请回复「请假」和原因。"


def settlement(conn: Connection, month: str, homes: Sequence[int], now: datetime) -> str:
    """What a secretary of these organisations reads at the end of a month."""
    activities: dict[int, Activity] = {}
    for home in homes:
        activities |= {what.id: what for what in menus.planned(conn, home, month)}
    ordered = sorted(activities.values(), key=lambda what: (what.begins, what.id))
    lines = [f"【{month_name(month)}活动结算】共{len(ordered)}项活动", *(_figures(conn, what, now) for what in ordered)]
    for what in ordered:
        if what.required:
            lines += _lacking(conn, what, homes, month)
    return "\n".join(lines)


def _figures(conn: Connection, what: Activity, now: datetime) -> str:
    seats = sign_ups.seats(conn, what.id)
    came = f"签到{len(attendance.present(conn, what.id))}人" if what.begins <= now else "还没举行"
    waits = f"，候补{seats.waiting}人" if seats.waiting else ""
    kind = "（必选）" if what.required else ""
    given = ratings.average(conn, what.id)
    stars = f"，评分{given.stars:.1f}（{given.count}人）" if given else ""
    return f"· {what.title}{kind} {moment(what.begins)}：报名{seats.taken}人{waits}，{came}{stars}"


def _lacking(conn: Connection, what: Activity, homes: Sequence[int], month: str) -> list[str]:
    """Who chose nothing of a 必选 activity, by organisation; a line each."""
    missing: dict[int, str] = {}  # a person who is in groups of several organisations stands in the first
    lines = []
    for home in homes:
        if what.id not in {one.id for one in menus.planned(conn, home, month)}:
            continue
        absent = [one.person for one in menus.members(conn, home) if menus.lacks(conn, one.person.id, what.id)]
        new = {one.id: one.name for one in absent if one.id not in missing}
        missing |= new
        if new:
            lines.append(f"没有选必选「{what.title}」（{people.organisation_name(conn, home)}）：{_names(new)}")
    return lines or [f"必选「{what.title}」：人人都选了。"]


def _names(named: Mapping[int, str]) -> str:
    """Names, and how many there are besides: those without a name on file, those that would make it too long."""
    known = [name for name in named.values() if name]
    listed = "、".join(known[:NAMED])
    if len(known) > NAMED:
        listed += " 等"
    elif len(known) < len(named):
        listed += f"{'，另有' if known else ''}{len(named) - len(known)}位没有登记姓名"
    return f"{listed}，共{len(named)}人"
