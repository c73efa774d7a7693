"""附件: a picture or a document right after a need belongs to it; a table of work orders from staff is an import."""

from datetime import timedelta

from bot.capability import Context, Handler, handler
from bot.domain import attachments, work_orders
from bot.domain.needs import By, Need
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.files import REFUSED
from bot.messages import Attached
from bot.notices.needs import desk
from bot.notices.work_orders import preview
from knowledge.work_orders import Batch

CLERKS = (STAFF, SECRETARY, HANDLER)
DECIDE_WITHIN = timedelta(hours=2)


@handler("file")
def file(ctx: Context) -> str | None:
    """Put it on the need just reported. In a group that is done in silence."""
    if ctx.orders and ctx.role in CLERKS:
        return offer_import(ctx, ctx.orders)
    need = attachments.just_reported(ctx.conn, ctx.person.id, ctx.chat.id, ctx.now)
    if not ctx.message.files:
        return f"这个文件没能收下：{REFUSED}" if need or ctx.chat.private else None
    if need is None:
        return "收到文件。请在两分钟内说明是什么事，我会把它附到诉求里。" if ctx.chat.private else None
    new = attachments.attach(ctx.conn, need.id, ctx.message)
    if new and need.state != "reported":
        pass_on(ctx, need, new)
    return f"已附到诉求{need.id}号。" if ctx.chat.private else None


def pass_on(ctx: Context, need: Need, files: list[Attached]) -> None:
    """To whoever handles the need, or to the desk while nobody does."""
    text = f"诉求{need.id}号补充附件{len(files)}个。"
    chat = desk(ctx.conn, need)
    if need.handler_id:
        ctx.tell_person(need.handler_id, text, files=files)
    elif chat:
        ctx.tell_chat(chat, text, files=files)


def offer_import(ctx: Context, batch: Batch) -> str:
    """A table that staff uploaded: what is in it, and whether to import it."""
    text = preview(ctx.conn, By(ctx.person.id, ctx.now, ctx.message.id, ctx.role), batch)
    if not batch.orders:
        return text
    number = work_orders.draft(ctx.conn, ctx.person.id, batch.orders, ctx.now)
    ctx.ask("import_orders", "decision", {"draft": str(number)}, within=DECIDE_WITHIN)
    return f"{text}\n要导入吗？请回复「确认导入」，不要就回复「取消」。"


HANDLERS: tuple[Handler, ...] = (file,)
