"""What is on offer, and taking an offer down."""

from bot.capability import Context, Handler, handler
from bot.domain.people import STAFF
from bot.domain.resources import fit, offers, requests, terms
from bot.errors import Refusal
from bot.notices.resources import line, summary, wish

_SHOWN = 12
_STATES = {requests.OPEN: "还没有合适的", requests.ASKED: "已请对方确认", requests.MATCHED: "已定"}


@handler(
    "list_resources",
    commands=(
        r"(?:请)?(?:查一?下?|看一?下?|查询|查看|发一?下?|现在|都|咱们|联盟|我们)*(?:有(?:哪些|什么|啥))?(?:可用的?|共享的?|能用的?)?资源"
        r"(?:清单|列表|库|有哪些|有什么)?(?:可以用|能用|可用|共享)?(?:吗|呢)?[?]?",
        r"(?:查|找|搜)?一?下?资源(?:清单)?\s+(?P<what>[^\s,，。:：\d]{1,12})[?]?",
        r"(?:查|搜)资源[:：]?(?P<what>[^\s,，。:：\d]{1,12})[?]?",
    ),
    title="资源清单",
    examples=("@小红 资源清单", "@小红 资源 培训室"),
)
def list_resources(ctx: Context) -> str:
    """What is on offer, the newest first; of one thing only where it is named."""
    assert ctx.command is not None
    what = next((word for word in ctx.command.groupdict().values() if word), None)
    found = offers.available(ctx.conn, ctx.now)
    if what:
        kind = terms.kind(what) or terms.OTHER
        found = [one for one in found if what in one.name or fit.same_thing(what, kind, one)]
    if not found:
        return f"现在没有登记{what or '可用'}的资源。要找什么请直接说，我帮您留意。"
    head = f"{what or '可用'}资源{len(found)}项" + (f"，最近{_SHOWN}项：" if len(found) > _SHOWN else "：")
    return "\n".join((head, *(f"· {line(one)}" for one in found[:_SHOWN]), "要用请说什么时间、多少人，我去问。"))


@handler(
    "my_resources",
    commands=(r"(?:请)?(?:查|看)?(?:一下|看|询)?我(?:登记|提供|发布)?的(?:资源|求助)(?:清单|列表|有哪些|呢)?\W*",),
    title="我的资源、我的求助",
    examples=("@小红 我的资源", "@小红 我的求助"),
)
def my_resources(ctx: Context) -> str:
    """What the sender offers or, where asked for, looks for."""
    if "求助" in ctx.said:
        wanted = requests.of_seeker(ctx.conn, ctx.person.id)
        lines = [f"· 求助{one.id}号 {wish(one)}：{_STATES[one.state]}" for one in wanted]
        return "\n".join((f"您的求助{len(wanted)}项：", *lines)) if lines else "您现在没有求助。"
    mine = offers.of_owner(ctx.conn, ctx.person.id, ctx.now)
    lines = [f"· 资源{one.id}号 {summary(one)}" for one in mine]
    return "\n".join((f"您登记的资源{len(mine)}项：", *lines)) if lines else "您还没有登记资源。"


@handler(
    "withdraw_resource",
    commands=(
        r"(?:请)?(?:下架|撤下|撤销|取消|删除)\s*资源\s*[#第]?(?P<number>\d{1,9})\s*号?\W*",
        r"资源\s*[#第]?(?P<which>\d{1,9})\s*号?\W*(?:下架|撤下|撤了|撤销|取消|删除|不借了|不提供了|没有了|送完了|租出去了|用完了).{0,12}",
    ),
    overhear=True,
    title="下架资源",
    examples=("@小红 下架资源 12",),
)
def withdraw_resource(ctx: Context) -> str | None:
    """Only the owner or staff takes an offer down."""
    assert ctx.command is not None
    groups = ctx.command.groupdict()
    offered = offers.get(ctx.conn, int(groups.get("number") or groups.get("which") or 0))
    if offered.owner_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"只有资源{offered.id}号的提供方和工作人员可以下架。")
    if offered.state == offers.WITHDRAWN:
        raise Refusal(f"资源{offered.id}号已经下架了。")
    offers.withdraw(ctx.conn, offered.id)
    return f"已下架资源{offered.id}号：{offered.name}。"


HANDLERS: tuple[Handler, ...] = (list_resources, my_resources, withdraw_resource)
