"""The one path from an inbound message to its effects. README.md has the picture.

1 an open question to this person in this chat: cancel word → drop it; its slot reads the text, which is no exact
  command of another capability → go on; else next
2 an exact command, then the reading's intent → the capability
3 may we speak? addressed, or the capability overhears and the reader is sure enough
4 is the role allowed here?
5 fill the slots, or ask for the first missing one
6 the handler runs; its effects, replies and the inbox mark commit together
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from bot import inbox, questions
from bot.capability import ANSWER_WITHIN, Context, Handler
from bot.domain import people, talk
from bot.domain.people import Meeting
from bot.errors import Refusal, RefusedAnswer, Unsettled
from bot.inbox import Done, Row
from bot.messages import MAX_TEXT, Kind
from bot.notices.schedule import Agenda
from bot.prepared import Prepared
from bot.questions import Question
from bot.repertoire import Repertoire
from bot.replies import audit, forbid, say, too_long
from bot.scene import Scene
from bot.voice import Voice

CANCEL = re.compile(r"(取消|算了|不用了|不弄了|放弃|先不弄|退出)[吧了啦。！!~]*")
DIGIT = re.compile(r"\W*\d{1,2}\W*")
"""An answer that fits any list: it counts for the list that was the last reply to its sender here."""
ELSEWHERE = "elsewhere"
"""The outcome of a message that another worker has, or had."""
OVERHEARD, IGNORED = "overheard", "ignored"
SILENT = frozenset({ELSEWHERE, OVERHEARD, IGNORED})
"""The outcomes of messages that led to nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a message leads to."""

    ctx: Context
    outcome: str
    act: Callable[[], str | None] | None = None  # None: nothing happens and nothing is said


class Dispatcher:
    """Leads messages to capabilities. Holds no state."""

    def __init__(self, handlers: Sequence[Handler], public_url: str = "", agenda: Agenda | None = None) -> None:
        self._public_url = public_url
        self._agenda = agenda
        self.repertoire = Repertoire(handlers)

    def settle(self, conn: Connection, batch: Sequence[Prepared], now: datetime) -> list[str]:
        """Carry out messages in their order and mark them done; returns the outcomes. Raises Unsettled."""
        held = {row.id for row in inbox.hold(conn, [prepared.row for prepared in batch])}
        scene = Scene(conn, now, [prepared.row for prepared in batch if prepared.row.id in held])
        if any(prepared.row.private or prepared.row.mentioned for prepared in batch):
            scene.make_effects()  # sooner or later, and later what was looked at before counts for nothing
        outcomes: list[str] = []
        for at, prepared in enumerate(batch):
            if prepared.row.kind == Kind.LOG_READ:  # it looks at what became of those before it
                scene.write()
            try:
                outcomes.append(self._settle(scene, prepared) if prepared.row.id in held else ELSEWHERE)
            except Exception as error:
                raise Unsettled(at) from error
            if prepared.row.id in held:
                scene.done.append(_done(prepared, outcomes[-1]))
        scene.write()
        return outcomes

    def refuse(self, conn: Connection, prepared: Prepared, now: datetime, refusal: Refusal) -> str:
        """Settle a message whose effects were rolled back: say why, and close the question it answered."""
        if not inbox.hold(conn, [prepared.row]):
            return ELSEWHERE
        scene = Scene(conn, now, [prepared.row])
        scene.make_effects()
        if isinstance(refusal, RefusedAnswer):
            questions.close(conn, refusal.question_id)
        met = scene.meeting(prepared.row) or scene.meet(prepared.row)
        say(self._context(scene, prepared, met), refusal.text)
        scene.done.append(_done(prepared, "refused"))
        scene.write()
        return "refused"

    def _settle(self, scene: Scene, prepared: Prepared) -> str:
        step = self._step(scene, prepared)
        if step and step.act is None:
            return step.outcome
        if scene.make_effects():  # others may have made theirs meanwhile
            step = self._step(scene, prepared)
        if step is None:
            scene.meet(prepared.row)
            step = self._step(scene, prepared)
        assert step is not None
        reply = step.act() if step.act else None
        if reply:
            say(step.ctx, reply)
        scene.forget()
        return step.outcome

    def _step(self, scene: Scene, prepared: Prepared) -> Step | None:
        """What to do; None while it is not on record who speaks where as what."""
        row = prepared.row
        met = scene.meeting(row)
        if met is None:
            return None
        ctx = self._context(scene, prepared, met)
        if row.kind != "text":
            event = self.repertoire.named(row.kind)
            return Step(ctx, event.name, partial(self._run, event, ctx)) if event else Step(ctx, IGNORED)
        if row.length > MAX_TEXT:
            return Step(ctx, "too_long", partial(too_long, ctx))
        waiting = [question for question in scene.questions(row) if question.asked_at <= ctx.now and not ctx.log]
        return self._answer(ctx, waiting) or self._chosen(ctx)

    def _context(self, scene: Scene, prepared: Prepared, met: Meeting) -> Context:
        row = prepared.row
        now = row.at if row.told else scene.now  # what a log tells counts as of when it was said
        return Context(
            conn=scene.conn,
            now=now,
            message=row,
            person=met.person,
            chat=met.chat,
            role=_role(scene.conn, row, met),
            newcomer=met.first_time and not met.person.registered,
            reading=prepared.reading,
            faq=prepared.faq,
            answer=prepared.answer,
            log=prepared.log,
            orders=prepared.orders,
            voice=Voice(
                scene.conn, now, f"reply:{row.id}", queue=scene.posts, silent_in=met.chat.id if row.told else None
            ),
            addressed=row.private or row.mentioned,
            reread=lambda row, role, intent: prepared.prepare(row, role, intent).reading,
            again=partial(self._again, scene, prepared),
            public_url=self._public_url,
            agenda=self._agenda,
            titles=self.repertoire.titles,
        )

    def _again(self, scene: Scene, cause: Prepared, row: Row, intent: str) -> bool:
        met = scene.meet(row)
        ctx = self._context(scene, cause.prepare(replace(row, mentioned=True), met.role, intent), met)
        ctx.voice = Voice(scene.conn, scene.now, f"again:{cause.row.id}:{row.id}")
        step = self._chosen(ctx, self.repertoire.for_intent(intent))
        if reply := step.act() if step.act else None:
            say(ctx, reply)
        return step.act is not None

    def _chosen(self, ctx: Context, handler: Handler | None = None) -> Step:
        handler = handler or self.repertoire.choose(ctx)
        if handler is None:
            return Step(ctx, OVERHEARD)
        if handler.allows(ctx):
            return Step(ctx, handler.name, partial(self._allow, ctx, handler))
        outcome = f"forbidden:{handler.name}"
        return Step(ctx, outcome, partial(forbid, ctx, handler)) if ctx.addressed else Step(ctx, outcome)

    def _allow(self, ctx: Context, handler: Handler) -> str | None:
        audit(ctx, handler, granted=True)
        return self._run(handler, ctx)

    def _answer(self, ctx: Context, waiting: Sequence[Question]) -> Step | None:
        if waiting and CANCEL.fullmatch(ctx.text) and (ctx.addressed or ctx.now - waiting[0].asked_at <= ANSWER_WITHIN):
            return Step(ctx, "cancelled", partial(self._cancel, ctx, waiting[0]))
        errand = self.repertoire.errand(ctx) if waiting else None
        digit = DIGIT.fullmatch(ctx.text) is not None and ctx.reading.quote is None
        danger = bool(waiting) and self.repertoire.breaks_in(ctx)
        for question in waiting:
            handler = self.repertoire.named(question.capability)
            slot = handler.slot(question.slot) if handler else None
            if handler is None or slot is None:  # asked by a version that had it
                continue
            if not handler.allows(ctx) or (danger and not slot.hears_danger):  # an answer gives no rights
                continue
            ctx.args = dict(question.args)
            if digit and talk.replied_since(ctx.conn, ctx.message, ctx.args.get("asked_by"), ctx.voice.unwritten):
                continue
            if errand in (None, handler) and slot.read(ctx, ctx.text) is not None:
                return Step(ctx, handler.name, partial(self._go_on, ctx, handler, question))
        ctx.args = {}
        return None

    def _go_on(self, ctx: Context, handler: Handler, question: Question) -> str | None:
        questions.close(ctx.conn, question.id)
        ctx.args[question.slot] = ctx.text
        try:
            return self._run(handler, ctx)
        except Refusal as refusal:
            raise RefusedAnswer(refusal.text, question.id) from refusal

    def _cancel(self, ctx: Context, question: Question) -> str | None:
        handler = self.repertoire.named(question.capability)
        slot = handler.slot(question.slot) if handler else None
        ctx.args = dict(question.args)
        with ctx.conn.begin_nested() as whole:
            questions.close(ctx.conn, question.id)  # first: what is done may ask about something else
            said = slot.on_cancel(ctx) if slot and slot.on_cancel else "好的，已取消。"
            if said is None:
                whole.rollback()
        return said

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


def _role(conn: Connection, row: Row, met: Meeting) -> str:
    """The sender's role. In a chat log nobody can do more than the one who passed it on: logs can be made up."""
    if row.via_id is None:
        return met.role
    source = inbox.get(conn, row.via_id)
    teller = people.role_of(conn, source.channel, source.chat, source.sender)
    return min(met.role, teller, key=people.ROLES.index)


def _done(prepared: Prepared, outcome: str) -> Done:
    return Done(prepared.row.id, outcome, prepared.reading.intent, prepared.reading.confidence)
