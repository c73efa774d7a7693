"""The table of transitions in the user manual: `python -m bot.notices.lifecycle` writes it there."""

import re
from pathlib import Path

from bot.domain.needs.transitions import as_markdown

MANUAL = Path(__file__).parents[2] / "docs" / "manual.md"
PLACE = re.compile(r"(?<=<!-- lifecycle -->\n)(?:\|.*\n)*")


def write(path: Path = MANUAL) -> None:
    """Put the table where the manual has its place for it."""
    text = path.read_text(encoding="utf-8")
    path.write_text(PLACE.sub(lambda _: as_markdown() + "\n", text), encoding="utf-8")


if __name__ == "__main__":
    write()
