"""Lists for an activity: their lines are its sign-ups."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.engine import Connection

from bot.domain.activities import Activity, lookup, names, plan, sign_ups
from bot.domain.activities.sign_ups import Applicant, SignUp
from bot.domain.people import Chat, Person
from bot.domain.solitaires.lists import Line, Listing, get, solitaire
from bot.domain.solitaires.posts import Update
from bot.errors import Refusal

_OTHER_PURPOSE = re.compile(
    "请假|缺席|不参加|来不了|去不了|彩排|排练|拼车|坐车|车辆|团购|物资|节目|盒饭|用餐|午餐|晚餐|尺码|衣服|服装|分工|值班|值守|走访|捐|缴|反馈|整改"
    "|感想|心得|照片|投票|意向"
)
"""What a list can be about besides who comes to the activity that its title names."""
_FORM = re.compile(
    r"接[龙拢笼聋]|报名|参加|参会|确认|名单|登记|统计|人员|活动|(?:本|下)?周[一二三四五六日末]|\d+[月日号点]|[\W_]+"
)
_ALIKE = 75


@dataclass(slots=True)
class Enrolled:
    """What became of the lines of one post: who waits, what was refused and why, who moved up."""

    activity: Activity
    waiting: list[SignUp] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    promoted: list[SignUp] = field(default_factory=list)


def activity_of(conn: Connection, title: str, chat: Chat, sender: Person, now: datetime) -> Activity | None:
    """The activity that a list is the sign-up list of; None in doubt, for a name is then kept in the list only."""
    if not title or _OTHER_PURPOSE.search(title):
        return None
    ahead = [what for what in lookup.in_reach(conn, chat, sender, now) if what.begins > now]
    found = names.named(title, ahead)
    if len(found) != 1:
        found = lookup.talked_about(conn, chat.id, found, now)[:1]
    if not found:
        return None
    known_here = bool(lookup.talked_about(conn, chat.id, found, now))
    alike = fuzz.ratio(_FORM.sub("", title), _FORM.sub("", found[0].title)) >= _ALIKE
    return found[0] if known_here or alike else None


def enrol(conn: Connection, update: Update, chat: Chat, sender: Person, now: datetime) -> Enrolled | None:
    """Carry what a post changed in its list over to the activity that the list is for; None where there is none."""
    listing, before = update.listing, update.before
    if listing.activity_id is None:
        found = activity_of(conn, listing.title, chat, sender, now)
        if found is None:
            return None
        listing, before = _link(conn, listing, found), ()
        plan.touch(conn, found.id, chat.id, now)
    assert listing.activity_id is not None
    result = Enrolled(plan.get(conn, listing.activity_id))
    known, shown = _named(before), _named(update.lines)
    for name, line in shown.items():
        held = sign_ups.find(conn, listing.activity_id, line.person_id, name)
        # Who signed up in words before, perhaps with companions whom the list does not show, stays as they are.
        if known[name].people != line.people if name in known else not held or line.people > 1:
            _join(conn, result, Applicant(line.person_id, name, sender.id, chat.id, now), line.people)
    for name in known.keys() - shown.keys():
        if held := sign_ups.find(conn, listing.activity_id, known[name].person_id, name):
            result.promoted += sign_ups.leave(conn, held, now)[1]
    return result


def _link(conn: Connection, listing: Listing, what: Activity) -> Listing:
    conn.execute(sa.update(solitaire).where(solitaire.c.id == listing.id).values(activity_id=what.id))
    return get(conn, listing.id)


def _named(lines: Sequence[Line]) -> dict[str, Line]:
    """Lines by the names that they sign up under: the second of two namesakes gets a number."""
    seen: dict[str, int] = {}
    found = {}
    for line in lines:
        seen[line.name] = seen.get(line.name, 0) + 1
        found[line.name if seen[line.name] == 1 else f"{line.name}（{seen[line.name]}）"] = line
    return found


def _join(conn: Connection, result: Enrolled, who: Applicant, people: int) -> None:
    try:
        entry = sign_ups.join(conn, result.activity.id, who, people, wait=True)
    except Refusal as refusal:
        if refusal.text not in result.refused:
            result.refused.append(refusal.text)
        return
    if entry and entry.state == sign_ups.WAITING:
        result.waiting.append(entry)
