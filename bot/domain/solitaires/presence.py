"""签到接龙: whoever adds their own line is there; lines that others added wait for a word."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.domain.activities import Activity, attendance, claims, lookup, names
from bot.domain.people import Chat, Person
from bot.domain.solitaires.posts import Update

_SIGNS_IN = re.compile(r"签到|签个到|打卡|报到|到场登记")


@dataclass(slots=True)
class Attended:
    """What became of the new lines of a post."""

    activity: Activity
    present: list[str] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)


def is_sheet(title: str) -> bool:
    """Whether a list is one of who came, not of who will."""
    return bool(_SIGNS_IN.search(title))


def attend(conn: Connection, update: Update, chat: Chat, sender: Person, now: datetime) -> Attended | None:
    """Check in who put themselves on the list of an activity that is open; None where none is meant."""
    around = lookup.in_reach(conn, chat, sender, now - timedelta(days=1), now + attendance.OPENS_BEFORE)
    opened = [what for what in around if attendance.is_open(what, now)]
    found = names.named(update.listing.title, opened) or lookup.talked_about(conn, chat.id, opened, now)
    if len(found) != 1:
        return None
    result, known = Attended(found[0]), {line.name for line in update.before}
    for line in update.lines:
        if line.name in known:
            continue
        if line.person_id == sender.id:
            attendance.check_in(conn, found[0], sender.id, chat.id, now, attendance.LIST)
            result.present.append(line.name)
        else:
            claims.claim(
                conn,
                found[0].id,
                person_id=line.person_id,
                name=line.name,
                kind=claims.PROXY,
                by_id=sender.id,
                chat_id=chat.id,
                at=now,
                reason="接龙代签",
            )
            result.claimed.append(line.name)
    return result
