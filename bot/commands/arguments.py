"""The command line, and what is wrong with settings, in Chinese: the libraries write theirs in English."""

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from pydantic_core import ErrorDetails

_SAID = (
    (r"the following arguments are required: (.+)", r"还缺 {0}"),
    (r"unrecognized arguments: (.+)", r"不认识 {0}"),
    (r"argument (\S+): invalid choice: (.+) \(choose from (.+)\)", r"{0} 不能是 {1}，可以是 {2}"),
    (r"argument (\S+): invalid \w+ value: (.+)", r"{0} 的值 {1} 不对"),
    (r"argument (\S+): expected (?:one|1|at least one) arguments?", r"{0} 后面要写一个值"),
    (r"argument (\S+): ignored explicit argument (.+)", r"{0} 后面不能写 {1}"),
    (r"argument (\S+): not allowed with argument (.+)", r"{0} 和 {1} 不能同时用"),
    (r"ambiguous option: (\S+) could match (.+)", r"{0} 不明确，可能是 {1}"),
)
"""What argparse objects to, and how we say it."""
_ARGUMENTS_ARE_WRONG = 2


class Formatter(argparse.HelpFormatter):
    """Help under a Chinese heading."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The first line."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks Chinese; its subparsers do as well."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **options}, add_help=False)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def error(self, message: str) -> NoReturn:
        """End with one sentence, and the usage."""
        self.exit(_ARGUMENTS_ARE_WRONG, f"{_in_chinese(message)}。\n{self.format_usage()}")


def _in_chinese(message: str) -> str:
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, message):
            return words.format(*found.groups())
    return f"命令写得不对（{message}）"


_WRONG = {
    "int_parsing": "应当是整数",
    "float_parsing": "应当是数字",
    "bool_parsing": "应当是 true 或 false",
    "literal_error": "不是可以选的值",
}


def port(text: str) -> int:
    """The number of a port. Raises ValueError."""
    number = int(text)
    if not 0 <= number < 1 << 16:
        raise ValueError(text)
    return number


def wrong(problem: ErrorDetails) -> str:
    """What is wrong with a setting, in Chinese where it is a mistake that people make."""
    bounds = problem.get("ctx", {})
    kind = problem["type"]
    if kind in _WRONG:
        return _WRONG[kind]
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"不能小于 {bounds['ge']}" if "ge" in bounds else f"不能大于 {bounds['le']}"
    return problem["msg"]
