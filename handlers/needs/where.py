"""Where something is, as people say it after or before they say what is wrong there: 3号楼的, 就在厨房那边."""

import re
from dataclasses import replace

from bot.capability import Context
from bot.domain import needs
from bot.inbox import Row
from knowledge import slots

DETAIL = 20
"""Characters of a mere place or time."""
INDOORS = re.compile(r"(?:[A-Za-z\d一二三四五六七八九十]+(?:楼|层|单元|室|户))+")
"""Where in a building: 3楼 is one of 6号楼."""
_PLACED = re.compile(r"[楼栋座幢层室门厅院库场]|单元|\d号")
_BUILDING = re.compile(r"\d|[楼栋座幢](?!道|梯|顶|下|上)|单元")
_FLAT = re.compile(r"[A-Za-z\d]+(?:号?[楼栋座幢]|单元)[\dA-Za-z号楼层室单元-]*")
_ONE_OF = re.compile(
    r"(?:[A-Za-z\d十]+|[东南西北])(?:号楼|[栋座幢])|[A-Za-z]楼|[\u4e00-\u9fa5]{2,6}(?:大厦|公寓|小区|花园|广场)"
)
_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
_WHERE = re.compile(r"(?:我们?|家|地址|地点|位置|就|是|在|的|那|这|边|里|处|部|上|下|内|外|旁|哦|啊|呢|[\W_])*")
"""What a mere place is said with: 就在…那边, not 订…."""
_AT = re.compile(r"^(?:就是?|是|在(?!建))+")
_ROOMS = (
    "厨房|后厨|卫生间|洗手间|厕所|浴室|淋浴间|茶水间|水房|开水间|楼道|楼梯间?|电梯间|电梯厅|大堂|大厅|会议室|办公室|财务室|值班室"
    "|接待室|活动室|教室|机房|配电[间室房]|仓库|库房|车间|食堂|餐厅|包[间厢]|宿舍|阳台|露台|天台|地下室|车库|停车场"
)
_A_ROOM = re.compile(_ROOMS)
_ROOM = re.compile(
    r"(?:我们?|咱们?|家|店|公司|单位|位置|地点|就|是|在|的|那个?|这个?|[\W_])*"
    r"(?P<room>(?:最|[东南西北左右前后上下里外负]|[男女]|进门|靠|[\d一二三四五六七八九十]+[楼层号])*"
    rf"(?:{_ROOMS}|灶台|走廊|过道|楼梯口|电梯口|门厅|前台|收银台|吧台|柜台|门口|[前后侧]门|楼顶|屋顶|院子?里|墙角|角落"
    r"|里[面间屋]|外间|隔间|窗户?|[左右]手边|[东南西北]侧))"
    r"(?:那边|这边|那里|这里|那儿|这儿|那间|那个|里面?|外面|旁边?|上面?|下面?|附近|对面|的?位置|的|哦|啊|呢|[\W_])*"
)
"""A room or a corner, and nothing else: no building, for whoever reads it knows whose it is."""


def only_where(ctx: Context) -> bool:
    """3号楼的: nothing but a place."""
    if len(ctx.text) > DETAIL or not _PLACED.search(ctx.text) or names_need(ctx.text):
        return False
    return is_mere(ctx.text, place_in(ctx, ctx.text))


def is_mere(text: str, place: str) -> bool:
    """Whether a text says the place and nothing else."""
    return bool(place) and _WHERE.fullmatch(text.replace(place, "", 1)) is not None


def in_a_room(text: str) -> str:
    """The room or corner that a text names and nothing else; empty for none."""
    found = _ROOM.fullmatch(text) if len(text) <= DETAIL else None
    return found["room"] if found else ""


def in_a_building(text: str) -> bool:
    """Whether a text says in which building or on which floor: that is said of nothing but things."""
    return _BUILDING.search(text) is not None


def in_digits(place: str) -> str:
    """A place as it is compared: 三号楼 is 3号楼."""
    return place.translate(_DIGITS)


def other_building(place: str, there: str) -> bool:
    """Whether two places are in two buildings; 二楼 is in any."""
    one, two = _ONE_OF.search(in_digits(place)), _ONE_OF.search(in_digits(there))
    return one is not None and two is not None and one[0] not in two[0] and two[0] not in one[0]


def room_in(text: str) -> str:
    """A room that a text names, whatever else it says; empty for none."""
    found = _A_ROOM.search(text)
    return found[0] if found else ""


def place_in(ctx: Context, text: str) -> str:
    """The place that words would say in a need; empty for none."""
    return _AT.sub("", str(ctx.reread(overheard(ctx, text), ctx.role, "report_need").slots.get("place") or ""))


def overheard(ctx: Context, text: str) -> Row:
    """The message as if these words had been said in a group, to nobody."""
    return replace(ctx.message, text=text, mentioned=False, private=False)


def names_need(text: str) -> bool:
    """Whether words name a need: 7号 is a building, 3号楼501 a flat."""
    number = slots.need_no(_FLAT.sub("", text))
    return number is not None and int(number) >= needs.FIRST_NUMBER
