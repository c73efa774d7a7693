"""What an announcement calls the activity, and where it takes place."""

import re

from knowledge.slots import spans
from knowledge.slots.spans import Find

_COMMAND = re.compile(
    r"^\W*(?:请|帮忙?|麻烦|我要|给?我们?)*(?:发布|发起|新建|创建|登记|新增|发)(?:一?[个条项下])?(?:新)?(?:的)?(?:活动|通知|预告)?(?:活动|通知|预告)\s*[::,]?\s*"
)
_ABOUT = re.compile(
    r"关于(?:举办|开展|召开|组织|举行|开办|做好|参加)?([^。\n]{2,40}?)的?(?:通知|公告|预告|通告|函)(?=$|[\s::,。])"
)
_TITLE_LABEL = re.compile(r"(?:活动名称|活动主题|活动标题|名称|标题)\s*[::为]\s*[“「《]?([^,。;\n”」》]{2,30})")
_HEADED = re.compile(
    r"\W*(?!活动|会议|紧急|重要|温馨|最新|学习)([^,。;:\n【】]{2,24}?)的?(?:活动)?(?:通知|预告|公告)\s*(?=[:\n])"
)
_PLACE = re.compile(
    r"(?:(?:活动|集合|会议|培训|上课|举办|演出|比赛)?(?:地点|地址|场地|位置)\s*(?:就?[::在是为设]|改到|定在)+|📍)\s*([^,。;!\n((]{2,30})"
)
_CLOCK = re.compile(r"[月日号点:]|周[一二三四五六日]|星期|[今明后]天")


def body(text: str) -> str:
    """The announcement without the command (`发布活动：`) that hands it over."""
    return _COMMAND.sub("", text, count=1)


def title(text: str, find: Find = spans.find) -> str | None:
    """The activity's name."""
    plan = body(text)
    if found := _ABOUT.search(plan[:80]):
        return found[1].strip()
    if found := _TITLE_LABEL.search(plan[:200]):
        return found[1].strip()
    if (found := _HEADED.match(plan)) and not _CLOCK.search(found[1]):
        return found[1].strip()
    if plan != text and (first := re.match(r"[^,。;:\n]{2,30}", plan)) and not _CLOCK.search(first[0]):
        return first[0].strip()
    return find("title", plan, "publish_activity")


def place(text: str, find: Find = spans.find) -> str | None:
    """Where it takes place."""
    if found := _PLACE.search(text):
        return found[1].strip()
    return find("place", text, "publish_activity")
