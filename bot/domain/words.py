"""What people call things, from bot/data/words.yaml."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from knowledge.yaml_files import parse

DATA = Path(__file__).parents[1] / "data" / "words.yaml"


@cache
def words(section: str) -> Mapping[str, Sequence[str]]:
    """The words of a section: key → what means it."""
    sections: dict[str, dict[str, list[str]]] = parse(DATA.read_bytes())
    return sections[section]


def count(section: str, text: str) -> dict[str, int]:
    """How many of each key's words a text holds; keys without any are left out."""
    found = {key: sum(word in text for word in meant) for key, meant in words(section).items()}
    return {key: number for key, number in found.items() if number}
