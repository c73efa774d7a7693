"""Reading JSON lines that people and programs hand in: bounded, and every error a plain sentence."""

import json
from datetime import datetime
from typing import Any

from bot.clock import SHANGHAI


class BadLine(ValueError):
    """A line that cannot be worked on; the text says why."""


def parse(raw: bytes) -> dict[str, Any]:
    """One JSON object. Raises BadLine."""
    try:
        record = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine("不是有效的 UTF-8 文本") from error
    except (json.JSONDecodeError, RecursionError) as error:
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
        raise BadLine(f"{name} 不是 ISO 8601 时间：{str(value)[:40]}") from error
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
