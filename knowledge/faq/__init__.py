"""The policy base: entries with their sources, search with abstention, citation."""

from knowledge.faq.citation import cite
from knowledge.faq.entries import Entry, Phrasing, Source, entry_from, load_entries, load_phrasings, starter_ids
from knowledge.faq.search import Answer, Faq

__all__ = [
    "Answer",
    "Entry",
    "Faq",
    "Phrasing",
    "Source",
    "cite",
    "entry_from",
    "load_entries",
    "load_phrasings",
    "starter_ids",
]
