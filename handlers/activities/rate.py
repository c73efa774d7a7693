"""评活动: one number in answer to the thanks."""

import re

from bot.capability import Context, Handler, Slot, handler
from bot.domain.activities import plan, ratings

_STARS = re.compile(r"(?:打|给|评)?\s*([1-5一二三四五两]|满)\s*(?:分|颗?星)?(?:[吧呗啦了哈]|好了)*\W*")
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "满": ratings.MOST}


def _read_stars(_: Context, text: str) -> int | None:
    found = _STARS.fullmatch(text)
    return (_NUMBERS.get(found[1]) or int(found[1])) if found else None


def _read_activities(_: Context, text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


@handler("rate_activity", slots=(Slot("stars", _read_stars), Slot("activities", _read_activities)))
def rate_activity(ctx: Context, stars: int, activities: list[int]) -> str:
    """Note it for what the sender was thanked for."""
    ratings.rate(ctx.conn, activities, ctx.person.id, stars, ctx.now)
    titles = "、".join(f"「{plan.get(ctx.conn, one).title}」" for one in activities)
    return f"谢谢，{titles}{stars}分，记下了。"


HANDLERS: tuple[Handler, ...] = (rate_activity,)
