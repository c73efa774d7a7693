"""What messages about a reported need state: its number, the rating, whether it is urgent."""

import re

from knowledge.numbers import number

_NOT_INSIDE = r"(?<![\d.\-/~+])(?<!\d:)"
_DIGITS = r"(\d{1,6})(?![\d]|[.:/~\-]\d)"
_CHINESE = r"([零〇一二三四五六七八九十百]{2,6})"
_LABEL = r"(?:[诉素]求|需求|工单|单子|单号|编号|单|件|号|哨|点单)\s*(?:编号|号码|号)?\s*(?:为|是|:)?\s*"
_VERB = (
    r"(?:接单|认领|抢单|受理|接|撤回|撤销|撤单|撤|取消|作废|催办|催一下|催"
    r"|查询|查一下|查|办结|关闭|关单|完结|销号|评价|跟进|应哨|领)"
)
# After a bare number: what makes it a count, a place, a date or an amount instead of a need.
_UNIT = (
    r"(?!\s*(?:[万亿元块毛角天人个点时分秒年月日楼层栋座幢家条度期米台路次位名件份张箱辆吨岁斤平页间套户%℃周]"
    r"|公里|小时|号楼|室))"
)
_NUMBERED_PLACE = r"(?![楼栋门线院厂仓库路店铺馆桌岗机口窗房公场坑摊柜岛桥井])"

_PATTERNS = tuple(
    re.compile(p)
    for p in (
        rf"[诉素]求\s*(?:编号|单号|号)?\s*(?:为|是|:)?\s*[#№]?\s*{_DIGITS}",
        rf"[#№]\s*{_DIGITS}",
        rf"{_NOT_INSIDE}{_DIGITS}\s*号?\s*(?:诉求|工单|单子|单|订单|那单|这单|哨)(?!元|位|元楼)",
        rf"{_LABEL}[#№]?{_DIGITS}{_UNIT}",
        rf"{_NOT_INSIDE}{_DIGITS}\s*号{_NUMBERED_PLACE}",
        rf"{_NOT_INSIDE}(?<!\d)(0\d{{2,5}})(?!\d|[.:/~\-]\d){_UNIT}",
        rf"{_VERB}\s*(?:一下|了|的|:|,)?\s*{_DIGITS}{_UNIT}",
        rf"^\W*{_DIGITS}{_UNIT}",
        rf"(?:[,。!?:;\s]){_DIGITS}{_UNIT}\W*$",
        rf"(?<=[\u4e00-\u9fa5]){_DIGITS}(?=[\s,。!?;]|$)",
    )
)
_SPELLED = re.compile(
    rf"(?:诉求|工单|单号|编号)\s*{_CHINESE}(?:号|单|$|[,。\s])|(?:^|[,。\s]){_CHINESE}号(?:诉求|工单|单)"
)
_HOTLINES = frozenset({"12345", "12333", "12315", "12348", "12366", "12329", "10086"})
_EMERGENCY = frozenset({"110", "114", "119", "120", "122"})
"""What people dial: each district has needs of these numbers within its first weeks."""
_LIFECYCLE = (
    r"(?:接单|接|认领|领|抢单|受理|撤[回销单]?|取消|作废|催[办促]?|查[询看]?|办[结完好到]|关[闭单]|完结|销号|结案|重办|退单|转(?!告|述)"
    r"|协办|合并|上报|加急|疑难|延[期长]|跟进|应哨|进[展度]|详情|明细|评价|不?满意|一般"
    r"|到哪一?步|怎么样|咋样|不用了,?.{0,4}撤)"
)
"""What is done with a need, and never with somebody to call."""
_BEFORE = re.compile(rf"(?:[#№]|[诉素]求|{_LIFECYCLE})\s*(?:一下|了|的|第|到|:|,)?\s*$")
_AFTER = re.compile(rf"\s*[,:]?\s*(?:请|麻烦|还没|已经?|我们?|我?来)*{_LIFECYCLE}")
_DIALLED = re.compile(r"(?:[打拨]|电话|热线|报警|求助|呼叫|联系|找|问)[过了的:]?\s*$")
_OF_THE_LINE = re.compile(r"\s*(?:的?电话|热线|报警|[接转]?[线警]|平台|指挥|民警|中心|接电话|接通|来电)")
_DATE_BEFORE = re.compile(r"(?:月|本月|上月|下月|月份)\s*$")


def need_no(text: str) -> str | None:
    """The digits of the need's number as written (`诉求0037`, `#37`, `37号单`, `认领 3`, `37`), else None."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            if not _hotline(text, found) and not _DATE_BEFORE.search(text[max(0, found.start() - 4) : found.start(1)]):
                return found[1]
    if spelled := _SPELLED.search(text):
        value = number(spelled[1] or spelled[2])
        return None if value is None else str(value)
    return None


def _hotline(text: str, found: re.Match[str]) -> bool:
    """Whether the digits are somebody to call: not 110号, nor an emergency number beside what is done with needs."""
    before, after = text[: found.start(1)], text[found.end(1) :]
    if found[1] not in _HOTLINES | _EMERGENCY or after.startswith("号"):
        return False
    if found[1] in _HOTLINES or _DIALLED.search(before) or _OF_THE_LINE.match(after):
        return True
    return not (_BEFORE.search(before) or _AFTER.match(after) or before.strip() == after.strip() == "")


_DISSATISFIED = re.compile(
    r"(?:不|没|未|难|谈不上|算不上)(?:是|太|很|怎么|大|够|能|能让人|令人|让人|甚|咋|是很)?[满瞒]意|不认可|不行|不咋[地的]|不怎么样|不好|不中\b|差评|很差|太差|差劲"
    r"|[一二两12]\s*(?:颗)?星|[打给评]?[零0一1二2两]分(?!钟|之)|失望|敷衍|糊弄|应付了?事|走过场|白报|没解决|没修好|没办好|没有解决|根本没|没用|不靠谱|太慢|投诉"
)
_NEUTRAL = re.compile(
    r"基本(?:上)?[满还]意|还算[满凑过]|比较一般|一般|凑[合活]|还[行可成中口]|马马虎虎|中不溜|中规中矩|将就|及格|勉强|说得过去|过得去|就那样|那样吧|普普通通|普通(?![话人党职])|差不多|中评"
    r"|[三3]\s*(?:颗)?星|[打给评][三3六6]分|不好不坏|不算差|凑乎|中等|平平"
)
_SATISFIED = re.compile(
    r"[满瞒]意|好评|[五5四4]\s*(?:颗)?星|满分|[五5四4]分(?!钟|之)|(?:9\d|100|10|一百|十)分(?!钟|之)|[点赞]赞|给力|很好|真好|不错|优秀|靠谱|专业|感谢|谢谢|真[中行]|得劲|"
    r"👍|💯|🌟|⭐|非常好|挺好|太好|认可|赞一个|好得很|巴适|杠杠|没得说|没挑|表扬|周到|及时"
)
_EXPLICIT = re.compile(
    r"(?P<dissatisfied>不(?:是|太|很|怎么|大|够)?[满瞒]意|差评)|(?P<neutral>基本(?:上)?满意|一般|中评)|(?P<satisfied>[满瞒]意|好评)"
)


def rating(text: str) -> str | None:
    """`satisfied`, `neutral` or `dissatisfied` as the words say; 基本满意 is neutral; None when nothing is rated."""
    if found := _EXPLICIT.search(text):
        return found.lastgroup
    for name, pattern in (("dissatisfied", _DISSATISFIED), ("neutral", _NEUTRAL), ("satisfied", _SATISFIED)):
        if pattern.search(text):
            return name
    return None


_URGENT = re.compile(
    r"(?<![着焦不非应救告])急(?!救|诊|性|转|刹|流|躁|着|脾气|聘会|件|[得的](?:直|上火|团团))|救命|赶[快紧]|[快速](?:点|些)?(?:派?来|派|叫|喊|帮|安排|联系)|马上(?:派|来|安排|核[实查对]|到|处理|叫|联系|协调|解决|请|过来|围)"
    r"|(?:立刻|立即|即刻|火速)(?:派|来|安排|处理|协调|解决|联系|请|过来)|十万火急|快来|🆘|等不及"
)


def urgent(text: str) -> bool:
    """Whether words of urgency (急, 赶快, 快来人 …) stand in the text."""
    return _URGENT.search(text) is not None
