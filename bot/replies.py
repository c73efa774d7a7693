"""What is said where no capability speaks: a message is too long, or not for its sender to ask. And how it is said."""

from bot.capability import Context, Handler
from bot.domain import access, people
from bot.messages import MAX_TEXT
from bot.outbox import Class

NOT_ALLOWED = "抱歉，这项功能只对{roles}开放。"
REGISTER = "您还没有登记，说「我是某某单位的某某」登记后就能用。"


def say(ctx: Context, text: str) -> None:
    """Reply to the message in its chat."""
    ctx.voice.to_chat(ctx.chat, text, to=ctx.message.sender, reply_to=ctx.message.message_id, klass=Class.REPLY)


def too_long(ctx: Context) -> str | None:
    """The answer to a message that is not read; who was merely overheard is told privately."""
    text = f"这条消息有{ctx.message.length}个字，超过了{MAX_TEXT}字的上限，我没有读。请分几条发，或只发要点。"
    if ctx.addressed:
        return text
    ctx.tell_person(ctx.person.id, text)
    return None


def audit(ctx: Context, handler: Handler, *, granted: bool) -> None:
    """Note who asked for what is audited, and whether they got it."""
    if handler.audited:
        access.record(ctx.conn, ctx.person.id, handler.name, ctx.now, granted=granted, inbox_id=ctx.message.id)


def forbid(ctx: Context, handler: Handler) -> str:
    """For whom it is, and how a visitor may become one of them."""
    audit(ctx, handler, granted=False)
    names = [people.ROLE_NAMES[role] for role in people.ROLES if role in handler.roles and role != people.STRANGER]
    visitor = ctx.role == people.STRANGER and people.MEMBER in handler.roles
    return NOT_ALLOWED.format(roles="、".join(names)) + (REGISTER if visitor else "")
