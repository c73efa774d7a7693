"""待办、值班、办公时间: the desk's own list, who is on duty for it, and when it works."""

import re
from datetime import datetime

from bot.capability import Context, handler
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.domain.people import STAFF
from bot.errors import Refusal
from bot.notices.needs import line, resolve_by, respond_by
from handlers.needs.which import WORKERS, at_desk

SHOWN = 12
_LEVEL = {name: level for level, name in enumerate(needs.LEVELS)} | {"区": 3, "区里": 3}


@handler(
    "todo",
    commands=(
        r"(?:我的|本组的?|我们组的?)?(?:待办|在办|未办|待接单|要办)(?:的)?(?:诉求|事项|单子?|工单|列表|清单|的)?",
        r"我(?:们组?)?(?:手[上头里]|这边|这儿|这里)?(?:现在)?还(?:有|剩)(?:[什啥]么?|几[个件单]|哪些|多少)(?:要办|没办完?|没处理|活|单子?|诉求|事)?(?:的|呢|啊)?\W*",
    ),
    roles=WORKERS,
    overhear=True,
    title="待办诉求",
    examples=("待办",),
)
def todo(ctx: Context) -> str:
    """What the sender handles and what waits in their groups, the most pressing first."""
    mine = needs.of_handler(ctx.conn, ctx.person.id, needs.TAKEN)
    waiting = at_desk(ctx, needs.WAITING)
    found = list({need.id: need for need in (*mine, *waiting)}.values())
    if not found:
        return "现在没有要办的诉求。"
    found.sort(key=lambda need: _until(need) or need.reported_at)
    late = [need for need in found if (until := _until(need)) and until < ctx.now]
    head = f"要办的诉求{len(found)}件" + (f"，其中超时{len(late)}件：" if late else "：")
    return "\n".join((head, *(_todo_line(ctx, need) for need in found[:SHOWN])))


def _until(need: Need) -> datetime | None:
    return need.resolve_by if need.handler_id else need.respond_by


def _todo_line(ctx: Context, need: Need) -> str:
    until = f"{resolve_by(need)}前办结" if need.handler_id else f"{respond_by(need)}前接单"
    return f"{line(need)}（{needs.STATES[need.state]}，{until}）"


@handler(
    "appoint_officer",
    commands=(
        r"(?:设置?|安排|指定)?(?P<what>[^\s,:]{2,12}?)(?:服务)?(?:组)?(?:诉求)?(?:值班人?|负责人)(?:设为|改为|改成|为|是|:|\s)+(?P<name>[\u4e00-\u9fff·]{2,12})",
    ),
    roles=(STAFF,),
    title="定值班人和各级负责人",
    examples=("物业服务组值班 郭强", "海纳商圈社区负责人 陈书记"),
)
def appoint_officer(ctx: Context) -> str:
    """Who is told of urgent needs of a group at any hour, and who when a need rises to a level."""
    assert ctx.command is not None
    what, name = ctx.command["what"], ctx.command["name"]
    person_id = needs.officers.find_person(ctx.conn, name)
    if person_id is None:
        raise Refusal(f"没有找到「{name}」，请他先私聊我登记，比如「我是物业服务组的{name}」。")
    category = next((one for one in needs.CATEGORIES if one[:2] in what), None)
    if category:
        needs.officers.appoint(ctx.conn, person_id, category=category)
        return f"{category}组值班人是{name}，紧急诉求随时私下通知。"
    found = re.fullmatch(rf"(?P<place>.*?)(?P<level>{'|'.join(_LEVEL)})(?:级|一级|这级)?", what)
    if found is None:
        raise Refusal("请说明是哪个服务组的值班人，或哪一级的负责人，如「社区负责人 张三」。")
    place = people.find_organisation(ctx.conn, found["place"]) if found["place"] else None
    if found["place"] and place is None:
        raise Refusal(f"没有找到组织「{found['place']}」。")
    level = _LEVEL[found["level"]]
    needs.officers.appoint(ctx.conn, person_id, level=level, organisation_id=place)
    return f"{found['place']}{needs.LEVELS[level]}负责人是{name}，诉求上报到这一级时私下通知。"


@handler(
    "show_officers",
    commands=(r"(?:诉求)?(?:值班表|负责人名单|值班安排|值班名单)",),
    roles=WORKERS,
    title="看值班和负责人",
    examples=("值班表",),
)
def show_officers(ctx: Context) -> str:
    """Everybody who was appointed."""
    lines = []
    for row in needs.officers.roster(ctx.conn):
        name = people.display_name(people.get_person(ctx.conn, row.person_id))
        place = people.organisation_name(ctx.conn, row.organisation_id)
        what = f"{row.category}组值班" if row.category else f"{place}{needs.LEVELS[row.level or 0]}负责人"
        lines.append(f"{what}：{name}")
    return "\n".join(lines) or "还没有定值班人，工作人员可以说「物业服务组值班 郭强」。"


@handler(
    "set_office_hours",
    commands=(r"(?:上班|办公|工作)时间[:\s]*(?P<place>[^\s\d:]{2,20})[:\s]*(?P<hours>\d.*)",),
    roles=(STAFF,),
    title="定办公时间",
    examples=("办公时间 海纳商圈 9:00-12:00 13:00-18:00",),
)
def set_office_hours(ctx: Context) -> str:
    """Deadlines in working hours follow it."""
    assert ctx.command is not None
    place = people.find_organisation(ctx.conn, ctx.command["place"])
    if place is None:
        raise Refusal(f"没有找到组织「{ctx.command['place']}」。")
    hours = needs.deadlines.parse_hours(ctx.command["hours"])
    needs.deadlines.set_hours(ctx.conn, place, hours)
    said = "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in hours)
    return f"{ctx.command['place']}的办公时间是{said}，今后的诉求时限按此计算。"
