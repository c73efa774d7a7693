"""What the bot knows, kept ready: the reader of messages, and the FAQ as it stands in the database."""

import re
import time
from dataclasses import replace
from functools import partial

from bot.clock import local
from bot.inbox import Row
from bot.messages import Kind
from bot.metrics import Histogram
from bot.prepared import Prepared
from bot.second_thoughts import Search, SecondThoughts
from bot.settings import Settings
from knowledge import chatlog
from knowledge.chatlog import ChatLog
from knowledge.faq import Answer, Entry, Faq
from knowledge.reading import Reader, Reading
from knowledge.semantic import is_doubtful, is_installed
from knowledge.taught import Match, Taught

MAY_BE_QUESTIONS = frozenset({"ask_policy", "none", "query_activities", "query_duty", "help"})
_ASKS = re.compile(
    r"[?？吗]|怎么|怎样|咋|如何|多少|多久|哪[里儿些个]|在哪|去哪|找谁|什么|啥|能不能|可不可以|要不要|需不需要"
)
_CARD = re.compile(r"政策问题(\d{1,9})号")
_NO_ANSWER = re.compile(
    r"(?:收到|好的|知道|明白|稍等|等一?下|我[来去先]*[看问查答想]|这个[我先]*[看问查]).{0,12}|.{0,5}"
    r"|.*[?吗么呢]\W*",
    re.DOTALL,
)
SAME, LEAD = 0.4, 0.05
"""Likeness, and its lead, from which on a taught answer is given outright: measured, 1% of neighbouring questions
of which the base knows nothing are taken for the taught one.
"""
EQUAL = 0.6
"""Likeness from which on a message is the taught question, whatever else it might be."""
TAUGHT = "taught"
ALIKE = 0.3
"""Likeness from which on a taught answer is offered."""
OFFERED = 3
OFFERED_FROM, HINTED_FROM = 0.4, 0.12
"""Chances that the best entry answers. From the first on the sender is asked which of three is meant (measured just
above it: the base answers 8 of 10, and then one of the three does in 95 of 100); below, a person is asked, and from the
second on near entries are shown beside.
"""
GUESSES = ("near_tie", "unsure")


class Mind:
    """Prepares messages before the transaction opens: pure and outside the writer thread."""

    def __init__(self, reader: Reader, second: SecondThoughts | None = None) -> None:
        self._reader = reader
        self._second = second
        self.reading_time = Histogram()
        self.version = -1
        self.faq = Faq((), {})
        self._taught = Taught(())

    @classmethod
    def load(cls, settings: Settings, *, live: bool = True) -> "Mind":
        """As installed and set. One that is not live, in virtual time, waits for what a live one does meanwhile."""
        second = None
        if settings.semantic and is_installed():
            second = SecondThoughts(settings.vectors_file() if live else None, at_once=not live)
        return cls(Reader.load(settings.model_file()), second)

    def close(self) -> None:
        """End its thread."""
        if self._second:
            self._second.close()

    def learn(self, version: int, entries: list[Entry]) -> None:
        """Take over the knowledge base as it stands."""
        self.version = version
        self.faq = Faq(entries)
        self._taught = Taught(entries)
        if self._second:
            self._second.learn(entries)

    def prepare(self, row: Row, role: str, intent: str = "") -> Prepared:
        """Read one message. One that asks for what the base surely knows is a policy question, however it reads.

        With an `intent`, that is what it is, as somebody said who knows.
        """
        began = time.perf_counter()
        chat = "private" if row.private else "group"
        reading = self._reader.read(row.text, chat=chat, mentioned=row.mentioned, role=role, now=row.at, intent=intent)
        reading = _reply_to_card(reading)
        answer = self._look_up(row, reading, self.faq.search)
        if not intent:
            reading = _as_question(reading, answer)
        self.reading_time.observe(time.perf_counter() - began)
        return Prepared(row, reading, answer, self.faq, self.prepare, _log(row))

    async def think_twice(self, prepared: Prepared) -> Prepared:
        """Look up by meaning as well what is a question and the base is unsure of."""
        reading, answer = prepared.reading, prepared.answer
        if self._second is None or answer is None or not is_doubtful(answer):
            return prepared
        if reading.intent != "ask_policy" and not _ASKS.search(reading.text):
            return prepared
        answer = await self._second.about(prepared.faq, partial(self._look_up, prepared.row, reading))
        return replace(prepared, reading=_as_question(reading, answer), answer=answer)

    def _look_up(self, row: Row, reading: Reading, search: Search) -> Answer | None:
        now = row.at
        addressed = row.private or row.mentioned
        policy = reading.intent == "ask_policy"
        if not policy and not addressed:
            return None
        taught = self._taught.find(reading.text, ALIKE)
        if not policy and taught and taught.likeness >= EQUAL:
            answer = Answer(taught.id, (taught.id,), taught.likeness, (), TAUGHT)
            return self.faq.settle(answer, (taught.id,), now)
        if not policy and reading.intent not in MAY_BE_QUESTIONS:
            return None
        category = reading.slots.get("category")
        found = prefer(search(reading.text, now, str(category) if category else None), taught)
        return self.faq.settle(found, found.candidates[:1], now)


def _as_question(reading: Reading, answer: Answer | None) -> Reading:
    """What asks for what the base surely knows is a policy question, however it reads."""
    sure = answer is not None and answer.id and (reading.intent == "none" or answer.why == TAUGHT)
    if not sure or not _ASKS.search(reading.text):
        return reading
    return replace(reading, intent="ask_policy", remarks=(*reading.remarks, "知识库有答案"))


def _log(row: Row) -> ChatLog | None:
    """The chat log that a message is; one told of in a log is none itself."""
    return chatlog.parse(row.text, local(row.at)) if row.kind == Kind.TEXT and not row.told else None


def _reply_to_card(reading: Reading) -> Reading:
    """What is said in reply to a question's card answers it, as 回复12：… does; asking back is talk."""
    card = _CARD.match(reading.quote.text) if reading.quote else None
    if card is None or reading.text[:2] == "回复":
        return reading
    if _NO_ANSWER.fullmatch(reading.text):
        return replace(reading, intent="none", remarks=("引用问题卡片",))
    return replace(reading, text=f"回复{card[1]}:{reading.text}", remarks=("引用问题卡片",))


def prefer(found: Answer, taught: Match | None) -> Answer:
    """Let what people taught here go first where the question is much like it; a mere guess is `no_match`."""
    if found.why in GUESSES and found.score < OFFERED_FROM:
        found = replace(found, offer=found.offer if found.score >= HINTED_FROM else (), why="no_match")
    if taught is None or taught.id == found.id:
        return found
    candidates = tuple(dict.fromkeys((taught.id, *found.candidates)))
    if taught.likeness >= SAME and taught.lead >= LEAD:
        return Answer(taught.id, candidates, taught.likeness, (), "sure")
    if found.why in (*GUESSES, "no_match") and taught.lead >= 0:
        offer = tuple(dict.fromkeys((taught.id, *found.offer)))[:OFFERED]
        return replace(found, candidates=candidates, offer=offer, why="near_tie")
    return found
