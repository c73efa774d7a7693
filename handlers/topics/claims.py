"""The quarterly claim round: the open needs are put before all groups."""

import re

from bot.capability import Context, Handler, Slot, handler
from bot.domain import people
from bot.domain.broadcasts.drafts import release_at
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.activities import moment
from bot.notices.topics import claim_list
from bot.outbox import Class
from handlers.topics.hearings import DECIDE_WITHIN


@handler(
    "claim_round",
    commands=(r"(?:发布|公布|发|季度)?(?:需求|诉求)?认领(?:清单|会|名单)(?:发布|公布)?|发布认领",),
    roles=(STAFF,),
    title="季度需求认领",
    examples=("发布认领清单",),
)
def claim_round(ctx: Context) -> str:
    """The open needs, to be put before all groups once staff have seen the list."""
    text = claim_list(ctx.conn)
    if text is None:
        raise Refusal("现在没有待办的诉求可以认领。")
    ctx.ask("claim_publish", "decision", {"shown": text}, within=DECIDE_WITHIN)
    count = len(open_groups(ctx))
    return f"{text}\n——以上还没有发。要发到{count}个群请回复「确认」，不发就回复「取消」。"


def open_groups(ctx: Context) -> list[people.Chat]:
    """The groups that are not handlers' own."""
    return people.chats(ctx.conn, ctx.channel, "group")


@handler(
    "claim_publish",
    roles=(STAFF,),
    slots=(
        Slot("decision", lambda _, text: True if re.fullmatch(r"确认|确定|发布?[吧。]?", text) else None),
        Slot("shown", lambda _, text: text),
    ),
)
def claim_publish(ctx: Context, decision: bool, shown: str) -> str:
    """确认: to every open group, paced, at a civil time; a list that has changed meanwhile is shown again."""
    text = claim_list(ctx.conn)
    if not decision or text is None:
        raise Refusal("现在没有待办的诉求可以认领。")
    if text != shown:
        return f"清单有变化，现在是：\n{claim_round.run(ctx)}"
    groups, due = open_groups(ctx), release_at(ctx.now)
    for group in groups:
        ctx.tell_chat(group, text, klass=Class.BULK, key=f"claims:{ctx.message.id}:{group.id}", due_at=due)
    when = "正在" if due == ctx.now else f"将在{moment(due)}"
    return f"认领清单{when}发到{len(groups)}个群，有人认领我会告诉经办人。"


HANDLERS: tuple[Handler, ...] = (claim_round, claim_publish)
