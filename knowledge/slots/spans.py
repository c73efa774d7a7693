"""Words of a message that name something: an activity, a place, a company, a person, a resource, goods."""

from collections.abc import Callable, Mapping

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


def find(slot: str, text: str, intent: str) -> str | None:
    """The words of `text` that fill `slot`, else None. Raises KeyError for a slot not in INTENTS."""
    return tagger.find(tagger.load()[slot], text, intent, MANDATORY) if text else None
