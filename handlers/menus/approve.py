"""月度菜单, what its makers do: set the month's theme, say who approves, agree or not."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import menus, people
from bot.domain.activities import themes
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices import menus as notices
from handlers.menus.months import month_named
from knowledge import slots

APPROVAL_WITHIN = timedelta(days=30)


@handler(
    "set_theme",
    commands=(
        r"(?:把|将|设置|设定)?(?P<month>本月|这个?月|下个?月|\d{1,2}月份?)(?:的)?(?:活动)?主题(?:设为|定为|改成|改为|是|为|[:：])\s*"
        r"[「“\"]?(?P<words>[^」”\"\n]{2,40}?)[」”\"]?[。.]?",
    ),
    roles=(SECRETARY, STAFF),
    title="每月主题",
    examples=("@小红 下月主题：强国复兴有我",),
)
def set_theme(ctx: Context) -> str:
    """每月一主题: shown at the head of the month's menu."""
    assert ctx.command is not None
    home = ctx.chat.organisation_id or ctx.person.organisation_id or people.district_id(ctx.conn)
    if home is None:
        return "还没有登记组织，先不能设主题。"
    month = month_named(ctx, ctx.command["month"])
    themes.set_theme(ctx.conn, home, month, ctx.command["words"].strip())
    name = people.organisation_name(ctx.conn, home)
    return f"{name}{notices.month_name(month)}的主题定为「{ctx.command['words'].strip()}」，会写在菜单上。"


@handler(
    "set_menu_approver",
    commands=(
        r"(?P<organisation>[^\s,，]{2,20}?)的?菜单(?:由|请|让|归)(?P<name>[^\s,，]{2,6}?)(?:来)?审批",
        r"(?:取消|不用|去掉)(?P<without>[^\s,，]{2,20}?)的?菜单审批",
    ),
    roles=(STAFF,),
    title="菜单审批人",
    examples=("海纳商圈菜单由陈书记审批", "取消海纳商圈菜单审批"),
)
def set_menu_approver(ctx: Context) -> str:
    """From now on a menu goes out when this person has agreed; or without anybody's word."""
    assert ctx.command is not None
    said = ctx.command.groupdict()
    organisation = said.get("organisation") or said.get("without") or ""
    home = people.find_organisation(ctx.conn, organisation)
    if home is None:
        raise Refusal(f"没有找到组织「{organisation}」，请写全称或简称。")
    if said.get("without"):
        menus.set_approver(ctx.conn, home, None)
        return f"好的，{organisation}的菜单不用审批，首个工作日直接发。"
    found = people.find_people(ctx.conn, said["name"], ctx.channel)
    if len(found) != 1:
        raise Refusal(f"没有找到「{said['name']}」，或有重名，请先请本人登记。")
    menus.set_approver(ctx.conn, home, found[0])
    return f"好的，{organisation}的月度菜单由{said['name']}审批，发布前三个工作日送审。"


def _read_decision(_: Context, text: str) -> bool | None:
    if re.match(r"(?:不同意|不行|驳回|退回|不批)", text):
        return False
    if re.fullmatch(r"(?:同意|批准|通过|可以发|审批通过|同意发布)\W*", text):
        return True
    return slots.go_ahead(text)


def _read_menus(_: Context, text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


@handler("approve_menus", slots=(Slot("decision", _read_decision), Slot("menus_asked", _read_menus)))
def approve_menus(ctx: Context, decision: bool, menus_asked: list[int]) -> str:
    """Agreed, they go out on the first working day, or now where that is past; else the secretaries hear why not."""
    asked = [menus.get(ctx.conn, one) for one in menus_asked]
    names = "、".join(people.organisation_name(ctx.conn, one.organisation_id) for one in asked)
    month = notices.month_name(asked[0].month)
    if not decision:
        for one in asked:
            for secretary in menus.secretaries(ctx.conn, one.organisation_id):
                ctx.tell_person(secretary.person.id, f"{names}{month}菜单没有通过审批：{ctx.wording}。改好后会再送审。")
        ctx.ask("approve_menus", "decision", {"menus_asked": ctx.args["menus_asked"]}, within=APPROVAL_WITHIN)
        return f"已退回{names}{month}菜单并转告书记。改好后仍请回复「同意」。"
    menus.approve(ctx.conn, menus_asked, ctx.now)
    sent = 0
    for one in asked:
        drawn = menus.draw_up(ctx.conn, one.organisation_id, one.month, ctx.now)
        if drawn and notices.push_moment(one.month) <= ctx.now:
            sent += notices.push(ctx.conn, ctx.voice, *drawn, ctx.now)
    return f"已通过{names}{month}菜单，" + (f"正在发到{sent}个群。" if sent else "首个工作日上午9点发到群里。")


HANDLERS: tuple[Handler, ...] = (set_theme, set_menu_approver, approve_menus)
