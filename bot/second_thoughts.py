"""A second look at a question that the knowledge base is unsure of: by meaning, in one thread of its own.

The thread also encodes what was added to the base, a text at a time, so that no question waits for more than one.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path

from knowledge.faq import Answer, Entry, Faq
from knowledge.semantic import Encoder, SecondStage, Store

log = logging.getLogger(__name__)

AWAKE = 60.0
"""Seconds after a question during which the model stays in memory."""
SAVED_EVERY = 100
"""Texts that are encoded between two writes of their file."""

Search = Callable[[str, datetime, str | None], Answer]
"""Finds the answer to a question, at a time, of a category: `Faq.search` and the like."""


class SecondThoughts:
    """Entries by meaning. Whatever is not encoded yet is left to the first stage."""

    def __init__(self, own: Path | None = None, *, at_once: bool = False) -> None:
        """Keep what is encoded here in the file `own`. With `at_once`, questions wait for all that is new."""
        self._own, self._at_once = own, at_once
        self._encode = Encoder()
        self._thread = ThreadPoolExecutor(1, "second-thoughts")
        self._store: Store | None = None
        self._stage: SecondStage | None = None
        self._missing: list[str] = []
        self._sleep: asyncio.TimerHandle | None = None

    def learn(self, entries: Sequence[Entry]) -> None:
        """Take over the base as it stands; what is new is encoded in the background."""
        self._later(partial(self._learn, entries))

    def _later(self, work: Callable[[], None]) -> None:
        self._thread.submit(work).add_done_callback(_report)

    def _learn(self, entries: Sequence[Entry]) -> None:
        busy = bool(self._missing)
        self._store = self._store or Store.load(self._own)
        self._stage = SecondStage(entries, self._store, self._encode)
        self._missing = self._stage.missing()
        while self._at_once and self._missing:
            self._encode_one()
        if self._missing and not busy:
            self._later(self._catch_up)

    def _encode_one(self) -> None:
        assert self._store is not None
        text = self._missing.pop()
        self._store.add(text, self._encode(text))
        if len(self._missing) % SAVED_EVERY == 0:
            self._store.save()

    def _catch_up(self) -> None:
        """Encode one more text, and come again after whatever waits by now."""
        if self._missing:
            self._encode_one()
            self._later(self._catch_up)
        else:
            self._encode.rest()

    async def about(self, faq: Faq, look_up: Callable[[Search], Answer | None]) -> Answer | None:
        """What a look-up finds when it searches by meaning as well."""
        loop = asyncio.get_running_loop()
        if self._sleep:
            self._sleep.cancel()
        self._sleep = loop.call_later(AWAKE, self.rest)
        return await loop.run_in_executor(self._thread, look_up, partial(self._search, faq))

    def _search(self, faq: Faq, question: str, now: datetime, category: str | None) -> Answer:
        if self._stage:
            try:
                return self._stage.search(faq, question, now, category)
            except Exception:  # whatever befalls the encoder: questions are answered without it
                log.exception("second stage failed")
                self._stage = None
        return faq.search(question, now, category)

    def rest(self) -> None:
        """Give the model's memory back until the next question."""
        self._later(self._encode.rest)

    def close(self) -> None:
        """End the thread; what it was doing is finished, what waits is dropped."""
        if self._sleep:
            self._sleep.cancel()
        self._missing.clear()
        self._thread.shutdown(cancel_futures=True)


def _report(done: "Future[None]") -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("second stage failed", exc_info=error)
