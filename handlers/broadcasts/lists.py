"""群发: named lists of groups, and what the district wants of broadcasts."""

from dataclasses import replace

from bot.capability import Context, Handler, handler
from bot.domain.broadcasts import audience
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.broadcasts import title, titles
from handlers.broadcasts.draft import editable


@handler(
    "tag_groups",
    commands=(r"(?:新建|建立?|设置|修改)?(?:群)?分组\s*(?P<name>[^\s:、,]{1,16})\s*:\s*(?P<groups>.{2,200})",),
    roles=(STAFF,),
    title="群分组",
    examples=("分组 重点企业：海纳群、云帆群",),
)
def tag_groups(ctx: Context) -> str:
    """Put groups on a list under a name, for 群发给某分组."""
    assert ctx.command is not None
    edited, reach = editable(ctx, "", ())
    places = sorted(set(edited.named(ctx.command["groups"], range(len(reach)))))
    if edited.problems:
        raise Refusal(f"{edited.problems[0]}，分组没有改。")
    name = ctx.command["name"]
    audience.tag(ctx.conn, name, [reach[place].id for place in places])
    return f"分组「{name}」有{len(places)}个群：{titles([reach[place] for place in places])}。"


@handler(
    "list_tags",
    commands=(r"(?:查看?|看看)?(?:群)?分组(?:列表|清单)?", r"删除?(?:掉)?(?:群)?分组\s*(?P<gone>\S{1,16})"),
    roles=(SECRETARY, STAFF),
    title="看分组",
    examples=("分组列表",),
)
def list_tags(ctx: Context) -> str:
    """The lists, or one of them gone."""
    assert ctx.command is not None
    known = audience.tags(ctx.conn)
    gone = ctx.command.groupdict().get("gone")
    if gone is None:
        chats = {chat.id: chat for chat in audience.reach(ctx.conn, ctx.person, ctx.role)}
        lines = [
            f"{name}：{'、'.join(title(chats[one]) for one in ids if one in chats)}" for name, ids in known.items()
        ]
        return "\n".join(lines) or "还没有分组。建一个：「分组 重点企业：海纳群、云帆群」。"
    if ctx.role != STAFF:
        raise Refusal("分组由工作人员管理。")
    if gone not in known:
        raise Refusal(f"没有叫「{gone}」的分组。")
    audience.tag(ctx.conn, gone, ())
    return f"分组「{gone}」已删除。"


@handler(
    "broadcast_approval",
    commands=(
        r"(?P<on>开启|打开|启用)群发审批",
        r"(?:关闭|关掉|停用)群发审批",
    ),
    roles=(STAFF,),
    title="群发审批",
    examples=("开启群发审批",),
    audited=True,
)
def broadcast_approval(ctx: Context) -> str:
    """Whether broadcasts want a second person's word."""
    assert ctx.command is not None
    on = bool(ctx.command.groupdict().get("on"))
    audience.set_rule(ctx.conn, replace(audience.rule(ctx.conn), approval=on))
    return "好的，以后群发要另一位工作人员同意才发出。" if on else "好的，以后群发由发起人确认即可。"


@handler(
    "weekly_limit",
    commands=(r"(?:每个?群)?每周(?:群发|推送)(?:上限|最多)\s*(?P<count>\d{1,3})\s*条?",),
    roles=(STAFF,),
    title="推送上限",
    examples=("每周推送上限10条",),
    audited=True,
)
def weekly_limit(ctx: Context) -> str:
    """How many pushes a group gets in a week; urgent ones are not counted out."""
    assert ctx.command is not None
    count = int(ctx.command["count"])
    if count == 0:
        raise Refusal("上限至少是1条。")
    audience.set_rule(ctx.conn, replace(audience.rule(ctx.conn), weekly=count))
    return f"好的，每个群每周最多推送{count}条，紧急的不受限。"


HANDLERS: tuple[Handler, ...] = (tag_groups, list_tags, broadcast_approval, weekly_limit)
