"""What somebody takes back or puts right: a slip of the tongue, a message that was recalled."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import inbox as events
from bot.domain.talk import LATELY, SETTLED_WITHIN, Item, before, last_item, set_going
from bot.inbox import COLUMNS, Row, inbox
from knowledge import slips
from knowledge.normalize import clean
from knowledge.slips import Slip

RECALLED_WITHIN = timedelta(minutes=4)
"""WeChat lets people recall for two minutes; the line may be slow."""
_AMONG = 20
_SELF = ("你", "您", "我", "对方")


def slip_about(
    conn: Connection, kind: str, row: Row, text: str, who: tuple[int, int], *, addressed: bool
) -> tuple[Slip, Item] | None:
    """The slip that a message owns up to, and what it is about, where that is of this kind: it was set going last.

    `who`: the sender and the chat. 发错了 that nobody was addressed with must follow upon it, for else it may be
    about any talk since.
    """
    slip = _slip(conn, row, text)
    item = last_item(conn, *who, row.at - LATELY, row.at + SETTLED_WITHIN) if slip else None
    if slip is None or item is None or item.kind != kind:
        return None
    last = before(conn, row, LATELY)[-1:] if slip.retracts and not addressed else []
    if last and all((one.kind, one.id) != (item.kind, item.id) for one in set_going(conn, last[0])):
        return None
    return slip, item


def _slip(conn: Connection, row: Row, text: str) -> Slip | None:
    """A slip; one that began with 说错了 alone is whole with the words after it."""
    found = slips.slip(text)
    whole = None if found else slips.put_right(text)
    if whole is None:
        return found
    last = before(conn, row)[-1:]
    return whole if last and slips.promises(clean(last[0].text).text) else None


def sent_as(conn: Connection, row: Row, message_id: str) -> Row | None:
    """The message of the same sender in the same chat that the channel calls so."""
    same = inbox.c.channel == row.channel, inbox.c.chat == row.chat, inbox.c.sender == row.sender
    found = conn.execute(sa.select(*COLUMNS).where(*same, inbox.c.message_id == message_id)).first()
    return Row(*found) if found else None


def recalled(conn: Connection, row: Row, who: str) -> Row | None:
    """The message that a system line says was recalled: the last of whom it names, sent lately enough."""
    rows = events.recent(conn, row.channel, row.chat, _AMONG)[::-1]
    fresh = [one for one in rows if one.id < row.id and one.kind == "text" and one.at >= row.at - RECALLED_WITHIN]
    others = [one for one in fresh if slips.recalled_by(one.text) is None]
    return next((one for one in others if who == one.sender_name or (one.sender == row.sender and who in _SELF)), None)
