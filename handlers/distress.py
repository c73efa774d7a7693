"""不想活了: who says so, or tells it of another, is answered as one would, and staff learn of it."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import needs, people
from bot.domain.people import STAFF

_WISH = re.compile(
    r"(?:我|自己|真的?|实在|都|已经?|有时候?|现在|好|就|也|很|[啊唉哎,])*"
    r"(?:不想(?:再)?活(?:下去)?|活不下去|活着(?:真|好)?(?:没(?:有)?(?:什么)?意[思义]|没劲)|想(?:去)?死(?![我你他她咱它])|想自杀|想轻生|想跳楼|想结束(?:自己的?)?生命)"
    r"[了啊呢的吧]*"
)
_PLAIN = re.compile(rf"{_WISH.pattern}[,。!\s~…]*", re.DOTALL)
_LAUGHS = re.compile(
    r"哈|笑|开玩笑|[?？]|谁|听说|电影|电视|歌|(?:热|冷|困|忙|饿|烦|累|尴尬|加班|痒|辣)[^,。]{0,3}(?:得|到|死)"
)
_OF_OTHERS = re.compile(
    r"(?:他|她|爸|妈|爱人|老公|老婆|儿子|女儿|孩子|弟|妹|哥|姐|同事|员工|朋友|邻居|学生|室友|老乡|亲戚)[^,。]{0,8}(?:不想|活不|活着|想)"
)
LONGEST = 60
WORDS = (
    "听您这么说，我很担心您。您不用一个人扛：请现在就打12356（全国心理援助热线），有危险请马上打120或110，"
    "也请叫身边的人陪着您。我已经请工作人员尽快联系您，您愿意的话，可以把电话和在哪里告诉我。"
)

WORDS_OF_OTHERS = (
    "请您先陪着对方，别让对方一个人待着，一起打12356（全国心理援助热线）；有危险请马上打110或120。"
    "我已经请工作人员尽快联系您，您愿意的话，可以把电话和在哪里告诉我。"
)


def despairs(ctx: Context) -> bool:
    """Whether somebody says it: to the bot, or in a group of themselves and not a word more; no danger at hand."""
    if (
        needs.deadlines.danger_in(ctx.text)
        or ctx.reading.quote
        or ctx.log
        or len(ctx.text) > LONGEST
        or _LAUGHS.search(ctx.text)
    ):
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
    words = WORDS_OF_OTHERS if _OF_OTHERS.search(ctx.text) else WORDS
    alone = not ctx.chat.private and ctx.tell_person(ctx.person.id, words)
    return words if ctx.addressed and not alone else None


HANDLERS: tuple[Handler, ...] = (distress,)
