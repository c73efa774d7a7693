"""不想活了: who says so, or tells it of another, is answered as one would, and staff learn of it."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, handler
from bot.domain import needs, people
from bot.domain.people import STAFF

_BEFORE = r"(?:我|自己|真的?|实在|都|已经?|有时候?|现在|好|就|也|很|[啊唉哎,])*"
_SAID = (
    r"不想(?:再)?活(?:下去)?|活不下去|活着(?:真|好)?没(?:有)?(?:什么)?意[思义]"
    r"|想自杀|想轻生|想跳楼|想结束(?:自己的?)?生命"
)
_FAINT = r"活着(?:真|好)?没劲|想(?:去)?死(?![我你他她咱它])"
"""What people sigh in passing: heard only where it is told the bot."""
_ACT = (
    r"我(?:真的?|现在|今天|已经?|就|也|都|刚|[啊唉,])*"
    r"(?:(?:要|准备|打算|决定|这就)去?(?:从[^,。]{1,6})?(?:跳(?:楼(?![机梯])|河(?![北南])|江(?![苏西])|下去)|自杀|轻生|寻短见)(?![价式])|割了?腕"
    r"|[吃吞喝]了[^,。]{0,2}(?:(?:很多|好多|许多|大量|[\d一二三四五六七八九十几百]{1,4}[片粒颗])[^,。]{0,2}(?:安眠|老鼠|农)"
    r"|[一半整几两]{1,2}瓶[^,。]{0,2})药)"
)
"""What somebody is about to do to themselves, or has done."""
_END = r"[了啊呢的吧]*"
_WISH = re.compile(rf"{_BEFORE}(?:{_SAID}|{_FAINT}){_END}|{_ACT}")
_DONE = re.compile(_ACT)
_PLAIN = re.compile(rf"(?:{_BEFORE}(?:{_SAID})|{_ACT}){_END}[,。!\s~…]*", re.DOTALL)
_LAUGHS = re.compile(
    r"哈|笑|开玩笑|[?？]|谁|听说|电影|电视|歌|(?:热|冷|困|忙|饿|烦|累|尴尬|加班|痒|辣)[^,。]{0,3}(?:得|到|死)"
)
_OF_OTHERS = re.compile(
    r"(?:他|她|爸|妈|爱人|老公|老婆|儿子|女儿|孩子|弟|妹|哥|姐|同事|员工|朋友|邻居|学生|室友|老乡|亲戚)[^,。]{0,8}(?:不想|活不|活着|想)"
)
LONGEST = 60
QUIET = timedelta(hours=4)
"""What is only overheard of somebody is passed on once in such a part of the day."""
WORDS = (
    "听您这么说，我很担心您。您不用一个人扛：请现在就打12356（全国心理援助热线），有危险请马上打120或110，"
    "也请叫身边的人陪着您。"
)
WORDS_OF_OTHERS = "请您先陪着对方，别让对方一个人待着，一起打12356（全国心理援助热线）；有危险请马上打110或120。"
TOLD = "我已经请工作人员尽快联系您。"
MORE = "您愿意的话，可以把电话和在哪里告诉我。"


def despairs(ctx: Context) -> bool:
    """Whether somebody says it: to the bot, or in a group of themselves and not a word more; no danger to others."""
    if len(ctx.text) > LONGEST or ctx.reading.quote or ctx.log:
        return False
    if needs.deadlines.danger_in(ctx.text) and not _DONE.search(ctx.text):
        return False
    if ctx.addressed:
        return _WISH.search(ctx.text) is not None
    return _PLAIN.fullmatch(ctx.text) is not None and not _LAUGHS.search(ctx.text)


@handler("distress", when=despairs, breaks_in=despairs, overhear=True)
def distress(ctx: Context) -> str | None:
    """Words for them alone, and a notice to the staff; nothing of it in the group, where they can be told privately."""
    told = [
        ctx.tell_person(
            person_id,
            f"【紧急】{people.display_name(ctx.person)}说「{ctx.wording[:LONGEST]}」，请马上联系，必要时拨打110、120。"
            + (f"电话{ctx.person.phone}。" if ctx.person.phone else ""),
            key=_once(ctx, person_id),
        )
        for person_id in people.holders(ctx.conn, STAFF)
    ]
    words = WORDS_OF_OTHERS if _OF_OTHERS.search(ctx.text) else WORDS
    words += (TOLD if any(told) else "") + MORE
    alone = not ctx.chat.private and ctx.tell_person(ctx.person.id, words, key=_once(ctx, ctx.person.id))
    return words if ctx.addressed and not alone else None


def _once(ctx: Context, person_id: int) -> str | None:
    """What is said to the bot is always answered; of what is overheard, everybody learns once in a while."""
    part = int(ctx.now.timestamp() // QUIET.total_seconds())
    return None if ctx.addressed else f"distress:{ctx.person.id}:{part}:{person_id}"


HANDLERS: tuple[Handler, ...] = (distress,)
