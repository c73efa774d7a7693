"""What the bot knows, kept ready: the reader of messages, and the FAQ as it stands in the database."""

import re
from dataclasses import replace
from datetime import datetime

from bot.dispatch import Prepared
from bot.inbox import Row
from knowledge.faq import Answer, Entry, Faq
from knowledge.reading import Reader, Reading

MAY_BE_QUESTIONS = frozenset({"ask_policy", "none", "query_duty", "help"})
_ASKS = re.compile(
    r"[?？吗]|怎么|怎样|咋|如何|多少|多久|哪[里儿些个]|在哪|去哪|找谁|什么|啥|能不能|可不可以|要不要|需不需要"
)


class Mind:
    """Prepares messages before the transaction opens: pure and outside the writer thread."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.version = -1
        self.faq = Faq(())

    def learn(self, version: int, entries: list[Entry]) -> None:
        """Take over the knowledge base as it stands."""
        self.version = version
        self.faq = Faq(entries)

    def prepare(self, row: Row, role: str) -> Prepared:
        """Read one message. Small talk that asks what the base surely answers is a policy question after all."""
        chat = "private" if row.private else "group"
        reading = self._reader.read(row.text, chat=chat, mentioned=row.mentioned, role=role, now=row.at)
        answer = self._look_up(row, reading, row.at)
        if reading.intent == "none" and answer and answer.id and _ASKS.search(reading.text):
            reading = replace(reading, intent="ask_policy", why=f"{reading.why};知识库有答案")
        return Prepared(row, reading, answer, self.faq)

    def _look_up(self, row: Row, reading: Reading, now: datetime) -> Answer | None:
        addressed = row.private or row.mentioned
        if reading.intent == "ask_policy" or (addressed and reading.intent in MAY_BE_QUESTIONS):
            category = reading.slots.get("category")
            return self.faq.search(reading.text, now, str(category) if category else None)
        return None
