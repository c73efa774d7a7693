"""The one path from an inbound message to its effects. See docs/architecture.md for the picture.

1 an open question to this person in this chat: cancel word → drop it; its slot reads the text → go on; else next
2 an exact command, then the reading's intent → the capability
3 may we speak? addressed, or the capability overhears and the reader is sure enough
4 is the role allowed here?
5 fill the slots, or ask for the first missing one
6 the handler runs; its effects, replies and the inbox mark commit together
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot import inbox, questions
from bot.capability import ANSWER_WITHIN, Context, Handler
from bot.domain import access, people
from bot.errors import Refusal
from bot.inbox import Row
from bot.messages import MAX_TEXT
from bot.outbox import Class
from bot.questions import Question
from bot.voice import Voice
from knowledge.faq import Answer, Faq
from knowledge.reading import Reading

CANCEL = re.compile(r"(取消|算了|不用了|不弄了|放弃|先不弄|退出)[吧了啦。！!~]*")
NOT_ALLOWED = "抱歉，这项功能只对{roles}开放。"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message with what knowledge made of it before the transaction opened."""

    row: Row
    reading: Reading
    answer: Answer | None
    faq: Faq


class RefusedAnswer(Refusal):
    """A Refusal that came of an answer: the question it answered is closed in the settling transaction."""

    def __init__(self, text: str, question_id: int) -> None:
        super().__init__(text)
        self.question_id = question_id


class Dispatcher:
    """Leads messages to capabilities. Holds no state."""

    def __init__(self, handlers: Sequence[Handler], public_url: str = "") -> None:
        self._public_url = public_url
        self.handlers = tuple(handlers)
        self._by_name = {handler.name: handler for handler in handlers}
        self._by_intent = {intent: handler for handler in reversed(handlers) for intent in handler.intents}
        if len(self._by_name) != len(handlers):
            raise ValueError("two capabilities of one name")

    def settle(self, conn: Connection, prepared: Prepared, now: datetime) -> str:
        """Carry out one message and mark it done; returns the outcome. Raises Refusal with nothing done."""
        ctx = self._context(conn, prepared, now)
        outcome, reply = self._carry_out(ctx)
        if reply:
            say(ctx, reply)
        reading = prepared.reading
        inbox.settle(conn, prepared.row, outcome, reading.intent, reading.confidence)
        return outcome

    def refuse(self, conn: Connection, prepared: Prepared, now: datetime, refusal: Refusal) -> str:
        """Settle a message whose effects were rolled back: say why, and close the question it answered."""
        ctx = self._context(conn, prepared, now)
        if isinstance(refusal, RefusedAnswer):
            questions.close(conn, refusal.question_id)
        say(ctx, refusal.text)
        inbox.settle(conn, prepared.row, "refused", prepared.reading.intent, prepared.reading.confidence)
        return "refused"

    def _context(self, conn: Connection, prepared: Prepared, now: datetime) -> Context:
        row = prepared.row
        where = row.channel, row.chat, row.chat_title, row.private
        met = people.meet(conn, now, where, (row.sender, row.sender_name))
        person, chat = met.person, met.chat
        return Context(
            conn=conn,
            now=now,
            message=row,
            person=person,
            chat=chat,
            role=_role(conn, row, met),
            newcomer=met.first_time and not person.registered,
            reading=prepared.reading,
            faq=prepared.faq,
            answer=prepared.answer,
            voice=Voice(conn, now, f"reply:{row.id}"),
            addressed=row.private or row.mentioned,
            public_url=self._public_url,
        )

    def _carry_out(self, ctx: Context) -> tuple[str, str | None]:
        if ctx.message.kind != "text":
            event = self._by_name.get(ctx.message.kind)
            return (event.name, self._run(event, ctx)) if event else ("ignored", None)
        if ctx.message.length > MAX_TEXT:
            return "too_long", _too_long(ctx)
        answered = self._answer(ctx)
        if answered:
            return answered
        handler = self._choose(ctx)
        if handler is None:
            return "overheard", None
        allowed = ctx.role in handler.roles
        if handler.audited and (allowed or ctx.addressed):
            access.record(ctx.conn, ctx.person.id, handler.name, ctx.now, granted=allowed, inbox_id=ctx.message.id)
        if not allowed:
            return f"forbidden:{handler.name}", _forbidden(handler) if ctx.addressed else None
        return handler.name, self._run(handler, ctx)

    def _answer(self, ctx: Context) -> tuple[str, str | None] | None:
        waiting = questions.open_for(ctx.conn, ctx.chat.id, ctx.person.id, ctx.now)
        if waiting and CANCEL.fullmatch(ctx.text) and (ctx.addressed or ctx.now - waiting[0].asked_at <= ANSWER_WITHIN):
            return "cancelled", self._cancel(ctx, waiting[0])
        for question in waiting:
            handler = self._by_name.get(question.capability)
            slot = handler.slot(question.slot) if handler else None
            if handler is None or slot is None:  # asked by a version that had it
                continue
            if ctx.role not in handler.roles:  # no longer, or never: an answer gives no rights
                continue
            ctx.args = dict(question.args)
            if slot.read(ctx, ctx.text) is None:
                continue
            questions.close(ctx.conn, question.id)
            ctx.args[question.slot] = ctx.text
            try:
                return handler.name, self._run(handler, ctx)
            except Refusal as refusal:
                raise RefusedAnswer(refusal.text, question.id) from refusal
        ctx.args = {}
        return None

    def _cancel(self, ctx: Context, question: Question) -> str:
        questions.close(ctx.conn, question.id)
        handler = self._by_name.get(question.capability)
        slot = handler.slot(question.slot) if handler else None
        if slot is None or slot.on_cancel is None:
            return "好的，已取消。"
        ctx.args = dict(question.args)
        return slot.on_cancel(ctx)

    def _choose(self, ctx: Context) -> Handler | None:
        for handler in self.handlers:
            if not (ctx.addressed or handler.overhear):
                continue
            ctx.command = handler.command(ctx.text)
            if ctx.command or (handler.when and handler.when(ctx)):
                return handler
        meant = self._by_intent.get(ctx.reading.intent)
        if meant and (ctx.addressed or (meant.overhear and ctx.reading.speak)):
            return meant
        return None

    def _run(self, handler: Handler, ctx: Context) -> str | None:
        values = {}
        for slot in handler.slots:
            value = None
            if slot.name in ctx.args:
                value = slot.read(ctx, str(ctx.args[slot.name]))
            elif slot.find is not None:
                value = slot.find(ctx)
            if value is None and slot.ask is not None:
                wording = slot.ask(ctx)
                if wording is None:
                    return None
                known = {"said": ctx.said, "slots": dict(ctx.slots)}
                ctx.ask(handler.name, slot.name, {**ctx.args, **known}, within=slot.within)
                return wording
            values[slot.name] = value
        return handler.run(ctx, **values)


def _role(conn: Connection, row: Row, met: people.Meeting) -> str:
    """The sender's role here. What the channel vouches for is recorded, where it is news."""
    held = people.role_in(conn, met.person, met.chat)
    if row.role is None or row.role in (held, people.STRANGER) or row.role not in people.ROLES:
        return held
    people.grant(conn, met.person.id, row.role, chat_id=met.chat.id)
    return row.role


def say(ctx: Context, text: str) -> None:
    """Reply to the message in its chat."""
    ctx.voice.to_chat(ctx.chat, text, to=ctx.message.sender, reply_to=ctx.message.message_id, klass=Class.REPLY)


def _too_long(ctx: Context) -> str | None:
    text = f"这条消息有{ctx.message.length}个字，超过了{MAX_TEXT}字的上限，我没有读。请分几条发，或只发要点。"
    if ctx.addressed:
        return text
    ctx.tell_person(ctx.person.id, text)
    return None


def _forbidden(handler: Handler) -> str:
    names = [people.ROLE_NAMES[role] for role in people.ROLES if role in handler.roles and role != people.STRANGER]
    return NOT_ALLOWED.format(roles="、".join(names))
