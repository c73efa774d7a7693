"""How a capability is declared: a plain function with its intents, commands, slots, roles and examples beside it.

`@handler` returns a frozen value and registers nothing; `handlers/__init__.py` lists what is live.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.engine import Connection

from bot import questions
from bot.domain import people
from bot.domain.people import ROLES, Chat, Person
from bot.inbox import Row
from bot.notices.schedule import Agenda
from bot.voice import Voice
from knowledge.chatlog import ChatLog
from knowledge.faq import Answer, Faq
from knowledge.reading import Reading
from knowledge.wording import readable
from knowledge.work_orders import Batch

EVERYONE = frozenset(ROLES)
ANSWER_WITHIN = timedelta(minutes=30)


@dataclass(slots=True)
class Context:
    """All that a handler may know and do for one message. Lives for one transaction."""

    conn: Connection
    now: datetime
    message: Row
    person: Person
    chat: Chat
    role: str
    newcomer: bool  # not registered, and never heard in this chat before this message
    reading: Reading
    faq: Faq
    answer: Answer | None  # what the knowledge base says, where the message may be a question
    voice: Voice
    addressed: bool
    reread: "Reread"
    again: "Again"
    log: ChatLog | None = None  # the chat log that the message is
    orders: Batch | None = None  # the work orders of the table that it brought
    args: dict[str, Any] = field(default_factory=dict)  # slot name → text, from open questions
    command: re.Match[str] | None = None
    public_url: str = ""  # where people reach our pages
    agenda: Agenda | None = None  # what happens by itself
    titles: Mapping[str, str] = field(default_factory=dict)  # capability → what people call it

    @property
    def text(self) -> str:
        """The cleaned text of the message."""
        return self.reading.text

    @property
    def said(self) -> str:
        """The cleaned text of the message that started this: the one before any questions."""
        return str(self.args.get("said", self.reading.text))

    @property
    def wording(self) -> str:
        """The same, as people like to read it: for what is stored and shown."""
        return readable(self.said)

    @property
    def slots(self) -> Mapping[str, Any]:
        """What the reader found in the message that started this."""
        found: Mapping[str, Any] = self.args.get("slots", self.reading.slots)
        return found

    @property
    def channel(self) -> str:
        """The account the message came through."""
        return self.chat.channel

    def link(self, path: str) -> str:
        """The address of one of our pages, for people to open."""
        return f"{self.public_url.rstrip('/')}/{path.lstrip('/')}"

    def tell_person(self, person_id: int, text: str, **options: Any) -> bool:
        """Write to somebody privately."""
        return self.voice.to_person(person_id, text, channel=self.channel, **options)

    def tell_chat(self, chat: Chat, text: str, **options: Any) -> bool:
        """Write to a chat."""
        return self.voice.to_chat(chat, text, **options)

    def ask(
        self,
        capability: str,
        slot: str,
        args: Mapping[str, Any],
        *,
        person_id: int | None = None,
        chat: Chat | None = None,
        within: timedelta = ANSWER_WITHIN,
    ) -> None:
        """Wait for an answer to `slot` of a capability, by default from the sender in this chat.

        The wording of the question is the caller's; it is what the handler returns or tells.
        """
        where, whom = (chat or self.chat).id, person_id or self.person.id
        replies = {"asked_by": self.voice.cause} if (where, whom) == (self.chat.id, self.person.id) else {}
        questions.ask(
            self.conn,
            chat_id=where,
            person_id=whom,
            capability=capability,
            slot=slot,
            args={**args, **replies},
            now=self.now,
            expires_at=self.now + within,
        )

    def private_chat_of(self, person_id: int) -> Chat | None:
        """The private chat with somebody, on this channel where they are known there."""
        if (where := people.address(self.conn, person_id, self.channel)) is None:
            return None
        channel, external = where
        return people.meet_chat(self.conn, channel, f"p:{external}", private=True)


Reread = Callable[[Row, str, str], Reading]
"""Reads a message as of somebody with a role, and as an intent where that is not empty."""

Again = Callable[[Row, str], bool]
"""Carries a message out once more, as if addressed and as an intent where that is not empty; whether there was
anything to do. For a handler that knows better what was meant."""


Read = Callable[[Context, str], Any]
"""Reads an answer's text; None means that it is not an answer."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Something a handler needs to know. Found in the message, or asked for and read from the answer."""

    name: str
    read: Read
    # None: never asked for, the handler copes with None. Where the wording is None the bot stays silent.
    ask: Callable[[Context], str | None] | None = None
    find: Callable[[Context], Any] | None = None  # looks in the message, then in what is known
    within: timedelta = ANSWER_WITHIN
    hears_danger: bool = False  # its answers may tell of danger; any other question yields to that
    # Undoes what waits for the answer; returns what is said, or None where the word was meant for others.
    on_cancel: Callable[[Context], str | None] | None = None


When = Callable[[Context], bool]
"""Whether a message is for a capability, by its context; called for every message that it may act on."""

Run = Callable[..., str | None]
"""A handler's function: the context and its slots → the reply, or None to stay silent."""


@dataclass(frozen=True)
class Handler:
    """A capability of the bot."""

    name: str
    run: Run
    intents: tuple[str, ...]
    commands: tuple[str, ...]
    slots: tuple[Slot, ...]
    roles: frozenset[str]
    examples: tuple[str, ...]
    overhear: bool
    title: str  # what it does, for help
    audited: bool
    when: "When | None"
    also: "When | None" = None
    breaks_in: "When | None" = None
    yields: bool = False

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """Its commands, compiled when first asked for: those of all capabilities take a tenth of a start."""
        return tuple(re.compile(command, re.DOTALL) for command in self.commands)

    def command(self, text: str) -> re.Match[str] | None:
        """The command of this capability that the text is, if any."""
        return next((match for pattern in self.patterns if (match := pattern.fullmatch(text))), None)

    def hears(self, ctx: Context) -> bool:
        """Whether it may act on the message at all: one addressed to the bot, or overheard where it listens."""
        return ctx.addressed or self.overhear

    def allows(self, ctx: Context) -> bool:
        """Whether the sender may use it: by role, or by what else they are."""
        return ctx.role in self.roles or (self.also is not None and self.also(ctx))

    def slot(self, name: str) -> Slot | None:
        """Its slot of that name, if it has one."""
        return next((slot for slot in self.slots if slot.name == name), None)


def handler(
    name: str,
    *,
    intents: Sequence[str] = (),
    commands: Sequence[str] = (),
    slots: Sequence[Slot] = (),
    roles: Iterable[str] = EVERYONE,
    examples: Sequence[str] = (),
    overhear: bool = False,
    title: str = "",
    audited: bool = False,
    when: When | None = None,
    also: When | None = None,
    breaks_in: When | None = None,
    yields: bool = False,
) -> Callable[[Run], Handler]:
    """Declare a capability.

    `intents`: readings that lead here. `commands`: regular expressions for whole cleaned texts, which outrank readings.
    `overhear`: in a group it acts without being addressed. `audited`: who asks for it is recorded (bot.domain.access).
    `when`: claims a message by what is known in this chat, before its reading leads elsewhere. `also`: who may use it
    besides the roles. `breaks_in`: danger, which no open question may swallow. `yields`: its commands are answers
    too, so that an open question goes before them. A follow-up of a question has neither intents nor commands.
    """

    def declare(run: Run) -> Handler:
        wanted = ["ctx", *(slot.name for slot in slots)]
        if list(inspect.signature(run).parameters) != wanted:
            raise TypeError(f"{name}: parameters must be {wanted}")
        if unknown := set(roles) - EVERYONE:
            raise ValueError(f"{name}: unknown roles {unknown}")
        return Handler(
            name=name,
            run=run,
            intents=tuple(intents),
            commands=tuple(commands),
            slots=tuple(slots),
            roles=frozenset(roles),
            examples=tuple(examples),
            overhear=overhear,
            title=title,
            audited=audited,
            when=when,
            also=also,
            breaks_in=breaks_in,
            yields=yields,
        )

    return declare
