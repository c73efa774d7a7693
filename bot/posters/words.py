"""What a poster says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One activity of a poster."""

    number: str
    title: str
    when: str
    place: str
    tag: str
    required: bool


@dataclass(frozen=True, slots=True)
class Poster:
    """The words of a poster."""

    head: str
    theme: str
    cards: tuple[Card, ...]
    foot: str
