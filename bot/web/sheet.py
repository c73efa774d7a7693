"""A table on its way into a file."""

from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]
