"""What the smart robot hears, as events for the inbox.

Source of the fields: developer.work.weixin.qq.com, 智能机器人 接收消息 (100719) and 智能机器人长连接 (101463).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.messages import Incoming, Kind, private_chat

Body = Mapping[str, Any]
RULE = "- - - - - - - - - - - - - - -"
"""The line that WeChat puts between a quoted message and the reply; knowledge reads both by it."""


MOST_FILES = 9
"""Of one message."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that lies at the platform, encrypted, for five minutes."""

    url: str
    key: str
    name: str


def files_of(body: Body) -> list[Remote]:
    """What is to be fetched with a message: its picture, its file, or the pictures among its text."""
    kind = body.get("msgtype")
    items = [body] if kind in ("image", "file") else []
    if kind == "mixed":
        items = [item for item in (body.get("mixed") or {}).get("msg_item") or [] if item.get("msgtype") == "image"]
    found = [item.get(str(item.get("msgtype"))) or {} for item in items[:MOST_FILES]]
    return [
        Remote(str(one["url"]), str(one.get("aeskey") or ""), str(one.get("name") or ""))
        for one in found
        if one.get("url")
    ]


def heard(channel: str, body: Body, now: datetime) -> Incoming | None:
    """The event of one message frame; None for one without sender or of a kind that nobody reads."""
    sender = str((body.get("from") or {}).get("userid") or "")
    message_id = str(body.get("msgid") or "")
    if not sender or not message_id:
        return None
    private = body.get("chattype") != "group"
    kind, text = _content(body)
    if kind is None:
        return None
    return Incoming(
        channel=channel,
        message_id=message_id,
        chat=private_chat(sender) if private else str(body.get("chatid") or ""),
        sender=sender,
        text=_with_quote(body.get("quote"), text),
        at=_moment(body.get("create_time")) or now,
        private=private,
        mentioned=not private,  # in a group the platform hands over only what mentions the robot
        kind=kind,
    )


def _content(body: Body) -> tuple[Kind | None, str]:
    match body.get("msgtype"):
        case "text" | "voice" as kind:  # the platform writes down what was spoken
            return Kind.TEXT, str((body.get(kind) or {}).get("content") or "")
        case "mixed":
            items = (body.get("mixed") or {}).get("msg_item") or []
            return Kind.TEXT, "\n".join(_item(item) for item in items)
        case "image" | "file":
            return Kind.FILE, ""
        case _:
            return None, ""


def _item(item: Body) -> str:
    return str((item.get("text") or {}).get("content") or "") if item.get("msgtype") == "text" else "[图片]"


def _with_quote(quote: Body | None, text: str) -> str:
    """A reply in the form that WeChat itself gives it: the quoted message, a rule, the reply."""
    if not quote:
        return text
    _, quoted = _content(quote)
    return f"「引用:{quoted}」\n{RULE}\n{text}" if quoted else text


def _moment(seconds: object) -> datetime | None:
    """Unix seconds, where the frame has them and they make sense."""
    if isinstance(seconds, int) and 946_684_800 < seconds < 4_102_444_800:
        return datetime.fromtimestamp(seconds, UTC)
    return None
