"""A message on its way from the reader to the dispatcher."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.inbox import Row
from knowledge.chatlog import ChatLog
from knowledge.faq import Answer, Faq
from knowledge.reading import Reading
from knowledge.work_orders import Batch


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message with what knowledge made of it before the transaction opened."""

    row: Row
    reading: Reading
    answer: Answer | None
    faq: Faq
    prepare: "Prepare"
    log: ChatLog | None = None
    orders: Batch | None = None


Prepare = Callable[[Row, str, str], Prepared]
"""Reads a message: the row, its sender's role, and what it is where somebody said so."""
