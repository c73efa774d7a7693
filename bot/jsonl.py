"""Reading JSON lines that people and programs hand in: bounded, and every error a plain sentence."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.clock import SHANGHAI

YEARS = range(1970, 2101)
"""Years in which people write; beyond, calendars end."""
SHOWN = 40
"""Characters of a wrong value that an error repeats."""


class BadLine(ValueError):
    """A line that cannot be worked on; the text says why."""


def parse(raw: bytes) -> dict[str, Any]:
    """One JSON object. Raises BadLine."""
    try:
        record = json.loads(raw.decode("utf-8-sig"))  # some editors put a mark before the first line
    except UnicodeDecodeError as error:
        raise BadLine("不是有效的 UTF-8 文本") from error
    except (ValueError, RecursionError) as error:
        raise BadLine("不是有效的 JSON") from error
    if not isinstance(record, dict):
        raise BadLine("每行应当是一个 JSON 对象")
    return record


def text(record: dict[str, Any], name: str) -> str:
    """A field that must be a text. Lone surrogates are replaced: they are no characters."""
    value = record.get(name)
    if not isinstance(value, str):
        raise BadLine(f"缺少 {name}，或它不是文字")
    return value.encode("utf-8", "replace").decode()


def flag(record: dict[str, Any], name: str) -> bool | None:
    """A field that is true or false; None where it is left out."""
    value = record.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadLine(f"{name} 应当是 true 或 false")
    return value


def one_of(record: dict[str, Any], name: str, choices: Sequence[str]) -> str | None:
    """A field that is one of some words; None where it is left out."""
    value = record.get(name)
    if value in (None, ""):
        return None
    if value not in choices:
        raise BadLine(f"不认识的 {name}：{_shown(value)}，可以是 {'、'.join(choices)}")
    return str(value)


def moment(record: dict[str, Any], name: str, default: datetime | None) -> datetime:
    """A field that is an ISO 8601 time; without a zone it is Shanghai time."""
    value = record.get(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise BadLine(f"缺少 {name}（时间）")
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadLine(f"{name} 不是 ISO 8601 时间：{_shown(value)}") from error
    if at.year not in YEARS:
        raise BadLine(f"{name} 的年份应当在 {YEARS[0]} 到 {YEARS[-1]} 之间：{_shown(value)}")
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _shown(value: object) -> str:
    return str(value)[:SHOWN].encode("utf-8", "replace").decode()
