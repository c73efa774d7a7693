"""Is there still room? What is said of the seats, and the offer of the waiting list."""

import re

from bot.capability import Context
from bot.domain.activities import Activity, sign_ups
from bot.domain.activities.sign_ups import SignUp

EVENT = (
    r"(?:课|讲座|讲堂|宣讲|活动|沙龙|党日|晨会|比赛|球赛|义诊|演练|分享会|读书会|运动会|座谈会|对接会|招聘会|音乐会|晚会|观影|志愿服务|体验|培训班"
    r"|夜校|集市|采摘|植树|健步走|骑行)"
)
"""What the name of an activity ends in, unlike that of a benefit or an examination."""
_ASKS = re.compile(
    r"(?:还|能|可以?|有).{0,8}(?:报|加人?|参加|名额|位置?|空位|座位?)(?:上|名|人)?.{0,3}(?:不|吗|没有?|么|嘛|呢|\?)\W*$"
)
_WANTS = re.compile(r"的话|\+\s?\d|[算加带]上?我|[我俺们](?:想|要|也想|也要|也)?报|想报名|给我|帮我|记我|留")


def asks_for_room(text: str) -> bool:
    """还能报不, 还有名额吗; not a sign-up that happens to ask (有名额的话算我一个)."""
    return bool(_ASKS.search(text)) and not _WANTS.search(text)


def as_listed(ctx: Context, entry: SignUp) -> str:
    """（2人，候补第1位）, or nothing for one with a seat."""
    many = f"{entry.people}人" if entry.people > 1 else ""
    waits = f"候补第{sign_ups.place_in_line(ctx.conn, entry)}位" if entry.state == sign_ups.WAITING else ""
    inside = "，".join(part for part in (many, waits) if part)
    return f"（{inside}）" if inside else ""


def tell_room(ctx: Context, what: Activity) -> str:
    """How many seats are left; where none is, the offer of the waiting list."""
    held = sign_ups.find(ctx.conn, what.id, ctx.person.id)
    if held:
        return f"您已经报过「{what.title}」了{as_listed(ctx, held)}。"
    free = sign_ups.seats(ctx.conn, what.id).free
    if free == 0:
        return offer(ctx, what)
    left = f"，还剩{free}个名额" if free is not None else ""
    return f"「{what.title}」还可以报名{left}，需要的话回复「{what.title}报名」。"


def offer(ctx: Context, what: Activity) -> str:
    """It is full; 候补 in answer joins the waiting list."""
    args = {"activity": str(what.id), "said": ctx.said, "slots": dict(ctx.slots)}
    ctx.ask("join_waiting_list", "yes", args)
    return f"「{what.title}」{what.capacity}个名额已满。要候补请回复「候补」，有空位会通知您。"
