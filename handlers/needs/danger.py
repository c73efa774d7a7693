"""Danger here and now, as people tell it; not in talk of the past, of elsewhere, or in a figure of speech."""

import re

from bot.domain.needs import deadlines

LONGEST = 40
_CALLS = re.compile(
    r"来人|救命|救人|快来|快点|快派|赶紧|赶快|马上|急|帮忙|怎么办|快?报警|[快叫打](?:个|一?下)?(?:救护车|1[12][09])|谁(?:会|能|有|快)"
)
_TELLS = re.compile(
    r"[了着啊呀!]\W*$|[了着].{0,6}!|有(?:人|个|股|一股)|一股|闻到|好[大重浓]|(?:正|还)?在(?:冒|漏|打|烧|着)|(?:关|困|卡|夹|冒|漏|烧|流|躺|倒)(?:着|在)|满(?:屋|楼)|(?:全|都)是"
)
_HERE = re.compile(
    r"[A-Za-z\d一二三四五六七八九十](?:号?楼|单元|层|室|号[栋座幢门院])|[A-Za-z\d二三四五六七八九十][栋座幢]|我们?(?:家|楼|店|公司|单位|[小园厂]区|这)"
    r"|楼[上下道梯顶]|(?:地下)?车库|大[堂厅]|天台|旋转门|扶梯|(?:配?电|电表|配电)箱|配电[房间室]|机房|电井|食堂|后厨|厨房|茶水间|仓库|车间|走廊|过道|卫生间|会议室|(?:插[座排]|电线)"
)
"""A place of the park, numbered, named by its use, or the speaker's own; 上海一栋楼 is none."""
_ELSEWHERE = re.compile(r"老家|外地|国外|那边|[省市县](?!场)|(?:隔壁|对面|别的|人家)(?:小区|园区|楼|那)")
_TALKS = re.compile(
    r"哈|笑|昨|前[天年]|上次|那次|那年|小时候|新闻|视频|听.{0,3}[说讲]|据说|差点|(?<!好)像|电影|电视|小说|(?<![急加])剧|游戏|股[市票价民]|[这那我炒大A]股|基金|生意|灭了|扑灭"
    r"|没事|救出|虚惊|谢|处[置理](?:完|好|了)|已(?:经)?(?:处|控|解除|救|送)|控制住|解除|通报|通知|转发|案例|警示|[上那]年|当年|做梦|梦到|梦见|故事|段子"
    r"|手机[^,。!]{0,8}(?:[着起]火|[爆炸烧卡掉摔]|冒烟|漏电|中毒)|[看刷玩][^,。]{0,3}手机"
)
"""Of danger elsewhere, long ago, in a figure of speech, or over."""
_ASKS = re.compile(r"谁(?!家)|[?？吗]")
_SOMEBODY = re.compile(
    r"有(?:[一两几三四五]?[个位名])?(?:人|老人|孩子|小孩|师傅|工人|同事|学生|女的|男的|大爷|大妈|阿姨)[^,。!?]{1,10}了[,。!\s]"
)
"""有人触电了,怎么办: somebody is in danger, whatever is asked next."""


def tells(text: str) -> bool:
    """Whether words tell of danger here and now."""
    if len(text) > LONGEST or _is_talk(text):
        return False
    plainly = _CALLS.search(text) or _TELLS.search(text) or _is_here(text)
    return bool(plainly) and deadlines.danger_in(text) is not None


def cannot_wait(text: str) -> bool:
    """Whether words tell of danger now, and call for help or say where here: whatever else is talked of."""
    if _is_talk(text) or not (_is_here(text) or _CALLS.search(text)):
        return False
    return deadlines.danger_in(text) is not None


def _is_talk(text: str) -> bool:
    return bool(_TALKS.search(text)) or (bool(_ASKS.search(text)) and not somebody_is(text))


def somebody_is(text: str) -> bool:
    """Whether words tell of somebody to whom something has just happened."""
    return _SOMEBODY.search(text) is not None


def _is_here(text: str) -> bool:
    return _HERE.search(text) is not None and not _ELSEWHERE.search(text)
