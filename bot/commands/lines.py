"""JSON lines in, JSON lines out: what `read`, `ask` and `when` share."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from bot.jsonl import BadLine, parse


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]], out: TextIO = sys.stdout) -> int:
    """Answer every line of standard input with one line, in order; 1 when a line was bad.

    A bad line is reported on standard error with its number and answered with `{"error": …}`, so that answers
    and questions stay side by side.
    """
    failed = 0
    for number, raw in numbered(sys.stdin.buffer):
        try:
            result = answer(parse(raw))
        except BadLine as error:
            failed = 1
            sys.stderr.write(f"第 {number} 行：{error}\n")
            result = {"error": str(error)}
        out.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
    out.flush()
    return failed


def numbered(lines: Any) -> Iterator[tuple[int, bytes]]:
    """Number and content of each line that is not blank."""
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            yield number, raw
