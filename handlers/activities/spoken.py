"""What a group speaks of at this moment: an overheard +1 belongs to the last thing spoken of, whatever that was."""

import re
from datetime import datetime, timedelta

from bot import inbox
from bot.capability import Context
from bot.domain.activities import Activity, lookup, names
from bot.inbox import Row
from bot.messages import Kind
from handlers.activities import which
from knowledge.normalize import clean

LINES = 40
"""How far back the last line that says more than +1 is looked for."""
_SETTLING = re.compile(
    r"改[成为到]|[发记报说写]错|确认|发布(?!活动)|更正|撤回|[还没有]*(?:空|座)?(?:位[置子]?|名额)[吗没么了]*"
)
"""What goes with settling a sign-up or an announcement, and opens no new talk."""


def of(ctx: Context, candidates: list[Activity], within: timedelta) -> list[Activity]:
    """The activity that was spoken of last, several where they came up together; [] where it was anything else."""
    touched = lookup.touched(ctx.conn, ctx.chat.id)
    last = _last_line(ctx)
    since = max(ctx.now - within, last.at if last else ctx.now - within)
    later = [what for what in candidates if touched.get(what.id, since) > since]
    if later:
        newest = max(touched[what.id] for what in later)
        return [what for what in later if touched[what.id] == newest]
    if last is None or ctx.now - last.at > within:
        return []
    return names.all_named(clean(last.text).text, candidates)


def said_at(ctx: Context) -> datetime:
    """When the message was said, for what comes after it in the same breath to be later."""
    return min(ctx.message.at, ctx.now)


def _last_line(ctx: Context) -> Row | None:
    """The last message before this one that says more than that somebody takes part, or which of several."""
    rows = inbox.recent(ctx.conn, ctx.chat.channel, ctx.chat.external_id, LINES)
    heard = (row for row in reversed(rows) if row.id < ctx.message.id and row.kind == Kind.TEXT)
    return next((row for row in heard if _says_more(clean(row.text).text)), None)


def _says_more(text: str) -> bool:
    return len(which.without_partaking(_SETTLING.sub("", text))) > 1
