"""不想活了: who says so of themselves is answered as one would, told whom to call, and staff learn of it."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import people
from bot.domain.people import STAFF

_WISH = re.compile(
    r"(?:我|自己|真的?|实在|都|已经?|有时候?|现在|好|就|也|很|[啊唉哎,])*"
    r"(?:不想(?:再)?活(?:下去)?|活不下去|活着(?:真|好)?(?:没(?:有)?(?:什么)?意[思义]|没劲)|想(?:去)?死(?![我你他她咱它])|想自杀|想轻生|想跳楼|想结束(?:自己的?)?生命)"
    r"[了啊呢的吧]*"
)
_PLAIN = re.compile(rf"{_WISH.pattern}[,。!\s~…]*", re.DOTALL)
_LAUGHS = re.compile(
    r"哈|笑|开玩笑|[?？]|谁|他|她|别人|听说|电影|电视|歌|(?:热|冷|困|忙|饿|烦|累|尴尬|加班|痒|辣)[^,。]{0,3}(?:得|到|死)"
)
LONGEST = 60
WORDS = (
    "听您这么说，我很担心您。您不用一个人扛：请现在就打12356（全国心理援助热线），有危险请马上打120或110，"
    "也请叫身边的人陪着您。我已经请工作人员尽快联系您，您愿意的话，可以把电话和在哪里告诉我。"
)


def despairs(ctx: Context) -> bool:
    """Whether somebody says it of themselves: to the bot, or in a group and not a word more."""
    if ctx.reading.quote or ctx.log or len(ctx.text) > LONGEST or _LAUGHS.search(ctx.text):
        return False
    return bool(_WISH.search(ctx.text) if ctx.addressed else _PLAIN.fullmatch(ctx.text))


@handler("distress", when=despairs, breaks_in=despairs, overhear=True)
def distress(ctx: Context) -> str | None:
    """Words for them alone, and a notice to the staff; nothing of it in the group, where they can be told privately."""
    for person_id in people.holders(ctx.conn, STAFF):
        ctx.tell_person(
            person_id,
            f"【紧急】{people.display_name(ctx.person)}说「{ctx.wording[:LONGEST]}」，请马上联系，必要时拨打110、120。"
            + (f"电话{ctx.person.phone}。" if ctx.person.phone else ""),
        )
    alone = not ctx.chat.private and ctx.tell_person(ctx.person.id, WORDS)
    return WORDS if ctx.addressed and not alone else None


HANDLERS: tuple[Handler, ...] = (distress,)
