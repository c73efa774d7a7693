"""Words of a message that name something: an activity, a place, a company, a person, a resource, goods."""

from collections.abc import Callable, Mapping
from pathlib import Path

from knowledge.slots import tagger

Find = Callable[[str, str, str], str | None]
"""Slot, text and intent → the words that fill the slot."""
INTENTS: Mapping[str, frozenset[str]] = {
    "activity": frozenset({"check_in", "sign_up", "cancel_sign_up", "query_activities"}),
    "place": frozenset({"report_need", "publish_activity", "book_venue"}),
    "company": frozenset({"report_need", "log_visit", "register"}),
    "name": frozenset({"register"}),
    "resource": frozenset({"offer_resource", "seek_resource"}),
    "title": frozenset({"publish_activity"}),
    "goods": frozenset({"redeem_points"}),
}
"""Slots whose words the tagger finds, and the intents that give them."""
MANDATORY = frozenset({"book_venue", "publish_activity", "log_visit", "offer_resource", "seek_resource"})
"""Intents whose message practically always states its slot, so that the best guess is taken however unsure."""


def finder(trained: Path | None) -> Find:
    """Finds by a tagger that was trained on the spot, where it is of use; else as `find`."""
    path = tagger.file(trained)
    if path == tagger.MODEL:
        return find
    weights = tagger.load(path)

    def find_by(slot: str, text: str, intent: str) -> str | None:
        return tagger.find(weights[slot], text, intent, MANDATORY) if text else None

    return find_by


def find(slot: str, text: str, intent: str) -> str | None:
    """The words of `text` that fill `slot`, else None. Raises KeyError for a slot not in INTENTS."""
    return tagger.find(tagger.load()[slot], text, intent, MANDATORY) if text else None
