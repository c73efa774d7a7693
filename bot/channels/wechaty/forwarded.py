"""Messages that were forwarded in one bundle (聊天记录), as the text of a chat log."""

import re
from xml.etree import ElementTree

LONGEST = 1_000_000
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_log(content: str) -> str:
    """What each person said, below a line with name and time; the content itself where it is no such bundle."""
    record = _record(content)
    if record is None:
        return content
    lines = [record.findtext("title") or "聊天记录"]
    for item in record.iter("dataitem"):
        said = (item.findtext("datadesc") or item.findtext("datatitle") or "").strip()
        name, time = ((item.findtext(tag) or "").strip() for tag in ("sourcename", "sourcetime"))
        if said and name:
            lines += [f"{name} {time}".strip() if time else f"{name}:", said]
    return "\n".join(lines) if len(lines) > 1 else content


def _record(content: str) -> ElementTree.Element | None:
    """The element with the messages: it is XML within the text of an element of the message's XML."""
    try:
        outer = _parsed(content)
        if outer is None or outer.tag == "recordinfo":
            return outer
        inner = outer.find(".//recorditem")
        if inner is None:
            return None
        found = inner.find("recordinfo")
        return found if found is not None else _parsed(inner.text or "")
    except ElementTree.ParseError:
        return None


def _parsed(content: str) -> ElementTree.Element | None:
    start = content.find("<")
    if start < 0 or len(content) > LONGEST or "<!DOCTYPE" in content or "<!ENTITY" in content:
        return None
    return ElementTree.fromstring(_NOT_XML.sub("", content[start:]))
