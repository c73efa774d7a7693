"""积分: balance and last entries, ranking, and whether one stands in it."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import people, points

_RANKING = re.compile(
    r"排行|排名|排第几|名次|积分榜|榜单|前十|谁.{0,8}积分.{0,4}(?:最|第一|高)|积分.{0,6}(?:最[多高]的?是谁|谁最)"
)
TOP = 10
SOON = timedelta(days=31)
"""Points end on the first of a month: on any day, those that end on the next one are named."""


@handler(
    "query_points",
    intents=("query_points",),
    commands=(
        r"(?:查(?:一下|看|询)?)?(?:我的?)?积分(?:余额|明细|查询)?",
        r"(?:我的?)?(?:取货码|兑换码|领取码)(?:是)?(?:多少|几|什么|啥)?(?:来着|呢|啊)?\W*",
    ),
    overhear=True,
    title="查积分",
    examples=("@小红 我还有多少积分", "积分排行榜"),
)
def query_points(ctx: Context) -> str | None:
    """The sender's own points. What nobody asked the bot for in public is answered privately."""
    text = _ranking(ctx) if _RANKING.search(ctx.text) else _balance(ctx)
    if ctx.addressed:
        return text
    ctx.tell_person(ctx.person.id, text)
    return None


def _balance(ctx: Context) -> str:
    total = points.balance(ctx.conn, ctx.person.id)
    if not ctx.chat.private:
        return f"您现有{total}积分。明细和兑换请私聊我。" if ctx.addressed else f"您现有{total}积分。"
    entries = points.last_entries(ctx.conn, ctx.person.id)
    lines = [f"{local(entry.at):%m-%d} {entry.amount:+d} {entry.note}" for entry in entries]
    over = points.over_by(ctx.conn, ctx.now + SOON)
    ending = points.expiring(ctx.conn, over).get(ctx.person.id, 0) if over else 0
    warned = [f"其中{ending}积分下月1日到期。"] if ending else []
    codes = [f"待领取：{one.goods}，取货码{one.code}" for one in points.open_redemptions(ctx.conn, ctx.person.id)]
    return "\n".join([f"您现有{total}积分。", *warned, *codes, *(["最近记录："] if lines else []), *lines])


def _ranking(ctx: Context) -> str:
    """This month's first ten by name, without their points; the asker's own place and points."""
    first = local(ctx.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ranked = points.ranking(ctx.conn, first, ctx.now + timedelta(seconds=1))
    if not ranked:
        return "本月还没有积分记录，参加活动签到就有积分。"
    names = [people.display_name(people.get_person(ctx.conn, person_id)) for person_id, _ in ranked[:TOP]]
    text = f"{first.month}月积分榜：" + "、".join(f"{at}.{name}" for at, name in enumerate(names, 1))
    place = next((at for at, (person_id, _) in enumerate(ranked, 1) if person_id == ctx.person.id), None)
    return f"{text}。" + (f"您排第{place}。" if place else "您本月还没有积分。")


@handler(
    "list_in_ranking",
    commands=(
        r"(?:我的?)?积分(?:排行)?榜(?:上|里)?(?:请?(?P<no>不要|不|别|隐藏)(?:显示|列|上|放)?|(?:重新)?(?:显示|列出|加上))我?(?:的?名字)?",
    ),
    title="积分榜显示",
    examples=("积分榜不显示我", "积分榜显示我"),
)
def list_in_ranking(ctx: Context) -> str:
    """One's own choice; the points stay."""
    assert ctx.command is not None
    listed = ctx.command["no"] is None
    points.list_in_ranking(ctx.conn, ctx.person.id, listed=listed)
    return "好的，积分榜会显示您的名字。" if listed else "好的，积分榜不再显示您的名字，积分不受影响。"


HANDLERS: tuple[Handler, ...] = (query_points, list_in_ranking)
