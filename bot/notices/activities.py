"""活动: announcement, list lines, reminders; and telling those concerned when something changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import people
from bot.domain.activities import plan, sign_ups
from bot.domain.activities.plan import Activity
from bot.domain.activities.sign_ups import SignUp
from bot.domain.broadcasts.drafts import QUIET_FROM, QUIET_UNTIL
from bot.voice import Voice

_DAYS = "一二三四五六日"
SOON = timedelta(hours=14)


def moment(at: datetime) -> str:
    """10月22日（周三）14:00."""
    at = local(at)
    return f"{at.month}月{at.day}日（周{_DAYS[at.weekday()]}）{at:%H:%M}"


def when(start: datetime, end: datetime | None) -> str:
    """10月22日（周三）14:00–16:00."""
    if end is None:
        return moment(start)
    same_day = local(start).date() == local(end).date()
    return f"{moment(start)}–{local(end):%H:%M}" if same_day else f"{moment(start)} 至 {moment(end)}"


def civil(now: datetime) -> datetime:
    """The next moment at which people may be written to: now, or at the end of the quiet hours."""
    at = local(now)
    if at.time() >= QUIET_FROM:
        at += timedelta(days=1)
    elif at.time() >= QUIET_UNTIL:
        return now
    return datetime.combine(at.date(), QUIET_UNTIL, at.tzinfo)


def plan_lines(what: Activity) -> list[str]:
    """What is planned, a line each; nothing about what was not said."""
    lines = [
        f"时间：{when(what.start, what.end)}" if what.start else "时间：（没写）",
        f"地点：{what.place}" if what.place else "",
        f"名额：{what.capacity}人" if what.capacity else "",
        f"对象：{what.audience}" if what.audience else "",
        f"报名截止：{moment(what.deadline)}" if what.deadline else "",
        f"积分：{what.points}分" if what.points else "",
        f"主办：{what.organiser}" if what.organiser else "",
        f"系列：{what.series}" if what.series else "",
        f"联系人：{what.contact}" if what.contact else "",
        "必选活动" if what.required else "",
        f"备注：{what.note}" if what.note and what.state != plan.CANCELLED else "",
    ]
    return [line for line in lines if line]


def announcement(what: Activity) -> str:
    """What a group reads, with how to sign up."""
    lines = [f"【活动{what.id}号】{what.title}", *plan_lines(what)]
    how = f"报名：在群里发「{what.title}报名」，带人请写人数；到场后发「签到」。"
    return "\n".join([*lines, how])


def line(what: Activity) -> str:
    """One activity in a list that people choose from: number first."""
    parts = [f"{what.id}号 {what.title}", moment(what.begins), what.place, "（必选）" if what.required else ""]
    return " ".join(part for part in parts if part)


def listing(activities: Iterable[Activity]) -> str:
    """A list, one activity a line."""
    return "\n".join(line(what) for what in activities)


def room(conn: Connection, what: Activity) -> str:
    """How full it is: 2/3, or the head count where there is no limit."""
    seats = sign_ups.seats(conn, what.id)
    return f"{seats.taken}/{seats.capacity}" if seats.capacity else f"现有{seats.taken}人"


def roster(title: str, entries: Sequence[tuple[str, int]], *, names: bool) -> str:
    """How many signed up, and with `names` who: of a list of names with how many people each stands for."""
    total = sum(people for _, people in entries)
    text = f"「{title}」已报名{total}人"
    if not names or not entries:
        return text + "。"
    listed = "、".join(f"{name}（{count}人）" if count > 1 else name for name, count in entries)
    return f"{text}：{listed}。"


def tell_holders(
    conn: Connection,
    voice: Voice,
    entries: Iterable[SignUp],
    text: str,
    besides: frozenset[int] = frozenset(),
    due_at: datetime | None = None,
) -> set[int]:
    """Tell those who hold a sign-up, once each, privately; for a mere name, whoever gave it. Returns who was told."""
    told: set[int] = set()
    for entry in entries:
        person_id = entry.person_id or entry.by_id
        if person_id not in told | besides:
            channel = people.get_chat(conn, entry.chat_id).channel
            voice.to_person(person_id, text, channel=channel, due_at=due_at)
            told.add(person_id)
    return told


def tell_promoted(conn: Connection, voice: Voice, what: Activity, promoted: Iterable[SignUp]) -> None:
    """Those who moved up from the waiting list learn that they have their seats."""
    for entry in promoted:
        whom = "" if entry.person_id else f"（{entry.name}）"
        seats = f"{entry.people}个名额" if entry.people > 1 else "名额"
        text = f"「{what.title}」有空位了，您{whom}已从候补转为正式报名，{seats}已保留。"
        text += f"时间：{when(what.begins, what.end)}，{what.place}。来不了请告诉我。"
        tell_holders(conn, voice, (entry,), text)


def tell_change(
    conn: Connection, voice: Voice, what: Activity, text: str, actor_id: int, here: int, now: datetime
) -> int:
    """A change of plan: told to the groups that know of it (but not `here`) and to all in its list; how many people.

    At once by day; at night only what begins before people could read it in the morning.
    """
    due = now if what.start and what.start - now <= SOON else civil(now)
    for chat in plan.announced_in(conn, what.id):
        if chat.id != here:
            voice.to_chat(chat, text, due_at=due)
    return len(tell_holders(conn, voice, sign_ups.entries(conn, what.id), text, frozenset({actor_id}), due))


def reminder(activities: Sequence[Activity], lead: str) -> str:
    """明天/一小时后 with time and place of each activity."""
    first = activities[0]
    if len(activities) == 1:
        place = f"，地点：{first.place}" if first.place else ""
        return f"【提醒】{lead}「{first.title}」：{when(first.begins, first.end)}{place}。来不了请回复「请假」。"
    lines = [f"· {what.title} {when(what.begins, what.end)} {what.place}".rstrip() for what in activities]
    return f"【提醒】{lead}您有{len(activities)}项活动：\n" + "\n".join(lines) + "\n来不了请告诉我是哪一项。"


def club_news(activities: Sequence[Activity]) -> str:
    """What the members of a club read of what it newly holds."""
    first = activities[0]
    if len(activities) == 1:
        how = f"报名请回复「{first.title}报名」。"
        return "\n".join([f"【{first.organiser}新活动】活动{first.id}号 {first.title}", *plan_lines(first), how])
    lines = [f"{line(what)}（{what.organiser}）" for what in activities]
    return "\n".join(["【社团新活动】", *lines, f"报名请回复活动名称，如「{first.title}报名」。"])


def thanks(earned: Sequence[tuple[str, int]], balance: int) -> str:
    """What those who came read in the evening; a number in answer rates it."""
    what = "、".join(f"「{title}」{f'+{points}分' if points else ''}" for title, points in earned)
    total = f"，积分共{balance}分" if any(points for _, points in earned) else ""
    return f"感谢参加{what}{total}。这次打几分？回复1到5，5分最好；不评也可以。"
