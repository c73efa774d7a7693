"""Words of a message that name something: where the tagger, or failing it a rule, finds them."""


def find(slot: str, text: str, intent: str) -> str | None:
    """The words of `text` that fill `slot` (activity, place, company, name, resource, title, goods), else None."""
    return None
