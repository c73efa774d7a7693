"""JSON lines in, JSON lines out: what `read`, `ask` and `when` share."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.jsonl import BadLine, parse


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Answer every line of standard input with one line, in order; 1 when a line was bad.

    A bad line is reported on standard error with its number and answered with `{"error": …}`, so that answers
    and questions stay side by side. Each answer is written at once: whoever asks may wait for it.
    """
    failed = 0
    for number, raw in numbered(sys.stdin.buffer):
        try:
            result = answer(parse(raw))
        except BadLine as error:
            failed = 1
            result = {"error": report(number, str(error))}
        except Exception as error:  # noqa: BLE001 - one line that is too much for us must not cost the others
            failed = 1
            result = {"error": report(number, f"没有读懂（{type(error).__name__}）")}
        sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()
    return failed


def report(number: int, why: str) -> str:
    """Say on standard error what is wrong with a line; returns the reason."""
    sys.stderr.write(f"第 {number} 行：{why}\n")
    return why


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Number and content of each line that is not blank."""
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            yield number, raw
