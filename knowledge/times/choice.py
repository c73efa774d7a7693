"""Choosing among the time phrases of a text."""

from datetime import datetime

from knowledge.times.phrases import Phrase, phrases


def best(found: list[Phrase]) -> Phrase | None:
    """The phrase that says most: date and hour before date before hour; the first of equals."""
    return max(found, key=_weight, default=None)


def _weight(phrase: Phrase) -> int:
    return 4 * phrase.dated + 3 * phrase.clocked + 2 * (phrase.repeats is not None) - 2 * phrase.deadline


def of_event(text: str, now: datetime) -> Phrase | None:
    """The phrase that tells when the event takes place."""
    return best(phrases(text, now))
