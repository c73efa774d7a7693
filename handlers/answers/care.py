"""知识核对: staff see what has to be compared with its original again, and say that they did."""

import re

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import answers
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.answers import stale_list
from handlers.answers.teach import ID


@handler(
    "stale_entries",
    commands=(r"(?:查看|看看)?待核对的?(?:知识|条目|政策)?(?:清单|列表)?",),
    roles=(STAFF,),
    title="待核对的知识",
    examples=("待核对",),
)
def stale_entries(ctx: Context) -> str:
    """The entries that nobody checked for half a year, or that end soon."""
    found = answers.stale(ctx.conn, local(ctx.now).date())
    if found:
        return stale_list(found)
    never = answers.unchecked(ctx.conn)
    how = f"还没有逐字核对过的有{never}条，对照原文核对了请发「已核对 编号」（编号用「知识 关键词」查）。"
    return f"没有到期要核对的知识。{how if never else ''}"


@handler(
    "mark_checked",
    commands=(
        rf"已核对\s*[:\s]\s*(?P<ids>{ID.replace('?P<id>', '?:')}(?:[\s,、;]+{ID.replace('?P<id>', '?:')}){{0,49}})",
    ),
    roles=(STAFF,),
    title="核对过了",
    examples=("已核对 maternity-pay",),
)
def mark_checked(ctx: Context) -> str:
    """Note today as the day of the check; it stands in every answer from now on."""
    assert ctx.command is not None
    ids = list(dict.fromkeys(re.split(r"[\s,、;]+", ctx.command["ids"])))
    missing = answers.mark_checked(ctx.conn, ids, ctx.person.id, ctx.now)
    if missing:
        raise Refusal(f"知识库里没有{'、'.join(missing)}，一条都没有记，请核对编号。")
    return f"记下了：{len(ids)}条今天核对过。"


HANDLERS: tuple[Handler, ...] = (stale_entries, mark_checked)
