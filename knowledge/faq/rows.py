"""Make entries of the rows of a file, or say in plain words why one is refused; and rows of entries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from knowledge.faq.entries import Entry, entry_from
from knowledge.faq.files import COLUMNS, Row, cell_of, listed

LIMITS: Final = {
    "question": 200,
    "answer": 2_000,
    "title": 200,
    "number": 100,
    "issuer": 100,
    "topic": 50,
    "author": 50,
}
"""The most characters that a field may have."""
MAX_SIMILAR: Final = 60
_LABELS: Final = {field: names[0] for field, names in COLUMNS.items()}
_CONFIDENCE: Final = {"高": "high", "中": "medium", "低": "low"}
_TRUTH: Final = {"是": True, "true": True, "1": True, "√": True, "否": False, "false": False, "0": False, "": False}
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)")


@dataclass(frozen=True, slots=True)
class Given:
    """What is taken for every row that does not say it itself."""

    author: str
    source: str
    today: date
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no entry, and why."""

    place: str
    why: str


def entry_of(row: Row, given: Given) -> Entry | Rejected:
    """The entry that a row is, checked field by field."""
    try:
        return entry_from(_checked(row.fields, given))
    except ValueError as error:
        return Rejected(row.place, str(error))


def _checked(row: Mapping[str, Any], given: Given) -> dict[str, Any]:
    text = {field: _text(row, field) for field in LIMITS}
    for field in ("question", "answer"):
        if not text[field]:
            raise ValueError(f"没有写{_LABELS[field]}")
    title = text["title"] or given.source
    if not title:
        raise ValueError("没有写依据（可用 --source 统一注明）")
    begins, ends = _day(row, "effective_from"), _day(row, "effective_to")
    if begins and ends and ends < begins:
        raise ValueError("失效日期早于生效日期")
    checked = _day(row, "checked_on")
    if checked and checked > given.today.isoformat():
        raise ValueError("核对日期在将来")
    source = {"title": title, "number": text["number"], "issuer": text["issuer"], "date": _day(row, "date") or ""}
    return {
        "id": _id(row, text["question"]),
        "category": _choice(row, "category", {name: name for name in given.categories}, "综合服务"),
        "topic": text["topic"],
        "question": text["question"],
        "similar": _list(row, "similar"),
        "answer": text["answer"],
        "source": source,
        "effective_from": begins,
        "effective_to": ends,
        "confidence": _choice(row, "confidence", _CONFIDENCE, "high"),
        "local_varies": _choice(row, "local_varies", _TRUTH, False),
        "keywords": _list(row, "keywords"),
        "checked_on": checked,
        "author": text["author"] or given.author,
    }


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if isinstance(value, Mapping | list | tuple):
        raise ValueError(f"{_LABELS[field]}应当是文字")
    text = str(value if value is not None else "").replace("\0", "").strip()
    if len(text) > LIMITS[field]:
        raise ValueError(f"{_LABELS[field]}有{len(text)}个字，超过{LIMITS[field]}字")
    return text


def _list(row: Mapping[str, Any], field: str) -> list[str]:
    parts = listed(row.get(field))
    if len(parts) > MAX_SIMILAR:
        raise ValueError(f"{_LABELS[field]}超过{MAX_SIMILAR}个")
    if any(len(part) > LIMITS["question"] for part in parts):
        raise ValueError(f"{_LABELS[field]}里有一个超过{LIMITS['question']}字")
    return parts


def _choice(row: Mapping[str, Any], field: str, known: Mapping[str, Any], default: Any) -> Any:
    value = str(row.get(field) if row.get(field) is not None else "").strip()
    if value.lower() in known or value in known.values():
        return known.get(value.lower(), value)
    if value:
        raise ValueError(f"{_LABELS[field]}「{value[:20]}」不认识，应为{'、'.join(filter(None, map(str, known)))}之一")
    return default


def _day(row: Mapping[str, Any], field: str) -> str | None:
    value = row.get(field)
    if isinstance(value, date):  # a datetime too
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    text = str(value or "").strip()
    if text in ("", "长期", "无", "长期有效"):
        return None
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
        return date(year, month, day).isoformat() if found[3] else f"{year:04}-{date(year, month, 1).month:02}"
    except ValueError:
        raise ValueError(f"{_LABELS[field]}「{text[:20]}」不是日期，请写成 2026-12-31") from None


def _id(row: Mapping[str, Any], question: str) -> str:
    """As stated, else made of the question: the same file again changes the same entries."""
    stated = str(row.get("id") or "").strip()
    if stated and not _ID.fullmatch(stated):
        raise ValueError(f"编号「{stated[:20]}」只能用字母、数字和连字符，以字母开头")
    return stated or f"import-{sha256(question.encode()).hexdigest()[:10]}"


def cells_of(entry: Entry) -> Iterator[str]:
    """The cells of an entry, in the order of COLUMNS."""
    source = entry.source
    for field in COLUMNS:
        if field in ("title", "number", "issuer", "date"):
            yield str(getattr(source, field)) if source else ""
        elif field == "confidence":
            yield next(name for name, value in _CONFIDENCE.items() if value == entry.confidence)
        else:
            yield cell_of(getattr(entry, field))


def plain(entry: Entry) -> dict[str, Any]:
    """An entry as the starter's YAML has it."""
    source = entry.source
    fields: dict[str, Any] = {name: _simple(getattr(entry, name)) for name in Entry.__slots__}
    fields["source"] = {name: getattr(source, name) for name in source.__slots__} if source else None
    return fields


def _simple(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
